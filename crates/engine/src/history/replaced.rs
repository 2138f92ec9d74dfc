//! Rows whose place a baseline takes, and back.

use limosa_catalog::{Identifier, Literal};
use limosa_postgres::{ServerError, Session, Type};

use super::place::HistoryPlace;
use super::record::{MigrationRecord, Prepared, delete_row, insert_applied};
use crate::server_words::is_missing;

/// What both tables hold.
const COLUMNS: &str =
    "version, name, checksum, up_sql, down_sql, path, started_at, applied_at, duration_ms, applied_by";

/// A version whose place a baseline has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReplacedVersion {
    /// The baseline's version.
    pub(crate) baseline: String,
    /// Its own.
    pub(crate) version: String,
}

/// Puts a baseline into the place of these versions. The baseline counts as applied when the last of them was.
pub(crate) fn replace(schema: &Identifier, baseline: &MigrationRecord<'_>, versions: &[String]) -> Vec<String> {
    let service = Literal(baseline.service);
    let versions: Vec<String> = versions.iter().map(|version| Literal(version).to_string()).collect();
    let rows = format!("service = {service} AND kind = 'versioned' AND version IN ({})", versions.join(", "));
    let own = Literal(baseline.version);
    vec![
        format!(
            "INSERT INTO {schema}.replaced (service, baseline, {COLUMNS}) \
             SELECT service, {own}, {COLUMNS} FROM {schema}.migration WHERE {rows}"
        ),
        format!("DELETE FROM {schema}.migration WHERE {rows}"),
        insert_applied(schema, baseline, Prepared::No),
        format!(
            "UPDATE {schema}.migration SET (applied_at, applied_by) = (SELECT applied_at, applied_by \
             FROM {schema}.replaced WHERE service = {service} AND baseline = {own} ORDER BY applied_at DESC LIMIT 1) \
             WHERE service = {service} AND kind = 'versioned' AND version = {own}"
        ),
    ]
}

/// Puts the versions back whose place a baseline has taken.
pub(crate) fn bring_back(schema: &Identifier, baseline: &MigrationRecord<'_>) -> Vec<String> {
    let (service, own) = (Literal(baseline.service), Literal(baseline.version));
    let rows = format!("service = {service} AND baseline = {own}");
    vec![
        delete_row(schema, baseline),
        format!(
            "INSERT INTO {schema}.migration (service, kind, state, {COLUMNS}) \
             SELECT service, 'versioned', 'applied', {COLUMNS} FROM {schema}.replaced WHERE {rows}"
        ),
        format!("DELETE FROM {schema}.replaced WHERE {rows}"),
    ]
}

/// The versions of a service whose place a baseline has taken. An index scan.
///
/// # Errors
/// What the server says; a history from before there was such a table has none.
pub(crate) async fn read_replaced(
    session: &Session,
    place: HistoryPlace<'_>,
) -> Result<Vec<ReplacedVersion>, ServerError> {
    let sql = format!("SELECT baseline, version FROM {}.replaced WHERE service = $1", place.schema);
    match place.query(session, &sql, &[(&place.service, Type::TEXT)]).await {
        Err(error) if is_missing(&error) => Ok(Vec::new()),
        rows => Ok(rows?.iter().map(|row| ReplacedVersion { baseline: row.get(0), version: row.get(1) }).collect()),
    }
}
