//! The text of a baseline, tried in a shadow until it leads to what the migrations lead to.

use limosa_catalog::Catalog;
use limosa_plan::{Change, DiffError, DiffOptions, Owners, Style, compare, diff};
use limosa_postgres::Shadow;
use limosa_project::{MigrationSet, SquashPlan};

use super::data::{of_server, with_values, writing_rows, writing_statements};
use crate::desired::{DesiredError, Replay};
use crate::outcome::{different_rows, reached};

/// A baseline that leads to what the migrations lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaselineDraft {
    /// Its script, with the mark that names what it replaces.
    pub text: String,
    /// How it writes rows.
    pub data: BaselineData,
    /// Statements that it does not hold.
    pub left_out: Vec<LeftOut>,
    /// What is worth knowing and stops nothing.
    pub notes: Vec<String>,
}

/// How a baseline writes the rows that its migrations wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BaselineData {
    /// There are none.
    None,
    /// By so many statements of the migrations, behind the schema.
    Statements(usize),
    /// Row by row, so many, since the statements do not lead to them behind the schema.
    Rows(usize),
}

/// A statement that a baseline does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The file, relative to the project.
    pub path: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The statement, shortened.
    pub statement: String,
}

/// Why there is no baseline.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// The migrations do not run, or there is no shadow.
    #[error(transparent)]
    Shadow(#[from] DesiredError),
    /// The schema cannot be written as statements.
    #[error(transparent)]
    Diff(#[from] DiffError),
    /// What was written leads to another schema.
    #[error("the schema of these migrations cannot be written as one script")]
    AnotherSchema(Vec<Change>),
    /// It would hold values of placeholders, which may be secrets.
    #[error("a baseline of these migrations would hold values that are kept out of files")]
    Values(Vec<LeftOut>),
    /// Neither the statements nor the rows lead to the rows that there are.
    #[error("the rows of these migrations cannot be written in one script: {0}")]
    AnotherData(String),
}

/// Writes a baseline and proves it: catalogs and fingerprints are equal, and so are the rows, but for values that are
/// the time at which they were written.
///
/// # Errors
/// See [`BaselineError`].
pub async fn draft_baseline(
    shadow: &mut Shadow,
    set: &MigrationSet,
    plan: &SquashPlan,
    replay: &Replay<'_>,
) -> Result<BaselineDraft, BaselineError> {
    let originals = plan.originals(set);
    let values = with_values(&originals, false);
    if !values.is_empty() {
        return Err(BaselineError::Values(values));
    }
    let empty = reached(shadow, &MigrationSet { migrations: Vec::new(), ..originals.clone() }, replay).await?;
    let wanted = reached(shadow, &originals, replay).await?;
    let schema = schema_sql(&empty.catalog, &wanted.catalog)?;
    let head = format!("{}\n{}", plan.mark, schema.trim_end());
    let written = writing_statements(&originals);
    let mut candidates = Vec::new();
    if wanted.rows.count() == 0 && wanted.rows.unread.is_empty() {
        candidates.push((head.clone(), BaselineData::None));
    } else {
        let count = written.len();
        candidates.push((format!("{head}\n\n{}", written.concat()), BaselineData::Statements(count)));
        if wanted.rows.unread.is_empty() && with_values(&originals, true).is_empty() {
            let rows = writing_rows(&wanted.catalog, &wanted.rows);
            candidates.push((format!("{head}\n\n{rows}"), BaselineData::Rows(wanted.rows.count())));
        }
    }
    let mut why = String::new();
    for (text, data) in candidates {
        let text = format!("{}\n", text.trim_end());
        let found = match reached(shadow, &plan.as_set(set, &text), replay).await {
            Ok(found) => found,
            Err(DesiredError::Replay(error)) if data != BaselineData::None => {
                why = error.headline();
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        let changes = compare(&wanted.catalog, &found.catalog, &DiffOptions::default());
        if !changes.is_empty() || wanted.catalog.fingerprint() != found.catalog.fingerprint() {
            return Err(BaselineError::AnotherSchema(changes));
        }
        match different_rows(&wanted.rows, &found.rows) {
            Some(difference) => why = difference,
            None => {
                let mut notes = crate::prove::column_order(&wanted.catalog, &found.catalog);
                notes.extend(wanted.rows.unread.iter().map(|(table, why)| format!("{table} is not compared: {why}")));
                return Ok(BaselineDraft { text, data, left_out: of_server(&originals), notes });
            }
        }
    }
    Err(BaselineError::AnotherData(why))
}

/// The schema as statements. Owners are those of whoever runs it, as with the migrations.
fn schema_sql(empty: &Catalog, wanted: &Catalog) -> Result<String, DiffError> {
    let options = DiffOptions { style: Style::Offline, owners: Owners::Ignore, ..DiffOptions::default() };
    Ok(diff(empty, wanted, &options)?.to_sql())
}
