//! The catalog as it was after a run, kept in the target, so that drift needs no second database.

use limosa_catalog::Catalog;
use limosa_postgres::{Session, Type};

use crate::aside::read_catalog;
use crate::history::{ChainLink, HistoryPlace};
use crate::run_error::RunError;
use crate::target::Target;

/// How many snapshots are kept.
const KEPT: i64 = 5;

/// The newest snapshot of a database, whichever service's run left it: services may share a database, and each run sees
/// the whole of it.
///
/// It is stale when something was applied or reverted afterwards by a run that was cut off before it could look, or
/// when a migration is half done. One index scan over the events, few of which are newer than a snapshot.
const NEWEST_SQL: &str = "\
SELECT s.fingerprint, s.server_major, (extract(epoch FROM s.taken_at) * 1000000)::bigint, s.catalog,
       EXISTS (SELECT FROM {schema}.event e WHERE e.service = s.service AND e.seq > s.event_seq
               AND e.kind IN ('up', 'down', 'repeat', 'contract', 'abort'))
       OR EXISTS (SELECT FROM {schema}.event e WHERE e.service <> s.service AND e.at > s.taken_at
                  AND e.kind IN ('up', 'down', 'repeat', 'contract', 'abort'))
       OR EXISTS (SELECT FROM {schema}.migration m WHERE m.state <> 'applied')
FROM {schema}.snapshot s ORDER BY s.taken_at DESC LIMIT 1";

/// Whether another service has something in the same database. Two primary key scans.
const SHARED_SQL: &str = "\
SELECT EXISTS (SELECT FROM {schema}.event WHERE service <> $1)
       OR EXISTS (SELECT FROM {schema}.migration WHERE service <> $1)";

/// Whether the database has migrations of other services too, which may run at any time. Asked after the catalog was
/// read, so that a change seen there is seen here as well: both commit together.
pub(crate) async fn is_shared(session: &Session, place: HistoryPlace<'_>, service: &str) -> Result<bool, RunError> {
    let sql = SHARED_SQL.replace("{schema}", &place.schema.to_string());
    let rows = place.query(session, &sql, &[(&service, Type::TEXT)]).await?;
    Ok(rows.first().is_some_and(|row| row.get(0)))
}

/// What a run left.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) fingerprint: String,
    pub(crate) major: i32,
    /// Microseconds since 1970, UTC.
    pub(crate) taken_at: i64,
    pub(crate) text: String,
    pub(crate) stale: bool,
}

/// Reads the newest snapshot; `None` where there is none.
pub(crate) async fn newest(session: &Session, place: HistoryPlace<'_>) -> Result<Option<Snapshot>, RunError> {
    let sql = NEWEST_SQL.replace("{schema}", &place.schema.to_string());
    let rows = place.query(session, &sql, &[]).await?;
    Ok(rows.first().map(|row| Snapshot {
        fingerprint: row.get(0),
        major: row.get(1),
        taken_at: row.get(2),
        text: String::from_utf8_lossy(row.get::<_, &[u8]>(3)).into_owned(),
        stale: row.get(4),
    }))
}

/// Reads the catalog and keeps it with the last event of the run.
pub(crate) async fn keep(session: &Session, target: &Target, last: &ChainLink) -> Result<(), RunError> {
    let catalog = read(session, target).await?;
    let schema = &target.history_schema;
    let role = target.owner_role.as_ref().map(|role| format!(";\nSET LOCAL ROLE {role}")).unwrap_or_default();
    let (fingerprint, text) = (catalog.fingerprint().to_string(), catalog.to_snapshot().into_bytes());
    let major = i32::from(catalog.major().number());
    session.flight(&format!("BEGIN{role}")).await.map_err(|failure| failure.error)?;
    let insert = format!(
        "INSERT INTO {schema}.snapshot (service, event_seq, fingerprint, server_major, catalog, taken_at) \
         VALUES ($1, $2, $3, $4, $5, pg_catalog.clock_timestamp()) ON CONFLICT (service, event_seq) DO UPDATE SET \
         fingerprint = EXCLUDED.fingerprint, server_major = EXCLUDED.server_major, catalog = EXCLUDED.catalog, \
         taken_at = EXCLUDED.taken_at"
    );
    let prune = format!(
        "DELETE FROM {schema}.snapshot WHERE service = $1 AND event_seq NOT IN \
         (SELECT event_seq FROM {schema}.snapshot WHERE service = $1 ORDER BY event_seq DESC LIMIT $2)"
    );
    let service = &target.service;
    let written = async {
        let values: &[(&(dyn limosa_postgres::ToSql + Sync), Type)] = &[
            (service, Type::TEXT),
            (&last.seq, Type::INT8),
            (&fingerprint, Type::TEXT),
            (&major, Type::INT4),
            (&text, Type::BYTEA),
        ];
        session.query(&insert, values).await?;
        session.query(&prune, &[(service, Type::TEXT), (&KEPT, Type::INT8)]).await
    }
    .await;
    let end = if written.is_ok() { "COMMIT" } else { "ROLLBACK" };
    session.flight(end).await.map_err(|failure| failure.error)?;
    written?;
    Ok(())
}

/// The catalog without the history and what is set aside.
pub(crate) async fn read(session: &Session, target: &Target) -> Result<Catalog, RunError> {
    read_catalog(session, target.history()).await
}
