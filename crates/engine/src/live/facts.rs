//! What a live target shows of its schema and of the size of its tables.

use limosa_catalog::{Catalog, Identifier, QualifiedName, ServerMajor, Usage};
use limosa_project::{AppliedMigration, MigrationSet};

use crate::pending::applied;
use crate::plan::schemas;
use crate::put_right::foresee;
use crate::run_error::RunError;
use crate::snapshot;
use crate::target::{Target, open};

use super::usage::usage;

/// The rows of tables as they were last counted. One scan of `pg_class`; waits for nobody, since it looks at no table.
const ROWS_SQL: &str = "\
SELECT n.nspname::text, c.relname::text, c.reltuples::float8
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm', 'p') AND c.reltuples >= 0 AND n.nspname NOT LIKE 'pg\\_%'
  AND n.nspname <> 'information_schema'";

/// What a live target shows.
#[derive(Debug)]
pub struct LiveFacts {
    /// Its schema, without the history.
    pub catalog: Catalog,
    /// The rows of tables, where somebody has counted them.
    pub rows: Vec<(QualifiedName, u64)>,
    /// What it has counted.
    pub usage: Usage,
    /// The major version of its server.
    pub major: ServerMajor,
    /// Where names without a schema are looked for.
    pub search_path: Vec<Identifier>,
    /// What is in effect, or begun.
    pub applied: Vec<AppliedMigration>,
}

/// Looks at a target. Writes nothing.
///
/// # Errors
/// What keeps the target from being read.
pub async fn live_facts(target: &Target, set: &MigrationSet) -> Result<LiveFacts, RunError> {
    let mut opened = open(target).await?;
    foresee(&target.service, set, &mut opened.history)?;
    let session = opened.session;
    let result = async {
        let (catalog, rows, usage) =
            tokio::join!(snapshot::read(&session, target), session.query(ROWS_SQL, &[]), usage(&session));
        let row = |row: &limosa_postgres::Row| {
            let identifier = |at: usize| Identifier::new(row.get::<_, String>(at)).ok();
            let rows: f64 = row.get(2);
            Some((QualifiedName { schema: Some(identifier(0)?), name: identifier(1)? }, rows as u64))
        };
        let rows = rows?.iter().filter_map(row).collect();
        let applied = applied(&opened.history, &|_| None);
        let search_path = schemas(&session, target).await?;
        let major = opened.version.major();
        Ok(LiveFacts { search_path, catalog: catalog?, rows, usage: usage?, major, applied })
    }
    .await;
    session.close().await;
    result
}
