//! What a migration would come to if it were run online now. Writes nothing.

use limosa_catalog::{Catalog, Identifier};
use limosa_plan::lock::StatementLocks;
use limosa_plan::{OnlineChange, OnlineSettings, Step, compile};
use limosa_postgres::Session;
use limosa_project::{Script, TransactionMode};
use limosa_syntax::{Diagnostic, Span};

use crate::pending::PendingJob;
use crate::prepare::{Backfills, Prepared, prepare};
use crate::run_error::RunError;
use crate::server_words::{is_forbidden, is_missing};
use crate::target::Target;

/// A script that a migration comes to.
#[derive(Debug)]
pub struct PlannedScript {
    /// Its text.
    pub script: Script,
    /// Its statements, and how they are run.
    pub prepared: Prepared,
    /// The locks of its statements, in their order.
    pub locks: Vec<StatementLocks>,
}

/// The scripts of a migration that would be run online.
#[derive(Debug)]
pub struct PlannedOnline {
    /// What `up` runs.
    pub expand: PlannedScript,
    /// What `contract` runs, where anything is left to do then.
    pub contract: Option<PlannedScript>,
}

/// Compiles a migration's statements for a database.
///
/// # Errors
/// All statements that cannot be run online.
pub(super) fn compiled(
    script: &Script,
    verify: &[Step],
    catalog: &Catalog,
    settings: OnlineSettings<'_>,
) -> Result<OnlineChange, Vec<Diagnostic>> {
    // Queries that verify are no statements of the change.
    let end = verify.first().map_or(script.section.end, |first| first.span.start);
    let section = Span::new(script.section.start, end);
    let statements = limosa_syntax::Script::parse_section(&script.source.text, section);
    compile(&script.source, &statements, catalog, settings)
}

/// What the job would come to.
///
/// # Errors
/// All statements that cannot be run online.
pub(crate) fn preview(
    job: &PendingJob<'_>,
    catalog: &Catalog,
    settings: OnlineSettings<'_>,
) -> Result<PlannedOnline, Vec<Diagnostic>> {
    let change = compiled(job.up, &job.prepared.verify, catalog, settings)?;
    let planned = |kind: &str, text: &str| {
        let script = Script::of_text(&format!("{} ({kind})", job.up.source.path), text);
        let prepared = prepare(&script, TransactionMode::Auto, Backfills::InBatches)?;
        Ok::<_, Vec<Diagnostic>>(PlannedScript { script, prepared, locks: Vec::new() })
    };
    Ok(PlannedOnline {
        expand: planned("online", &change.expand_script())?,
        contract: change.contracts().then(|| planned("contract", &change.contract_script())).transpose()?,
    })
}

/// The catalog that a change is compiled for, and the number that the next one gets if nobody is faster.
///
/// # Errors
/// What the server says.
pub(crate) async fn circumstances(session: &Session, target: &Target) -> Result<(Catalog, i64), RunError> {
    let schema: &Identifier = &target.history_schema;
    let catalog = session.catalog(std::slice::from_ref(schema)).await?;
    let sql = format!("SELECT coalesce(max(id), 0) + 1 FROM {schema}.online");
    let number = match target.history().query(session, &sql, &[]).await {
        Ok(rows) => rows.first().map_or(1, |row| row.get(0)),
        Err(error) if is_missing(&error) || is_forbidden(&error) => 1,
        Err(error) => return Err(error.into()),
    };
    Ok((catalog, number))
}
