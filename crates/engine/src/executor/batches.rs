//! A stage that is run in batches.

use limosa_plan::{BackfillStep, Step};

use super::flight::lock_timeout;
use super::{Executor, Job};
use crate::backfill::{
    BackfillDefinition, BackfillError, BackfillEvent, BackfillFailure, BackfillOptions, Desk, MigrationStatement,
    backfill_of_migration, has_open_job, settle,
};
use crate::event::Event;
use crate::history::{self, Prepared};
use crate::run_error::{InEffect, RunError};
use crate::server_words::is_lock_failure;

impl Executor<'_> {
    /// Runs the statement in batches, or goes on where an earlier run was cut off. The end of the batches and the
    /// migration's position are put on record together.
    pub(super) async fn run_backfill(
        &mut self,
        job: &Job<'_>,
        (index, of): (usize, usize),
        backfill: &BackfillStep,
    ) -> Result<(), RunError> {
        self.have_read(job, &backfill.step).await?;
        let filled = |span| self.placeholders.fill(job.source, span);
        let keeps = self.room_for_values(job, backfill).await?;
        let definition =
            BackfillDefinition { keeps, ..BackfillDefinition::of_statement(backfill, job.source, &filled)? };
        let as_it_stands = |span: limosa_syntax::Span| Ok(span.of(&job.source.text).to_owned());
        let written = BackfillDefinition::of_statement(backfill, job.source, &as_it_stands)?;
        let (placeholders, actor) = (self.placeholders, self.actor.clone());
        let mask = |text: &str| placeholders.mask(text);
        let statement = MigrationStatement {
            version: job.record.version,
            direction: job.direction,
            written: &written,
            mask: &mask,
        };
        let desk = Desk::under(self.worker, &self.surroundings, self.fence.as_deref());
        let options = BackfillOptions::of_directive(&backfill.directive, self.target, &actor);
        let (service, observer) = (self.service, &mut *self.observer);
        let mut tell = |event: &BackfillEvent| {
            observer.on(&Event::Backfill {
                service: service.to_owned(),
                version: job.record.version.to_owned(),
                progress: event.masked(&mask),
            });
        };
        let worked =
            backfill_of_migration(desk, self.target, &definition, statement, &options, &mut tell, &self.stop).await;
        let done = match worked {
            Ok(done) => done,
            Err(BackfillError::Run(error)) => return Err(error),
            Err(BackfillError::Stopped { .. }) => return Err(RunError::Stopped { resumable: None }),
            Err(error) => {
                return Err(RunError::Backfill(Box::new(BackfillFailure {
                    version: job.record.version.to_owned(),
                    name: job.record.name.to_owned(),
                    direction: job.direction,
                    source: job.source.clone(),
                    span: backfill.step.span,
                    tag: backfill.step.tag.clone(),
                    masked: self.placeholders.mask(&error.to_string()),
                    error,
                    in_effect: InEffect::Nothing,
                })));
            }
        };
        let event = self.event(job, "backfill", Some(done.detail("done", None)));
        let (event, link) = history::append_event(self.schema, &self.last, &event, Prepared::No);
        let before = std::mem::replace(&mut self.last, link);
        let (record, link) = self.after_stage(job, index, of);
        let settled = [settle(self.schema, self.service, done.number), event];
        match self.write_history(&[settled.as_slice(), &record].concat()).await {
            Ok(()) => self.last = link,
            Err(error) => {
                self.last = before;
                return Err(error.into());
            }
        }
        Ok(())
    }

    /// Lets the server read the statement as it stands: what it does not take is told with its place in the file.
    async fn have_read(&mut self, job: &Job<'_>, step: &Step) -> Result<(), RunError> {
        let text = self.placeholders.fill(job.source, step.span)?;
        let mut before = vec!["BEGIN".to_owned(), lock_timeout("LOCAL ", job.retry.patience)];
        before.extend(self.surroundings.set("LOCAL "));
        let before = format!("{};\nEXPLAIN ", before.join(";\n"));
        let Err(failure) = self.worker.flight(&format!("{before}{text}\n;\nROLLBACK")).await else { return Ok(()) };
        if failure.error.is_connection_lost() {
            return Err(failure.error.into());
        }
        self.worker.flight("ROLLBACK").await.map_err(|failure| failure.error)?;
        let failure = self.alone_failure(job, step, before.chars().count(), failure.error);
        if is_lock_failure(&failure.error) {
            return Err(RunError::LocksNotFree {
                version: job.record.version.to_owned(),
                waited: job.retry.patience,
                blockers: Vec::new(),
                failure: Box::new(failure),
            });
        }
        Err(RunError::Statement(Box::new(failure)))
    }

    /// Whether a statement of the migration is under way in batches.
    pub(super) async fn has_batches(&self, job: &Job<'_>) -> bool {
        let sql = has_open_job(self.schema, self.service, job.record.version, job.direction);
        self.worker.query(&sql, &[]).await.is_ok_and(|rows| !rows.is_empty())
    }
}
