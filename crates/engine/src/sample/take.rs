//! Taking a sample.

use std::collections::BTreeMap;

use limosa_catalog::{Identifier, ObjectName};
use limosa_postgres::{ConnectError, ServerError, Session, Type};
use limosa_project::MaskSettings;
use limosa_syntax::Diagnostic;

use super::expression::masked;
use super::mask::{MaskedColumn, Source, decide};
use super::select::{Places, at, from, parameters, select};
use crate::history::{HistoryError, read_history};
use crate::run_error::RunError;
use crate::target::Target;

/// All that is read is read as this moment had it, and nothing can be written.
const BEGIN: &str = "\
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL search_path = pg_catalog, public; \
SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'postgres'; SET LOCAL bytea_output = 'hex'; \
SET LOCAL extra_float_digits = 1";

/// Rows of an environment, with what is personal masked.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The versions that are applied there.
    pub applied: Vec<String>,
    /// What was masked.
    pub masked: Vec<MaskedColumn>,
    pub(super) tables: BTreeMap<ObjectName, SampledTable>,
}

impl Sample {
    /// How many tables have rows in it, and how many rows there are.
    #[must_use]
    pub fn extent(&self) -> (usize, usize) {
        let rows = || self.tables.values().map(|table| table.rows.len());
        (rows().filter(|rows| *rows > 0).count(), rows().sum())
    }
}

/// The rows of one table.
#[derive(Debug, Clone)]
pub(super) struct SampledTable {
    pub(super) columns: Vec<Identifier>,
    pub(super) rows: Vec<Vec<Option<String>>>,
}

/// Why no sample could be taken.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// The environment's database cannot be reached.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// Its catalog cannot be read.
    #[error(transparent)]
    Catalog(Box<RunError>),
    /// Its history cannot be read.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// What `[mask]` says cannot be done.
    #[error("{} of the masks cannot be", .0.len())]
    Masks(Vec<Diagnostic>),
    /// The server refused to give the rows of a table.
    #[error("the rows of {table} cannot be read: {error}")]
    Rows {
        /// The table.
        table: String,
        /// What the server said.
        error: ServerError,
    },
    /// The server refused something else.
    #[error(transparent)]
    Server(#[from] ServerError),
}

impl SampleError {
    /// The error as people should see it.
    #[must_use]
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        match self {
            Self::Masks(problems) => problems.clone(),
            Self::Catalog(error) => error.diagnostics(),
            Self::Rows { .. } => vec![
                Diagnostic::error("sample", self.to_string())
                    .with_help("a sample needs SELECT on every table; an expression of `[mask]` has to fit its column"),
            ],
            other => vec![Diagnostic::error("sample", other.to_string())],
        }
    }
}

/// Reads up to so many rows of each table of a target, with what they refer to, as one moment saw them. Masks are part
/// of the queries; the salt of their hashes is the server's, for this once.
///
/// # Errors
/// The target cannot be reached or read, or a mask cannot be.
pub async fn take_sample(target: &Target, rows: u32, declared: &MaskSettings) -> Result<Sample, SampleError> {
    let session = Session::connect(&target.settings).await?;
    let sample = take(&session, target, rows, declared).await;
    session.close().await;
    sample
}

async fn take(session: &Session, target: &Target, rows: u32, declared: &MaskSettings) -> Result<Sample, SampleError> {
    let history = read_history(session, target.history()).await?;
    // In a transaction of its own, and without what is set aside: no mask would know a column by that name.
    let catalog = crate::snapshot::read(session, target).await;
    let catalog = catalog.map_err(|error| SampleError::Catalog(Box::new(error)))?;
    session.flight(BEGIN).await.map_err(|failure| failure.error)?;
    let (sources, masked) = decide(&catalog, declared).map_err(SampleError::Masks)?;
    let salt = session.query("SELECT gen_random_uuid()::text", &[]).await?;
    let salt: String = salt.first().map(|row| row.get(0)).unwrap_or_default();
    let chosen = select(session, &sources, rows).await?;
    let mut tables = BTreeMap::new();
    for source in &sources {
        let Some(places) = chosen.get(&source.name) else { continue };
        let rows = read(session, source, places, &salt).await;
        let table = people(&source.name);
        let rows = rows.map_err(|error| SampleError::Rows { table, error })?;
        let columns = source.columns.iter().map(|(name, ..)| name.clone()).collect();
        tables.insert(source.name.clone(), SampledTable { columns, rows });
    }
    session.flight("ROLLBACK").await.map_err(|failure| failure.error)?;
    let versioned = history.rows.into_iter().filter(|row| !row.repeatable);
    let applied = versioned.map(|row| row.version).collect();
    Ok(Sample { applied, masked, tables })
}

async fn read(
    session: &Session,
    source: &Source,
    places: &Places,
    salt: &str,
) -> Result<Vec<Vec<Option<String>>>, ServerError> {
    let values = source.columns.iter().map(|(name, family, mask)| masked(mask, name, *family, salt));
    let values: Vec<String> = values.collect();
    let sql = format!("SELECT ARRAY[{}]::text[] FROM {} AS own WHERE {}", values.join(", "), from(source), at("own"));
    let (rows, whole) = parameters(places.iter());
    let found = session.query(&sql, &[(&rows, Type::TEXT_ARRAY), (&whole, Type::TEXT_ARRAY)]).await?;
    Ok(found.iter().map(|row| row.get(0)).collect())
}

fn people(table: &ObjectName) -> String {
    format!("{}.{}", table.schema.for_people(), table.name.for_people())
}
