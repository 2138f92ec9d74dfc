//! A migration that cannot be one transaction: stage by stage, with the position on record before and after each, so
//! that a run that was killed goes on at the right statement.

use std::time::{Duration, Instant};

use limosa_plan::{Answer, Probe, Recovery, Retry, Stage, Step, Verdict, Waiting};
use limosa_postgres::ServerError;

use super::flight;
use super::watch::Watch;
use super::{Executor, InterruptedStatement, Job, SessionState};
use crate::backfill::give_up;
use crate::event::{Blocker, Direction, Event};
use crate::history;
use crate::jitter::jitter;
use crate::online::never_begun;
use crate::run_error::{InEffect, Resumable, RunError, StatementFailure};
use crate::server_words::{is_cancelled, is_lock_failure, position};
use crate::stop::Urgency;

/// How often to ask whether another session has finished what this one waits for.
const ASK_AGAIN: Duration = Duration::from_secs(1);

/// When to look for the first time at what a patient statement waits for, at half of this.
const FIRST_LOOK: Duration = Duration::from_millis(500);

impl Executor<'_> {
    pub(super) async fn run_staged(&mut self, job: &Job<'_>, stages: &[Stage]) -> Result<(), RunError> {
        self.refuse_alone_behind_pooler(job, stages)?;
        // Among its statements may be some that empty the session.
        self.session = SessionState::default();
        // Verifying comes behind the last stage, as one more.
        let of = stages.len() + usize::from(!job.verify.is_empty());
        let mut position = 0;
        let mut substitute = None;
        let mut opening = job.opening.to_vec();
        opening.extend(self.first_record(job));
        if !opening.is_empty() {
            self.write_history(&opening).await?;
        }
        if let Some(row) = job.unfinished {
            position = row.position.min(stages.len());
            if row.in_flight
                && let Some(Stage::Alone { step, .. }) = stages.get(position)
            {
                (position, substitute) = self.recover(job, stages, position, step).await?;
            }
        }
        let last_transaction = stages.iter().rposition(|stage| matches!(stage, Stage::Transaction { .. }));
        for (index, stage) in stages.iter().enumerate().skip(position) {
            if self.stop.is_asked() {
                return Err(self.stopped(job, index, of));
            }
            self.observer.on(&Event::StageBegun {
                service: self.service.to_owned(),
                version: job.record.version.to_owned(),
                stage: index + 1,
                of,
                what: describe(stage),
            });
            let result = match stage {
                Stage::Transaction { begin, steps } => {
                    let (record, link) = self.after_stage(job, index, of);
                    let ends = last_transaction == Some(index);
                    let result = self.run_transaction(job, *begin, (steps, &[]), &record, ends).await;
                    if result.is_ok() {
                        self.last = link;
                    }
                    result
                }
                Stage::Alone { step, .. } => self.run_alone(job, index, of, step, substitute.take()).await,
                // On the heap, as the other stages need less by far.
                Stage::Backfill(backfill) => Box::pin(self.run_backfill(job, (index, of), backfill)).await,
            };
            if let Err(error) = result {
                return Err(self.stage_failed(job, index, stages, of, error).await);
            }
        }
        // Where everything was done already, only the end of it is not on record.
        if position >= stages.len() || !job.verify.is_empty() {
            let (record, link) = self.after_stage(job, of.saturating_sub(1), of);
            if job.verify.is_empty() {
                self.write_history(&record).await?;
            } else if let Err(error) = self.run_transaction(job, None, (&[], job.verify), &record, false).await {
                return Err(self.stage_failed(job, stages.len(), stages, of, error).await);
            }
            self.last = link;
        }
        Ok(())
    }

    /// What is put on record before the first stage: that it begins, or that it goes on by another text.
    fn first_record(&self, job: &Job<'_>) -> Option<String> {
        match (job.direction, job.unfinished) {
            (Direction::Up, Some(row)) if row.checksum == job.record.checksum => None,
            (Direction::Up, _) => Some(history::begin_stages(self.schema, &job.record, false)),
            (Direction::Down, Some(_)) => Some(history::mend_down(self.schema, &job.record)),
            (Direction::Down, None) => Some(history::begin_stages(self.schema, &job.record, true)),
        }
    }

    /// What is put on record when a stage is done: the position, or with the last stage the end of the migration.
    pub(super) fn after_stage(&self, job: &Job<'_>, index: usize, of: usize) -> (Vec<String>, history::ChainLink) {
        if index + 1 < of {
            let mark = history::mark_position(self.schema, &job.record, index + 1, false, None);
            return (vec![mark], self.last.clone());
        }
        let (event, link) = self.finished(job);
        let row = match job.direction {
            Direction::Up => history::finish_stages(self.schema, &job.record),
            Direction::Down => history::delete_row(self.schema, &job.record),
        };
        // A statement that was run in batches until the file was edited is not any more.
        let given_up = job.unfinished.map(|_| give_up(self.schema, self.service, job.record.version, job.direction));
        (given_up.into_iter().chain([row, event]).collect(), link)
    }

    /// A statement outside any transaction.
    async fn run_alone(
        &mut self,
        job: &Job<'_>,
        index: usize,
        of: usize,
        step: &Step,
        substitute: Option<String>,
    ) -> Result<(), RunError> {
        let recovery = Recovery::of(step.effect.as_ref());
        let mut lock_timeout = alone_lock_timeout(job, step, 0);
        self.surround_session(lock_timeout).await?;
        let sql = match substitute {
            Some(sql) => sql,
            None => self.placeholders.fill(job.source, step.span)?,
        };
        let begun = Instant::now();
        let mut attempt = 0;
        loop {
            self.clean_up(job, &recovery).await?;
            self.write_history(&[history::mark_position(self.schema, &job.record, index, true, None)]).await?;
            let Err(error) = self.send_alone(job, &sql, lock_timeout).await else { break };
            if is_cancelled(&error) && self.stop.is_asked() {
                return Err(RunError::Stopped { resumable: None });
            }
            let failure = self.alone_failure(job, step, 0, error);
            // What may have committed a part of itself before it failed is not for us to run again.
            if !is_lock_failure(&failure.error) || recovery == Recovery::Unknown {
                if !failure.error.is_connection_lost() {
                    // An invalid unique index goes on refusing rows. Where it cannot go now, the next run drops it.
                    let _ = self.clean_up(job, &recovery).await;
                }
                return Err(RunError::Statement(Box::new(failure)));
            }
            let Retry::After { pause, .. } = job.retry.after(attempt, begun.elapsed(), jitter()) else {
                return Err(RunError::LocksNotFree {
                    version: job.record.version.to_owned(),
                    waited: begun.elapsed(),
                    blockers: std::mem::take(&mut self.blockers),
                    failure: Box::new(failure),
                });
            };
            attempt += 1;
            self.observer.on(&Event::Retrying {
                service: self.service.to_owned(),
                version: job.record.version.to_owned(),
                attempt,
                why: failure.masked.clone(),
                pause,
            });
            let mut stop = self.stop.clone();
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = stop.at_least(Urgency::AfterThis) => return Err(RunError::Stopped { resumable: None }),
            }
            let wanted = alone_lock_timeout(job, step, attempt);
            if wanted != lock_timeout {
                lock_timeout = wanted;
                self.surround_session(lock_timeout).await?;
            }
        }
        let (record, link) = self.after_stage(job, index, of);
        self.write_history(&record).await?;
        self.last = link;
        if !self.pooled {
            self.worker
                .flight(&self.surroundings.put_back().join(";\n").replace("SET LOCAL ", "SET "))
                .await
                .map_err(|f| f.error)?;
        }
        Ok(())
    }

    /// Drops what a build that was cut off has left under the name that the statement wants.
    async fn clean_up(&mut self, job: &Job<'_>, recovery: &Recovery) -> Result<(), RunError> {
        let Recovery::Ask(probe) = recovery else { return Ok(()) };
        let Some(clean_up) = probe.leftover(self.ask(job, probe).await?) else { return Ok(()) };
        self.remark(job, format!("{} was left unfinished by a build that was cut off; dropping it", probe.subject()));
        self.worker.flight(&clean_up).await.map_err(|failure| RunError::from(failure.error))?;
        Ok(())
    }

    async fn send_alone(&mut self, job: &Job<'_>, sql: &str, lock_timeout: Duration) -> Result<(), ServerError> {
        let mut watch =
            Watch::new(self.control.filter(|_| !self.pooled), self.worker_pid, self.worker, self.stop.clone());
        let blockers = &mut self.blockers;
        let observer = &mut *self.observer;
        let service = self.service;
        let mut tell = |found: &[Blocker]| {
            observer.on(&Event::Blocked {
                service: service.to_owned(),
                version: job.record.version.to_owned(),
                blockers: found.to_vec(),
            });
            *blockers = found.to_vec();
        };
        let sent = watch.over(lock_timeout.min(FIRST_LOOK), self.worker.flight(sql), &mut tell).await;
        sent.map(|_| ()).map_err(|failure| failure.error)
    }

    /// Behind a pooler that keeps nothing of a session, what runs outside a transaction has no role, search_path or
    /// timeout. Refused before anything is begun.
    fn refuse_alone_behind_pooler(&self, job: &Job<'_>, stages: &[Stage]) -> Result<(), RunError> {
        if !self.pooled || self.surroundings.set("").is_empty() {
            return Ok(());
        }
        let alone = |stage: &Stage| match stage {
            Stage::Alone { step, .. } => {
                Some(RunError::AloneBehindPooler { file: job.source.clone(), span: step.span, tag: step.tag.clone() })
            }
            Stage::Transaction { .. } | Stage::Backfill(_) => None,
        };
        stages.iter().find_map(alone).map_or(Ok(()), Err)
    }

    /// Outside a transaction, role, search_path and timeouts can only be the session's.
    async fn surround_session(&mut self, wait: Duration) -> Result<(), RunError> {
        let mut settings = self.surroundings.set("");
        if self.pooled {
            return Ok(());
        }
        settings.push(flight::lock_timeout("", wait));
        self.worker.flight(&settings.join(";\n")).await.map_err(|failure| failure.error)?;
        Ok(())
    }

    async fn look(&self, probe: &Probe) -> Result<Answer, ServerError> {
        let rows = self.worker.query(probe.sql(), &[]).await?;
        Ok(Answer::read(rows.first().and_then(|row| row.get::<_, Option<&str>>(0))))
    }

    /// Whether a statement that failed has to be asked about when the run goes on: it may have done something that only
    /// a person can see, or has left half of it. Somebody may finish that by hand, and then it is done. What was there
    /// before, whole, is another's.
    async fn left_something(&self, step: &Step) -> bool {
        match Recovery::of(step.effect.as_ref()) {
            Recovery::Unknown => true,
            Recovery::RunAgain => false,
            Recovery::Ask(probe) => matches!(self.look(&probe).await, Ok(Answer::Invalid | Answer::Building)),
        }
    }

    async fn ask(&mut self, job: &Job<'_>, probe: &Probe) -> Result<Answer, RunError> {
        let mut told = false;
        loop {
            let answer = self.look(probe).await?;
            if probe.verdict(answer) != Verdict::Wait {
                return Ok(answer);
            }
            if !told {
                told = true;
                self.remark(job, format!("another session is building {}; waiting for it", probe.subject()));
            }
            let mut stop = self.stop.clone();
            tokio::select! {
                () = tokio::time::sleep(ASK_AGAIN) => {}
                () = stop.at_least(Urgency::AfterThis) => return Err(RunError::Stopped { resumable: None }),
            }
        }
    }

    /// Finds out about a statement that was begun and whose end is not on record. Gives the position to go on at and,
    /// where something else has to run in the statement's place, that.
    async fn recover(
        &mut self,
        job: &Job<'_>,
        stages: &[Stage],
        position: usize,
        step: &Step,
    ) -> Result<(usize, Option<String>), RunError> {
        self.surround_session(alone_lock_timeout(job, step, 0)).await?;
        let (position, substitute, found) = match Recovery::of(step.effect.as_ref()) {
            Recovery::RunAgain => {
                self.drop_copies(job, step).await?;
                (position, None, "running it again does no harm".to_owned())
            }
            Recovery::Ask(probe) => match probe.verdict(self.ask(job, &probe).await?) {
                Verdict::Done => (position + 1, None, format!("{} shows that it ran", probe.subject())),
                Verdict::RunInstead(sql) => (position, Some(sql), format!("{} is half done", probe.subject())),
                Verdict::Run | Verdict::CleanUpThenRun(_) | Verdict::Wait => {
                    (position, None, format!("{} shows that it did not finish", probe.subject()))
                }
            },
            Recovery::Unknown => match self.interrupted.take() {
                Some(InterruptedStatement::Applied) => (position + 1, None, "you say that it ran".to_owned()),
                Some(InterruptedStatement::Retry) => (position, None, "you say that it may run again".to_owned()),
                None => {
                    return Err(RunError::Undecided {
                        version: job.record.version.to_owned(),
                        direction: job.direction,
                        file: job.source.clone(),
                        span: step.span,
                        tag: step.tag.clone(),
                    });
                }
            },
        };
        if position > 0 && position < stages.len() {
            self.write_history(&[history::mark_position(self.schema, &job.record, position, false, None)]).await?;
        }
        self.observer.on(&Event::Resumed {
            service: self.service.to_owned(),
            version: job.record.version.to_owned(),
            stage: position + 1,
            found,
        });
        Ok((position, substitute))
    }

    fn stopped(&self, job: &Job<'_>, index: usize, of: usize) -> RunError {
        let version = job.record.version.to_owned();
        RunError::Stopped { resumable: Some(Resumable { version, stage: index + 1, of }) }
    }

    /// Puts on record why a stage failed, and adds to the error how far the migration came.
    async fn stage_failed(
        &mut self,
        job: &Job<'_>,
        index: usize,
        stages: &[Stage],
        of: usize,
        error: RunError,
    ) -> RunError {
        // The server's answer tells that nothing is running any more; what it left behind is another matter.
        let in_flight = match stages.get(index) {
            Some(Stage::Alone { step, .. }) => self.left_something(step).await,
            Some(Stage::Transaction { .. } | Stage::Backfill(_)) | None => false,
        };
        let begun = match stages.get(index) {
            Some(Stage::Backfill(_)) => self.has_batches(job).await,
            _ => in_flight,
        };
        let untouched = index == 0 && !begun;
        let error = match error {
            RunError::Statement(mut failure) => {
                if !untouched {
                    failure.in_effect = InEffect::Stages { done: index, of };
                }
                RunError::Statement(failure)
            }
            RunError::Verify(mut failure) => {
                failure.in_effect = InEffect::Stages { done: index, of };
                RunError::Verify(failure)
            }
            RunError::Backfill(mut failure) => {
                if !untouched {
                    failure.in_effect = InEffect::Stages { done: index, of };
                }
                RunError::Backfill(failure)
            }
            RunError::Stopped { .. } if !untouched => self.stopped(job, index, of),
            other => other,
        };
        let mark = if untouched {
            vec![
                history::not_begun(self.schema, &job.record, job.direction == Direction::Down),
                never_begun(self.schema, self.service, job.record.version, job.direction),
            ]
        } else {
            vec![history::mark_position(self.schema, &job.record, index, in_flight, Some(&error.headline()))]
        };
        // The failure itself is what matters; if this note cannot be written, the mark made before the stage stands.
        let _ = self.write_history(&mark).await;
        error
    }

    /// The failure of a statement that was sent by itself, behind so many characters of our own.
    pub(super) fn alone_failure(
        &self,
        job: &Job<'_>,
        step: &Step,
        behind: usize,
        error: ServerError,
    ) -> StatementFailure {
        let point = position(&error).and_then(|position| {
            let text = step.span.of(&job.source.text);
            let byte = text.char_indices().nth(position.checked_sub(behind + 1)?)?.0;
            (!self.placeholders.any_in(job.source, step.span)).then_some(step.span.start + byte)
        });
        StatementFailure {
            version: job.record.version.to_owned(),
            name: job.record.name.to_owned(),
            direction: job.direction,
            source: job.source.clone(),
            span: Some(step.span),
            point,
            tag: Some(step.tag.clone()),
            masked: self.placeholders.mask(&error.to_string()),
            detail: crate::server_words::detail(&error).map(|text| self.placeholders.mask(text)),
            hint: crate::server_words::hint(&error).map(|text| self.placeholders.mask(text)),
            error,
            in_effect: InEffect::Nothing,
        }
    }
}

/// How long the server lets a statement of its own transaction wait for a lock. One that others queue behind waits
/// briefly and is tried again.
fn alone_lock_timeout(job: &Job<'_>, step: &Step, attempt: u32) -> Duration {
    match step.waiting {
        Waiting::Briefly => job.retry.lock_timeout(attempt),
        Waiting::Patiently | Waiting::Never => job.retry.patience,
    }
}

fn describe(stage: &Stage) -> String {
    match stage.steps() {
        [] => "nothing".to_owned(),
        [only] => match &only.object {
            Some(object) => format!("{} {object}", only.tag),
            None => only.tag.clone(),
        },
        [first, .., last] => format!("{} … {} ({} statements)", first.tag, last.tag, stage.steps().len()),
    }
}
