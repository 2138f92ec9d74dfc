//! Which seeds were run, in the history.

use std::collections::BTreeMap;

use limosa_catalog::{Identifier, Literal};
use limosa_postgres::{ServerError, Session, Type};
use limosa_project::{Seed, SeedContent};

use super::report::{SeedCounts, SeedState};
use crate::history::HistoryPlace;
use crate::server_words::is_missing;

/// A seed as it was last run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tracked {
    checksum: String,
    /// Whether the table that it filled is still there; true of scripts.
    table_is_there: bool,
}

/// All seeds of a service that were run, by name.
pub(super) type AllTracked = BTreeMap<String, Tracked>;

/// Reads them; one round trip.
pub(super) async fn read_tracked(session: &Session, place: HistoryPlace<'_>) -> Result<AllTracked, ServerError> {
    let sql = format!(
        "SELECT name, checksum, relation_oid IS NULL OR EXISTS \
         (SELECT FROM pg_catalog.pg_class c WHERE c.oid = relation_oid) FROM {}.seed WHERE service = $1",
        place.schema
    );
    let rows = match place.query(session, &sql, &[(&place.service, Type::TEXT)]).await {
        Err(error) if is_missing(&error) => return Ok(AllTracked::new()),
        answer => answer?,
    };
    let tracked = rows.iter().map(|row| (row.get(0), Tracked { checksum: row.get(1), table_is_there: row.get(2) }));
    Ok(tracked.collect())
}

/// How a seed stands.
pub(super) fn state_of(seed: &Seed, checksum: &str, tracked: &AllTracked) -> SeedState {
    match tracked.get(seed.name.as_str()) {
        None => SeedState::New,
        Some(row) if row.checksum != checksum => SeedState::Changed,
        Some(row) if !row.table_is_there => SeedState::TableAnew,
        Some(_) => SeedState::Unchanged,
    }
}

/// What is put on record of a seed.
pub(super) struct Record<'a> {
    pub(super) seed: &'a Seed,
    pub(super) checksum: &'a str,
    pub(super) relation: Option<(u32, String)>,
    pub(super) rows: Option<usize>,
    pub(super) counts: SeedCounts,
    pub(super) actor: &'a str,
}

/// Writes it, in the transaction of the seed itself.
pub(super) fn upsert(schema: &Identifier, service: &str, record: &Record<'_>) -> String {
    let kind = match record.seed.content {
        SeedContent::Table(_) => "table",
        SeedContent::Script => "script",
    };
    let SeedCounts { inserted, updated, deleted } = record.counts;
    let relation = record.relation.as_ref();
    format!(
        "INSERT INTO {schema}.seed (service, name, kind, path, checksum, relation, relation_oid, rows, inserted, \
         updated, deleted, actor) VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {inserted}, {updated}, {deleted}, {}) \
         ON CONFLICT (service, name) DO UPDATE SET kind = EXCLUDED.kind, path = EXCLUDED.path, \
         checksum = EXCLUDED.checksum, relation = EXCLUDED.relation, relation_oid = EXCLUDED.relation_oid, \
         rows = EXCLUDED.rows, inserted = EXCLUDED.inserted, updated = EXCLUDED.updated, \
         deleted = EXCLUDED.deleted, actor = EXCLUDED.actor, applied_at = EXCLUDED.applied_at",
        Literal(service),
        Literal(record.seed.name.as_str()),
        Literal(kind),
        Literal(&record.seed.source.path),
        Literal(record.checksum),
        Literal::or_null(relation.map(|(_, name)| name.as_str())),
        relation.map_or_else(|| "NULL".to_owned(), |(oid, _)| oid.to_string()),
        record.rows.map_or_else(|| "NULL".to_owned(), |rows| rows.to_string()),
        Literal(record.actor),
    )
}
