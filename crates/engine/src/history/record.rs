//! The statements that write history. They travel in the same message as the migration they record, so values are
//! literals.

use limosa_catalog::{Identifier, Literal};

use super::chain::{ChainLink, EventRecord};
use super::read::HistoryRow;

/// A migration as it is put on record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MigrationRecord<'a> {
    /// The service.
    pub service: &'a str,
    /// The version; a repeatable object's name.
    pub version: &'a str,
    /// Whether it is a repeatable object.
    pub repeatable: bool,
    /// The name.
    pub name: &'a str,
    /// SHA-256 of the up text, in hexadecimal.
    pub checksum: &'a str,
    /// The up text, placeholders unfilled.
    pub up: &'a str,
    /// The down text.
    pub down: Option<&'a str>,
    /// The file, relative to the project.
    pub path: &'a str,
}

impl<'a> MigrationRecord<'a> {
    /// A versioned migration that the history has, to speak of its row; its texts are left out.
    pub(crate) fn of_row(service: &'a str, row: &'a HistoryRow) -> Self {
        Self {
            service,
            version: &row.version,
            repeatable: false,
            name: &row.name,
            checksum: &row.checksum,
            up: "",
            down: None,
            path: &row.path,
        }
    }
}

impl MigrationRecord<'_> {
    fn kind(&self) -> &'static str {
        if self.repeatable { "repeatable" } else { "versioned" }
    }

    fn values(&self) -> String {
        format!(
            "{}, {}, '{}', {}, {}, {}, {}, {}",
            Literal(self.service),
            Literal(self.version),
            self.kind(),
            Literal(self.name),
            Literal(self.checksum),
            Literal(self.up),
            Literal::or_null(self.down),
            Literal(self.path),
        )
    }

    fn key(&self) -> String {
        key(self.service, self.kind(), self.version)
    }
}

const COLUMNS: &str = "service, version, kind, name, checksum, up_sql, down_sql, path";

/// How long the transaction has lasted, by the server's clock.
const TRANSACTION_MS: &str =
    "extract(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.transaction_timestamp()) * 1000";

/// How long it is since the row's migration was begun.
const STAGES_MS: &str = "extract(epoch FROM pg_catalog.clock_timestamp() - started_at) * 1000";

fn key(service: &str, kind: &str, version: &str) -> String {
    format!("service = {} AND kind = '{kind}' AND version = {}", Literal(service), Literal(version))
}

/// Whether the session holds the statements that write history prepared, which spares the server parsing and planning
/// them anew with each migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Prepared {
    /// It does.
    Yes,
    /// It does not, or may not any more.
    #[default]
    No,
}

const PREPARED_APPLIED: &str = "limosa_record_applied";
const PREPARED_EVENT: &str = "limosa_record_event";

/// Prepares the statements that write history, for the life of the session.
pub(crate) fn prepare_records(schema: &Identifier) -> String {
    format!(
        "PREPARE {PREPARED_APPLIED} (text, text, text, text, text, text, text, text) AS {};\n\
         PREPARE {PREPARED_EVENT} \
         (text, bigint, timestamptz, text, text, text, text, text, text, json, text, text) AS {}",
        insert_applied_of(schema, "$1, $2, $3, $4, $5, $6, $7, $8"),
        insert_event_of(schema, "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10", "$11, $12"),
    )
}

fn insert_applied_of(schema: &Identifier, values: &str) -> String {
    format!(
        "INSERT INTO {schema}.migration ({COLUMNS}, state, applied_at, duration_ms) \
         VALUES ({values}, 'applied', pg_catalog.clock_timestamp(), {TRANSACTION_MS})"
    )
}

fn insert_event_of(schema: &Identifier, values: &str, hashes: &str) -> String {
    format!(
        "INSERT INTO {schema}.event (service, seq, at, kind, version, name, checksum, actor, reason, detail, \
         duration_ms, previous_hash, hash) VALUES ({values}, {TRANSACTION_MS}, {hashes})"
    )
}

/// Tables that say what is in the database, children first. The event log says what was done, and stays.
const STATE_TABLES: &[&str] = &[
    "backfill_reject",
    "backfill_range",
    "backfill",
    "seed",
    "aside",
    "quarantine",
    "online",
    "snapshot",
    "replaced",
    "migration",
];

/// Forgets what is in the database, of all services: nothing is any more.
#[must_use]
pub(crate) fn forget_all(schema: &Identifier) -> Vec<String> {
    STATE_TABLES.iter().map(|table| format!("DELETE FROM {schema}.{table}")).collect()
}

/// Records a migration that commits with this very statement. Fails on the primary key if another runner was faster.
#[must_use]
pub(crate) fn insert_applied(schema: &Identifier, record: &MigrationRecord<'_>, prepared: Prepared) -> String {
    match prepared {
        Prepared::Yes => format!("EXECUTE {PREPARED_APPLIED} ({})", record.values()),
        Prepared::No => insert_applied_of(schema, &record.values()),
    }
}

/// Records a migration that another tool applied, with that tool's date and person where they are known.
#[must_use]
pub(crate) fn insert_adopted(
    schema: &Identifier,
    record: &MigrationRecord<'_>,
    applied_at: Option<&str>,
    applied_by: Option<&str>,
) -> String {
    let (at, by) = (Literal::or_null(applied_at), Literal::or_null(applied_by));
    format!(
        "INSERT INTO {schema}.migration ({COLUMNS}, state, started_at, applied_at, applied_by) VALUES ({}, 'applied', \
         COALESCE({at}, pg_catalog.transaction_timestamp()), {at}, COALESCE({by}, session_user::text))",
        record.values()
    )
}

/// Takes migrations out of the live set.
#[must_use]
pub(crate) fn delete_rows(schema: &Identifier, service: &str, rows: &[(&str, &str)]) -> Vec<String> {
    let delete = |(kind, version): &(&str, &str)| {
        format!("DELETE FROM {schema}.migration WHERE {}", key(service, kind, version))
    };
    rows.iter().map(delete).collect()
}

/// Forgets the catalogs that were kept with this event and those after it.
#[must_use]
pub(crate) fn forget_snapshots(schema: &Identifier, service: &str, from: i64) -> String {
    format!("DELETE FROM {schema}.snapshot WHERE service = {} AND event_seq >= {from}", Literal(service))
}

/// Records a repeatable object that was run, for the first time or again.
#[must_use]
pub(crate) fn upsert_repeatable(schema: &Identifier, record: &MigrationRecord<'_>) -> String {
    format!(
        "{} ON CONFLICT (service, kind, version) DO UPDATE SET name = EXCLUDED.name, checksum = EXCLUDED.checksum, \
         up_sql = EXCLUDED.up_sql, path = EXCLUDED.path, applied_at = EXCLUDED.applied_at, \
         duration_ms = EXCLUDED.duration_ms, applied_by = session_user, state = 'applied', \
         position = 0, in_flight = false, \
         error = NULL",
        insert_applied(schema, record, Prepared::No)
    )
}

/// Records that a migration, or its down, begins in stages.
#[must_use]
pub(crate) fn begin_stages(schema: &Identifier, record: &MigrationRecord<'_>, reverting: bool) -> String {
    if reverting {
        return format!(
            "UPDATE {schema}.migration SET state = 'reverting', position = 0, in_flight = false, error = NULL, \
             down_sql = {}, started_at = pg_catalog.clock_timestamp() WHERE {}",
            Literal::or_null(record.down),
            record.key()
        );
    }
    // Stages done before an edit of the rest keep their place: the caller has compared them.
    format!(
        "INSERT INTO {schema}.migration ({COLUMNS}, state) VALUES ({}, 'running') ON CONFLICT (service, kind, version) \
         DO UPDATE SET name = EXCLUDED.name, checksum = EXCLUDED.checksum, up_sql = EXCLUDED.up_sql, \
         down_sql = EXCLUDED.down_sql, path = EXCLUDED.path, error = NULL, state = 'running'",
        record.values()
    )
}

/// Records how far a migration in stages has come.
#[must_use]
pub(crate) fn mark_position(
    schema: &Identifier,
    record: &MigrationRecord<'_>,
    position: usize,
    in_flight: bool,
    error: Option<&str>,
) -> String {
    format!(
        "UPDATE {schema}.migration SET position = {position}, in_flight = {in_flight}, error = {} WHERE {}",
        Literal::or_null(error),
        record.key()
    )
}

/// Keeps the down script that goes on with what an earlier text of it began.
#[must_use]
pub(crate) fn mend_down(schema: &Identifier, record: &MigrationRecord<'_>) -> String {
    format!("UPDATE {schema}.migration SET down_sql = {} WHERE {}", Literal::or_null(record.down), record.key())
}

/// Puts the row back to what it was before the first stage was begun: none, or that of a migration in effect.
#[must_use]
pub(crate) fn not_begun(schema: &Identifier, record: &MigrationRecord<'_>, reverting: bool) -> String {
    if reverting {
        let settled = "state = 'applied', position = 0, in_flight = false, error = NULL";
        return format!("UPDATE {schema}.migration SET {settled} WHERE {}", record.key());
    }
    delete_row(schema, record)
}

/// Takes another text for what was applied.
#[must_use]
pub(crate) fn accept_edit(schema: &Identifier, record: &MigrationRecord<'_>, checksum: &str) -> String {
    format!(
        "UPDATE {schema}.migration SET name = {}, checksum = {}, up_sql = {}, down_sql = coalesce({}, down_sql), \
         path = {} WHERE {}",
        Literal(record.name),
        Literal(checksum),
        Literal(record.up),
        Literal::or_null(record.down),
        Literal(record.path),
        record.key()
    )
}

/// Records that all stages are done.
#[must_use]
pub(crate) fn finish_stages(schema: &Identifier, record: &MigrationRecord<'_>) -> String {
    format!(
        "UPDATE {schema}.migration SET state = 'applied', position = 0, in_flight = false, error = NULL, \
         applied_at = pg_catalog.clock_timestamp(), duration_ms = {STAGES_MS}, applied_by = session_user WHERE {}",
        record.key()
    )
}

/// Takes a reverted migration out of the live set; the log keeps it.
#[must_use]
pub(crate) fn delete_row(schema: &Identifier, record: &MigrationRecord<'_>) -> String {
    format!("DELETE FROM {schema}.migration WHERE {}", record.key())
}

/// Puts a versioned migration's row aside, so that it counts as pending.
#[must_use]
pub(crate) fn put_aside(schema: &Identifier, service: &str, version: &str) -> String {
    let key = key(service, "versioned", version);
    format!(
        "CREATE TABLE {schema}.put_aside AS SELECT * FROM {schema}.migration WHERE {key};\n\
         DELETE FROM {schema}.migration WHERE {key}"
    )
}

/// Ends what [`put_aside`] began: the row that was put aside is the migration's row again, if it has none now.
#[must_use]
pub(crate) fn put_back(schema: &Identifier) -> String {
    format!(
        "INSERT INTO {schema}.migration SELECT * FROM {schema}.put_aside ON CONFLICT DO NOTHING;\n\
         UPDATE {schema}.migration SET state = 'applied' WHERE state <> 'applied';\nDROP TABLE {schema}.put_aside"
    )
}

/// Appends an event and gives the chain's new end. Two runners that append at once collide on the primary key, and the
/// second one's transaction goes with it.
#[must_use]
pub(crate) fn append_event(
    schema: &Identifier,
    last: &ChainLink,
    event: &EventRecord,
    prepared: Prepared,
) -> (String, ChainLink) {
    let link = last.next(event);
    let values = format!(
        "{}, {}, {}, {}, {}, {}, {}, {}, {}, {}",
        Literal(&event.service),
        link.seq,
        Literal(&event.at.to_string()),
        Literal(&event.kind),
        Literal::or_null(event.version.as_deref()),
        Literal::or_null(event.name.as_deref()),
        Literal::or_null(event.checksum.as_deref()),
        Literal(&event.actor),
        Literal::or_null(event.reason.as_deref()),
        Literal::or_null(event.detail.as_deref()),
    );
    let hashes = format!("{}, {}", Literal(&last.hash), Literal(&link.hash));
    let sql = match prepared {
        Prepared::Yes => format!("EXECUTE {PREPARED_EVENT} ({values}, {hashes})"),
        Prepared::No => insert_event_of(schema, &values, &hashes),
    };
    (sql, link)
}
