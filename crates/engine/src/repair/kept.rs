//! What a history kept, for files that are gone. Reads only.

use limosa_postgres::Type;
use limosa_project::KeptMigration;

use crate::history::read_stored_sql;
use crate::run_error::RunError;
use crate::server_words::is_missing;
use crate::target::{Target, open};

/// A seed as it was last run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackedSeed {
    /// Its name.
    pub name: String,
    /// Its file, relative to the project.
    pub path: String,
}

/// The migrations of these versions, with their SQL. One round trip after connecting.
///
/// # Errors
/// What keeps the target from being read.
pub async fn kept_migrations(target: &Target, versions: &[String]) -> Result<Vec<KeptMigration>, RunError> {
    let opened = open(target).await?;
    let stored = read_stored_sql(&opened.session, target.history(), versions).await;
    opened.session.close().await;
    let stored = stored?;
    let rows = opened.history.rows.into_iter().filter(|row| !row.repeatable);
    let kept = rows.filter_map(|row| {
        let stored = stored.iter().find(|stored| stored.version == row.version)?.clone();
        Some(KeptMigration {
            version: row.version,
            name: row.name,
            up: stored.up,
            down: stored.down,
            path: stored.path,
        })
    });
    Ok(kept.collect())
}

/// All seeds that were run.
///
/// # Errors
/// What keeps the target from being read.
pub async fn tracked_seeds(target: &Target) -> Result<Vec<TrackedSeed>, RunError> {
    let opened = open(target).await?;
    let sql = format!("SELECT name, path FROM {}.seed WHERE service = $1 ORDER BY name", target.history_schema);
    let rows = target.history().query(&opened.session, &sql, &[(&target.service, Type::TEXT)]).await;
    opened.session.close().await;
    match rows {
        Err(error) if is_missing(&error) => Ok(Vec::new()),
        rows => Ok(rows?.iter().map(|row| TrackedSeed { name: row.get(0), path: row.get(1) }).collect()),
    }
}
