//! A statement of a migration, run in batches.

use std::time::Duration;

use limosa_catalog::Literal;
use limosa_plan::BackfillStep;
use limosa_syntax::{BackfillDirective, BatchedAssignment, BatchedChange, Diagnostic, SourceFile, Span};
use std::sync::Arc;

use super::definition::{Assignment, BackfillDefinition, RowChange};
use super::desk::Desk;
use super::error::BackfillError;
use super::event::BackfillEvent;
use super::job::{Job, question};
use super::owner::{MigrationStatement, Owner};
use super::prepare::{Prepared, prepare};
use super::reject::OnError;
use super::{BackfillOptions, job_of, work};
use crate::run_error::RunError;
use crate::stop::StopSignal;
use crate::target::Target;

/// Runs the statement, or goes on where an earlier run was cut off. All rows are done then, but the job is still open:
/// whoever moves the migration's position on settles it in the same transaction.
///
/// # Errors
/// See [`BackfillError`]. What is done when it fails stays done.
pub(crate) async fn backfill_of_migration(
    desk: Desk<'_>,
    target: &Target,
    definition: &BackfillDefinition,
    statement: MigrationStatement<'_>,
    options: &BackfillOptions<'_>,
    observer: &mut dyn FnMut(&BackfillEvent),
    stop: &StopSignal,
) -> Result<Job, BackfillError> {
    let written = statement.written;
    let owner = Owner::Migration(statement);
    let prepared = prepare(&desk, definition, &target.ids_schema).await?;
    options.on_error.suits(definition, &prepared.relation)?;
    options.throttle.ask_to_hold(&desk).await?;
    give_up_edited(&desk, target, (&owner, &prepared), written, observer).await?;
    let number = job_of(&desk, target, definition, &prepared, &owner, options.actor).await?;
    work(desk, target, (definition, &owner), (number, prepared), options, observer, stop).await
}

/// Gives up an open job whose statement was edited since. Rows that tell that they are done are left as they are by the
/// new one; where they do not, the new statement would change them once more, and a person has to decide.
async fn give_up_edited(
    desk: &Desk<'_>,
    target: &Target,
    (owner, prepared): (&Owner<'_>, &Prepared),
    written: &BackfillDefinition,
    observer: &mut dyn FnMut(&BackfillEvent),
) -> Result<(), BackfillError> {
    let open = format!("AND {}", owner.picks(written, prepared));
    for row in desk.ask(&question(&target.history_schema, &target.service, &open)).await? {
        let number = row.first().and_then(|number| number.as_deref()?.parse().ok()).unwrap_or_default();
        let job = Job::decode(&row).ok_or(BackfillError::Unreadable { job: number })?;
        if job.definition.as_ref() == Some(written) {
            continue;
        }
        let once = format!(
            "SELECT 1 FROM {}.backfill_range WHERE service = {} AND job = {number} AND (cursor->>'once')::boolean",
            target.history_schema,
            Literal(&target.service)
        );
        if job.rows > 0 && !desk.ask(&once).await?.is_empty() {
            return Err(BackfillError::Edited { job: job.number, rows: job.rows });
        }
        let sql = format!(
            "UPDATE {}.backfill SET state = 'cancelled', ended_at = clock_timestamp() WHERE service = {} AND job = {}",
            target.history_schema,
            Literal(&target.service),
            job.number
        );
        desk.ask(&sql).await?;
        if job.rows > 0 {
            let remark = format!("the statement was edited; {} rows were changed by what it was before", job.rows);
            observer(&BackfillEvent::Remarked { job: job.number, remark });
        }
    }
    Ok(())
}

impl<'a> BackfillOptions<'a> {
    /// What a directive says, and what is usual on the target where it says nothing.
    pub(crate) fn of_directive(directive: &BackfillDirective, target: &Target, actor: &'a str) -> Self {
        Self {
            on_error: if directive.skips_errors { OnError::Skip } else { OnError::Stop },
            wait: Duration::ZERO,
            ..Self::new(actor, directive.manner.clone().or(&target.manner))
        }
    }
}

impl BackfillDefinition {
    /// What a statement does to each row. `text` gives the text of a part of the file.
    pub(crate) fn of_statement(
        backfill: &BackfillStep,
        source: &Arc<SourceFile>,
        text: &dyn Fn(Span) -> Result<String, RunError>,
    ) -> Result<Self, RunError> {
        let statement = &backfill.statement;
        let assigned = |assignments: &[BatchedAssignment]| {
            let one = |it: &BatchedAssignment| {
                Ok(Assignment { column: it.column.clone(), expression: text(it.value.unwrap_or(it.span))? })
            };
            assignments.iter().map(one).collect::<Result<Vec<_>, RunError>>()
        };
        let change = match (&statement.change, &backfill.directive.generate) {
            (BatchedChange::Update { .. }, Some((column, generator))) => {
                let spec = generator.parse().map_err(|error: limosa_ids::InvalidSpec| {
                    RunError::Problems(vec![no_generator(backfill, source, &error.to_string())])
                })?;
                RowChange::Generate { column: column.clone(), spec }
            }
            (BatchedChange::Update { assignments, from }, None) => {
                RowChange::Set { assignments: assigned(assignments)?, from: from.map(text).transpose()? }
            }
            (BatchedChange::Delete, _) => RowChange::Delete,
            (BatchedChange::Insert { target, values, skips_present }, _) => {
                RowChange::Insert { target: text(*target)?, values: assigned(values)?, skips_present: *skips_present }
            }
        };
        let condition = statement.condition.map(text).transpose()?;
        Ok(Self { table: text(statement.table)?, alias: statement.alias.clone(), change, condition, keeps: None })
    }
}

fn no_generator(backfill: &BackfillStep, source: &Arc<SourceFile>, why: &str) -> Diagnostic {
    Diagnostic::error("no-generator", why.to_owned())
        .at(source, backfill.place)
        .with_help("`limosa id --help` lists the kinds of ids")
}

/// What keeps ids from being made as a directive asks for, before anything runs.
pub(crate) fn generator_problem(backfill: &BackfillStep, source: &Arc<SourceFile>) -> Option<Diagnostic> {
    let (_, generator) = backfill.directive.generate.as_ref()?;
    let error = generator.parse::<limosa_ids::GeneratorSpec>().err()?;
    Some(no_generator(backfill, source, &error.to_string()))
}
