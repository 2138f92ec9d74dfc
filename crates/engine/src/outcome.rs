//! Whether two sets of migrations lead to the same: to one schema, and to the same rows where any of them writes some.

use limosa_catalog::Catalog;
use limosa_plan::{Change, DiffOptions, compare};
use limosa_postgres::Shadow;
use limosa_project::{MigrationSet, Script};

use crate::desired::{Answers, DesiredError, Replay, replay, run_up};
use crate::prove::{Rows, State, compare_rows};
use crate::stop::stop_switch;

/// What changes no row whatever it is given; anything else may, a function that is called as well.
const SCHEMA_ONLY: &[&str] =
    &["CREATE", "ALTER", "DROP", "COMMENT", "GRANT", "REVOKE", "SET", "RESET", "BEGIN", "COMMIT"];
/// What begins like that and writes rows.
const WITH_ROWS: &[&str] = &["CREATE TABLE AS", "CREATE MATERIALIZED VIEW"];

/// How what two sets of migrations lead to compares.
#[derive(Debug)]
pub struct OutcomeComparison {
    /// How the schemas differ.
    pub schema: Vec<Change>,
    /// How the rows do.
    pub rows: RowsComparison,
}

/// How rows compare that migrations write. Values that are the time of their writing do not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowsComparison {
    /// No migration writes any.
    NoneWritten,
    /// They are the same, so many.
    Same(usize),
    /// They differ, in words.
    Different(String),
    /// It cannot be told, in words.
    Untold(String),
}

/// Runs both sets, each in a new database, and compares. What is known of their schemas is not run again where neither
/// writes rows.
///
/// # Errors
/// A set that does not run, or a shadow that cannot be had; [`SideError`] says which.
pub async fn compare_outcomes(
    shadow: &mut Shadow,
    (before, after): (&MigrationSet, &MigrationSet),
    terms: &Replay<'_>,
    known: &Answers,
) -> Result<OutcomeComparison, SideError> {
    let changes = |before: &Catalog, after: &Catalog| compare(before, after, &DiffOptions::default());
    if !may_write_rows(before) && !may_write_rows(after) {
        let old = replay(shadow, before, terms, known).await.map_err(SideError::Before)?;
        let new = replay(shadow, after, terms, known).await.map_err(SideError::After)?;
        return Ok(OutcomeComparison { schema: changes(&old, &new), rows: RowsComparison::NoneWritten });
    }
    let old = reached(shadow, before, terms).await.map_err(SideError::Before)?;
    let new = reached(shadow, after, terms).await.map_err(SideError::After)?;
    let schema = changes(&old.catalog, &new.catalog);
    let unread = old.rows.unread.iter().chain(&new.rows.unread).next();
    let rows = match (different_rows(&old.rows, &new.rows), unread) {
        (Some(difference), _) => {
            // A default such as `gen_random_uuid()` gives others every time.
            let again = reached(shadow, before, terms).await.map_err(SideError::Before)?;
            match different_rows(&old.rows, &again.rows) {
                None => RowsComparison::Different(difference),
                Some(_) => RowsComparison::Untold("the rows that are written differ from run to run".to_owned()),
            }
        }
        (None, Some((table, why))) => RowsComparison::Untold(format!("{table}: {why}")),
        (None, None) => RowsComparison::Same(new.rows.count()),
    };
    Ok(OutcomeComparison { schema, rows })
}

/// Which of two sets does not run, and why.
#[derive(Debug, thiserror::Error)]
pub enum SideError {
    /// The first.
    #[error(transparent)]
    Before(DesiredError),
    /// The second.
    #[error(transparent)]
    After(DesiredError),
}

impl SideError {
    /// What was found.
    #[must_use]
    pub fn diagnostics(&self) -> Vec<limosa_syntax::Diagnostic> {
        let (Self::Before(error) | Self::After(error)) = self;
        error.diagnostics()
    }
}

/// What a set leads to in a new database, as far as the replay goes.
pub(crate) async fn reached(
    shadow: &mut Shadow,
    set: &MigrationSet,
    replay: &Replay<'_>,
) -> Result<State, DesiredError> {
    let settings = shadow.database().await?;
    let target = replay.target(settings, shadow.takes_one_connection());
    let (_switch, stop) = stop_switch();
    if !set.migrations.is_empty() {
        run_up(&target, set, replay, replay.extent.clone(), &stop).await?;
    }
    State::read(&target).await
}

/// How rows differ, in words; values that are the time of their writing do not count.
pub(crate) fn different_rows(wanted: &Rows, found: &Rows) -> Option<String> {
    let there = compare_rows(wanted, found);
    let loss = there.losses.first().map(|loss| loss.to_string());
    loss.or_else(|| there.added.first().map(|(table, count)| format!("{table} has {count} rows more")))
}

fn may_write_rows(set: &MigrationSet) -> bool {
    let may = |script: &Script| {
        let statements = limosa_syntax::Script::parse(script.text()).statements;
        statements.iter().any(|statement| {
            let tag = &*statement.class.tag;
            let verb = tag.split(' ').next().unwrap_or_default();
            !SCHEMA_ONLY.contains(&verb) || WITH_ROWS.contains(&tag)
        })
    };
    let scripts = set.migrations.iter().map(|migration| &migration.up);
    scripts.chain(set.repeatables.iter().map(|repeatable| &repeatable.up)).any(may)
}
