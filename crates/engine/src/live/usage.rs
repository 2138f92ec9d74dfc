//! What a live target has counted of the use of its objects.

use std::time::Duration;

use limosa_catalog::{Identifier, IndexUsage, ObjectName, Usage};
use limosa_postgres::{Row, Session};

use crate::run_error::RunError;

/// Since when scans are counted. Who never reset the counts has had them since the server began at least.
const COUNTED_SQL: &str = "\
SELECT extract(epoch FROM pg_catalog.clock_timestamp() - coalesce(stats_reset, pg_catalog.pg_postmaster_start_time()))
         ::float8
FROM pg_catalog.pg_stat_database WHERE datname = pg_catalog.current_database()";

/// The size is that of the last `VACUUM` or `ANALYZE`: asking for that of now would wait for locks.
const INDEXES_SQL: &str = "\
SELECT s.schemaname::text, s.indexrelname::text, s.idx_scan,
       c.relpages::int8 * pg_catalog.current_setting('block_size')::int8
FROM pg_catalog.pg_stat_user_indexes s JOIN pg_catalog.pg_class c ON c.oid = s.indexrelid";

const SEQUENCES_SQL: &str = "\
SELECT schemaname::text, sequencename::text, last_value FROM pg_catalog.pg_sequences WHERE last_value IS NOT NULL";

const EXTENSIONS_SQL: &str = "\
SELECT name::text, default_version FROM pg_catalog.pg_available_extensions
WHERE installed_version IS NOT NULL AND default_version IS NOT NULL";

/// Asks. Needs no rights but to connect; what a role may not see is left out.
pub(super) async fn usage(session: &Session) -> Result<Usage, RunError> {
    let (counted, indexes, sequences, extensions) = tokio::join!(
        session.query(COUNTED_SQL, &[]),
        session.query(INDEXES_SQL, &[]),
        session.query(SEQUENCES_SQL, &[]),
        session.query(EXTENSIONS_SQL, &[])
    );
    let seconds = counted?.first().map_or(0.0, |row| row.get::<_, f64>(0));
    let index = |row: &Row| {
        let count = |at: usize| u64::try_from(row.get::<_, i64>(at)).unwrap_or_default();
        Some((object(row)?, IndexUsage { scans: count(2), bytes: count(3) }))
    };
    let version = |row: &Row| {
        let version: String = row.get(1);
        Some((Identifier::new(row.get::<_, String>(0)).ok()?, version.into_boxed_str()))
    };
    Ok(Usage {
        counted: Duration::try_from_secs_f64(seconds).unwrap_or_default(),
        indexes: indexes?.iter().filter_map(index).collect(),
        sequences: sequences?.iter().filter_map(|row| Some((object(row)?, row.get(2)))).collect(),
        extensions: extensions?.iter().filter_map(version).collect(),
    })
}

/// The name in the first two columns.
fn object(row: &Row) -> Option<ObjectName> {
    let identifier = |at: usize| Identifier::new(row.get::<_, String>(at)).ok();
    Some(ObjectName { schema: identifier(0)?, name: identifier(1)? })
}
