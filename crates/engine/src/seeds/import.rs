//! From somebody's SQL that fills tables to files of seeds: it is run on what the migrations lead to, and the rows that
//! came of it are exported. Nothing of the SQL is understood, so nothing of it is misunderstood.

use std::collections::BTreeSet;

use limosa_catalog::{Identifier, QualifiedName};
use limosa_postgres::Shadow;
use limosa_project::{MigrationSet, Seed};

use super::export::{ExportError, ExportFormat, ExportWish, Exported, export_seed};
use super::relation::Relation;
use super::{SeedCounts, SeedError, SeedOptions, seed};
use crate::desired::{DesiredError, Replay, run_up};
use crate::event::Silent;
use crate::run_error::RunError;
use crate::stop::stop_switch;
use crate::target::{Target, connect};

/// The tables of users that hold rows of their own. One scan of `pg_class`.
const TABLES_SQL: &str = "\
SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
    AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname NOT IN ('information_schema', $1)
ORDER BY 1, 2";

/// What came of the SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The rows that are there now, a file for each table.
    pub files: Vec<Exported>,
    /// Rows that were inserted, updated and deleted on the way.
    pub counts: SeedCounts,
}

/// Why there are no files.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The migrations do not run, or there is no shadow.
    #[error(transparent)]
    Shadow(#[from] DesiredError),
    /// The SQL does not run.
    #[error(transparent)]
    Script(#[from] SeedError),
    /// The rows cannot be exported.
    #[error(transparent)]
    Export(#[from] ExportError),
}

/// Replays the migrations in a new shadow database, runs the scripts there in one transaction, and exports the rows
/// that they inserted or updated.
///
/// # Errors
/// See [`ImportError`].
pub async fn import_seeds(
    shadow: &mut Shadow,
    set: &MigrationSet,
    replay: &Replay<'_>,
    scripts: &[Seed],
    format: ExportFormat,
) -> Result<Imported, ImportError> {
    let settings = shadow.database().await.map_err(DesiredError::from)?;
    let target = replay.target(settings, shadow.takes_one_connection());
    let (_switch, stop) = stop_switch();
    run_up(&target, set, replay, replay.extent.clone(), &stop).await?;
    let begun = next_transaction(&target).await?;
    let options = SeedOptions::in_shadow(replay.values);
    let report = seed(&target, scripts, &|_| true, &options, &mut Silent, &stop).await?;
    let counts =
        report.seeds.iter().filter_map(|outcome| outcome.counts).fold(SeedCounts::default(), |all, one| SeedCounts {
            inserted: all.inserted + one.inserted,
            updated: all.updated + one.updated,
            deleted: all.deleted + one.deleted,
        });
    // A new server's transactions are few: their numbers do not wrap.
    let condition = format!("xmin::text::bigint >= {begun}");
    let relations = written(&target, &condition).await?;
    let mut files = Vec::new();
    for relation in &relations {
        let key = key(relation, &relations);
        let wish = ExportWish { table: &relation.name, key: &key, condition: Some(&condition), format };
        files.push(export_seed(&target, &wish).await?);
    }
    Ok(Imported { files, counts })
}

/// The number that no transaction so far has.
async fn next_transaction(target: &Target) -> Result<i64, ImportError> {
    let session = connect(target).await.map_err(failed)?;
    let found = session.query("SELECT pg_catalog.txid_current()", &[]).await;
    session.close().await;
    Ok(found.map_err(failed)?.first().map_or(0, |row| row.get(0)))
}

/// The tables with rows that meet the condition.
async fn written(target: &Target, condition: &str) -> Result<Vec<Relation>, ImportError> {
    let session = connect(target).await.map_err(failed)?;
    let history = target.history_schema.as_str();
    let result = async {
        let mut names = Vec::new();
        for row in session.query(TABLES_SQL, &[(&history, limosa_postgres::Type::NAME)]).await? {
            let (Ok(schema), Ok(name)) =
                (Identifier::new(row.get::<_, &str>(0)), Identifier::new(row.get::<_, &str>(1)))
            else {
                continue;
            };
            let name = QualifiedName { schema: Some(schema), name };
            let sql = format!("SELECT EXISTS (SELECT FROM {name} WHERE {condition})");
            if session.query(&sql, &[]).await?.first().is_some_and(|row| row.get(0)) {
                names.push(name);
            }
        }
        let mut relations = Vec::new();
        for name in &names {
            let flight = session.flight(&Relation::question(std::slice::from_ref(name))).await;
            let rows = flight.map_err(|failure| failure.error)?.rows;
            relations.extend(rows.iter().filter_map(|row| Relation::decode(row)));
        }
        Ok::<_, limosa_postgres::ServerError>(relations)
    }
    .await;
    session.close().await;
    result.map_err(failed)
}

/// The key of a file: the primary key, unless the database numbers it, nobody refers to it here, and there is one
/// other.
fn key(relation: &Relation, all: &[Relation]) -> Vec<Identifier> {
    let primary: BTreeSet<&str> = relation.primary_key().iter().map(String::as_str).collect();
    let is_numbered = relation.columns.iter().any(|column| primary.contains(column.name()) && column.is_numbered());
    let is_referred_to = all.iter().flat_map(|other| &other.foreign_keys).any(|key| key.to == relation.oid);
    let mut others = relation.uniques.iter().filter(|unique| !unique.primary);
    match (others.next(), others.next()) {
        (Some(only), None) if is_numbered && !is_referred_to => {
            only.columns.iter().filter_map(|name| Identifier::new(name.as_str()).ok()).collect()
        }
        _ => Vec::new(),
    }
}

fn failed(error: impl Into<RunError>) -> ImportError {
    ImportError::Export(ExportError::Run(error.into()))
}
