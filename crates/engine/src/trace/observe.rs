//! What a session holds and has done, as the server's views tell.

use std::collections::{BTreeMap, BTreeSet};

use limosa_catalog::{Identifier, ObjectName};
use limosa_plan::lock::LockMode;
use limosa_plan::trace::{TracedKind, TracedRelation};
use limosa_postgres::{ServerError, Session, Type};

/// An object identifier of `pg_class`.
pub(super) type Oid = u32;

/// The modes that are held, by relation.
pub(super) type Held = BTreeMap<Oid, BTreeSet<LockMode>>;

/// A relation at one moment.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Relation {
    pub(super) name: ObjectName,
    pub(super) kind: TracedKind,
    /// The table of an index.
    pub(super) table: Option<(Oid, ObjectName)>,
    /// The number of its file.
    pub(super) file: Option<u32>,
    /// Its rows when they were last counted.
    pub(super) rows: u64,
    /// How many of its rows were read so far, in scans and through indexes.
    pub(super) read: i64,
}

impl Relation {
    pub(super) fn traced(&self) -> TracedRelation {
        let table = self.table.as_ref().map(|(_, table)| people(table));
        TracedRelation { name: people(&self.name), kind: self.kind, table }
    }
}

pub(super) fn people(name: &ObjectName) -> String {
    format!("{}.{}", name.schema.for_people(), name.name.for_people())
}

/// The relations of a database at one moment.
pub(super) type Relations = BTreeMap<Oid, Relation>;

/// How much of its reading a session has told the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    /// Nothing yet: its transaction is open, and counts for itself.
    InTransaction,
    /// All of it.
    Told,
}

/// Every relation that could be locked, without locking any: sizes, which would, are asked for one by one.
const RELATIONS: &str = "\
SELECT c.oid, n.nspname::text, c.relname::text, c.relkind::text, t.oid, tn.nspname::text, t.relname::text,
       pg_catalog.pg_relation_filenode(c.oid), c.reltuples::float8,
       pg_catalog.pg_stat_get_{xact}tuples_returned(c.oid) + pg_catalog.pg_stat_get_{xact}tuples_fetched(c.oid)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
LEFT JOIN pg_catalog.pg_class t ON t.oid = i.indrelid LEFT JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
WHERE c.oid >= 16384 AND c.relpersistence <> 't' AND c.relkind <> 't' AND n.nspname <> 'pg_toast'
  AND n.nspname <> ALL ($1)";

/// The relations as the session sees them, those of some schemas left out.
pub(super) async fn relations(
    session: &Session,
    counted: Counted,
    left_out: &[Identifier],
) -> Result<Relations, ServerError> {
    let xact = match counted {
        Counted::InTransaction => "xact_",
        Counted::Told => {
            tell_statistics(session).await?;
            ""
        }
    };
    let left_out: Vec<&str> = left_out.iter().map(Identifier::as_str).collect();
    let rows = session.query(&RELATIONS.replace("{xact}", xact), &[(&left_out, Type::TEXT_ARRAY)]).await?;
    let name = |schema: Option<&str>, name: Option<&str>| {
        Some(ObjectName { schema: Identifier::new(schema?).ok()?, name: Identifier::new(name?).ok()? })
    };
    let relation = |row: &limosa_postgres::Row| {
        let table = name(row.get(5), row.get(6)).and_then(|table| Some((row.get::<_, Option<Oid>>(4)?, table)));
        let relation = Relation {
            name: name(row.get(1), row.get(2))?,
            kind: TracedKind::of_letter(row.get(3))?,
            table,
            file: row.get(7),
            // A table that was never looked at says -1.
            rows: row.get::<_, f64>(8).max(0.0) as u64,
            read: row.get::<_, Option<i64>>(9).unwrap_or(0),
        };
        Some((row.get::<_, Oid>(0), relation))
    };
    Ok(rows.iter().filter_map(relation).collect())
}

/// Has a session tell the others what it has read, so that it is not taken for what comes later.
pub(super) async fn tell_statistics(session: &Session) -> Result<(), ServerError> {
    session.query("SELECT pg_catalog.pg_stat_force_next_flush()", &[]).await.map(drop)
}

/// The bytes of a relation's file. Locks it, so only for what is locked already.
pub(super) async fn bytes(session: &Session, relation: Oid) -> Result<u64, ServerError> {
    let rows = session.query("SELECT pg_catalog.pg_relation_size($1)", &[(&relation, Type::OID)]).await?;
    let bytes = rows.first().and_then(|row| row.get::<_, Option<i64>>(0)).unwrap_or(0);
    Ok(u64::try_from(bytes).unwrap_or(0))
}

/// How far the write-ahead log has got, in bytes.
pub(super) async fn log_position(session: &Session) -> Result<u64, ServerError> {
    let sql = "SELECT pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')::int8";
    let rows = session.query(sql, &[]).await?;
    Ok(rows.first().map_or(0, |row| u64::try_from(row.get::<_, i64>(0)).unwrap_or(0)))
}

/// The number of the server process behind a session.
pub(super) async fn process(session: &Session) -> Result<i32, ServerError> {
    let rows = session.query("SELECT pg_catalog.pg_backend_pid()", &[]).await?;
    Ok(rows.first().map_or(0, |row| row.get(0)))
}

const LOCKS: &str = "\
SELECT relation, mode FROM pg_catalog.pg_locks
WHERE locktype = 'relation' AND relation >= 16384
  AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())";

/// The locks of a process on relations of this database; also the one that it waits for.
pub(super) async fn locks(watcher: &Session, process: i32) -> Result<Held, ServerError> {
    let rows = watcher.query(&format!("{LOCKS} AND pid = $1"), &[(&process, Type::INT4)]).await?;
    let mut held = Held::new();
    for row in rows {
        let (Some(relation), Some(mode)) = (row.get::<_, Option<Oid>>(0), LockMode::of_pg_locks(row.get(1))) else {
            continue;
        };
        held.entry(relation).or_default().insert(mode);
    }
    Ok(held)
}

/// The modes in which processes other than this one hold a relation.
pub(super) async fn held_by_others(
    watcher: &Session,
    process: i32,
    relation: Oid,
) -> Result<BTreeSet<LockMode>, ServerError> {
    let sql = format!("{LOCKS} AND granted AND pid <> $1 AND relation = $2");
    let rows = watcher.query(&sql, &[(&process, Type::INT4), (&relation, Type::OID)]).await?;
    Ok(rows.iter().filter_map(|row| LockMode::of_pg_locks(row.get(1))).collect())
}

/// Whether a process waits for a lock.
pub(super) async fn waits(watcher: &Session, process: i32) -> Result<bool, ServerError> {
    let sql = "SELECT FROM pg_catalog.pg_stat_activity WHERE pid = $1 AND wait_event_type = 'Lock'";
    Ok(!watcher.query(sql, &[(&process, Type::INT4)]).await?.is_empty())
}
