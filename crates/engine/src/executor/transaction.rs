//! A migration, or a stage of one, as one transaction that is tried again while locks are not to be had.

use std::collections::BTreeSet;
use std::time::Instant;

use limosa_plan::{Retry, Step};
use limosa_postgres::ServerError;
use limosa_syntax::Span;

use super::apart::{ApartFailure, Scene};
use super::flight::{self, Body, LockTimeouts, Origin, Piece, Sent};
use super::watch::Watch;
use super::{Executor, Job, SessionState};
use crate::backfill::give_up;
use crate::event::{Blocker, Direction, Event};
use crate::history;
use crate::jitter::jitter;
use crate::rows::OffendingRows;
use crate::run_error::{RunError, StatementFailure};
use crate::server_words::{is_cancelled, is_lock_failure, is_unprepared, position};
use crate::stop::Urgency;
use crate::verify::VerifyFailure;

/// Why one try of a transaction did not commit.
enum TryFailure {
    Refused(Refusal),
    /// The query with this index, counted on behind the steps, returned rows.
    Rows(usize, OffendingRows),
    /// It is not to be done, and not to be tried again.
    Ended(RunError),
}

/// What the server refused.
struct Refusal {
    error: ServerError,
    /// The step that failed, and the byte in it that the server points at.
    at: Option<(usize, Option<usize>)>,
}

impl Executor<'_> {
    pub(super) async fn run_whole(
        &mut self,
        job: &Job<'_>,
        begin: Option<Span>,
        steps: &[Step],
    ) -> Result<(), RunError> {
        if steps.iter().any(|step| step.changes_session) {
            self.session = SessionState::default();
        }
        match self.run_with_record(job, begin, steps).await {
            // Somewhere in a statement or a function the session's prepared statements were dropped. Nothing of the
            // transaction is in effect, and the next try needs none of them.
            Err(RunError::Statement(failure)) if failure.span.is_none() && is_unprepared(&failure.error) => {
                self.session = SessionState::default();
                self.run_with_record(job, begin, steps).await
            }
            result => result,
        }
    }

    async fn run_with_record(&mut self, job: &Job<'_>, begin: Option<Span>, steps: &[Step]) -> Result<(), RunError> {
        let row = match job.direction {
            Direction::Up if job.record.repeatable => history::upsert_repeatable(self.schema, &job.record),
            Direction::Up => history::insert_applied(self.schema, &job.record, self.session.records),
            Direction::Down => history::delete_row(self.schema, &job.record),
        };
        let (event, link) = self.finished(job);
        // Begun in stages by a run that was cut off before the first, and one transaction since the file was edited.
        let begun = job.unfinished.filter(|_| job.direction == Direction::Up);
        let mut record: Vec<String> =
            begun.map(|_| history::delete_row(self.schema, &job.record)).into_iter().collect();
        record.extend_from_slice(job.opening);
        record.extend([row, event]);
        record.extend(begun.map(|_| give_up(self.schema, self.service, job.record.version, job.direction)));
        self.run_transaction(job, begin, (steps, job.verify), &record, true).await?;
        self.last = link;
        Ok(())
    }

    /// Runs the steps, the queries that verify, and the record in one transaction, as often as it takes to get the
    /// locks. `ends` says whether it is the last one of its migration.
    pub(super) async fn run_transaction(
        &mut self,
        job: &Job<'_>,
        begin: Option<Span>,
        (steps, verify): (&[Step], &[Step]),
        record: &[String],
        ends: bool,
    ) -> Result<(), RunError> {
        let (texts, queries) = (self.texts(job, steps)?, self.texts(job, verify)?);
        let queries: Vec<&str> = queries.iter().map(String::as_str).collect();
        let record: Vec<String> = self.fence.iter().chain(record).cloned().collect();
        let begin = begin.map(|span| span.of(&job.source.text));
        let sent = |(step, sql)| Sent { step, sql: String::as_str(sql), apart: self.apart(job, step) };
        let sent: Vec<Sent<'_>> = steps.iter().zip(&texts).map(sent).collect();
        let body =
            Body { steps: &sent, brings_back: ends && !job.asides.is_empty(), verify: &queries, record: &record };
        let begun = Instant::now();
        let mut attempt = 0;
        let mut brief = job.retry.lock_timeout(0);
        loop {
            let timeouts = LockTimeouts { brief, patient: job.retry.patience };
            let pieces = flight::transaction(begin, &self.surroundings, timeouts, self.session.lock_timeout, &body);
            let place = |at: usize| steps.iter().chain(verify).nth(at);
            let failure = match self.try_once(job, pieces, &body, brief).await {
                Ok(remarks) => {
                    remarks.into_iter().for_each(|remark| self.remark(job, remark));
                    return Ok(());
                }
                Err(TryFailure::Ended(error)) => return Err(error),
                Err(TryFailure::Rows(at, rows)) => return Err(self.verify_failure(job, place(at), rows)),
                Err(TryFailure::Refused(failure)) => failure,
            };
            if !is_lock_failure(&failure.error) {
                return Err(self.explain(job, place, failure));
            }
            let Retry::After { pause, lock_timeout } = job.retry.after(attempt, begun.elapsed(), jitter()) else {
                return Err(RunError::LocksNotFree {
                    version: job.record.version.to_owned(),
                    waited: begun.elapsed(),
                    blockers: std::mem::take(&mut self.blockers),
                    failure: Box::new(self.statement_failure(job, place, failure)),
                });
            };
            attempt += 1;
            brief = lock_timeout;
            self.observer.on(&Event::Retrying {
                service: self.service.to_owned(),
                version: job.record.version.to_owned(),
                attempt,
                why: failure.error.to_string(),
                pause,
            });
            let mut stop = self.stop.clone();
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = stop.at_least(Urgency::AfterThis) => return Err(RunError::Stopped { resumable: None }),
            }
        }
    }

    async fn try_once(
        &mut self,
        job: &Job<'_>,
        pieces: Vec<Piece>,
        body: &Body<'_>,
        first_look: std::time::Duration,
    ) -> Result<Vec<String>, TryFailure> {
        let verify_from = pieces.iter().find_map(|piece| match piece {
            Piece::Verify { step, .. } => Some(*step),
            _ => None,
        });
        let mut watch =
            Watch::new(self.control.filter(|_| !self.pooled), self.worker_pid, self.worker, self.stop.clone());
        let (service, worker) = (self.service, self.worker);
        let (observer, known) = (&mut *self.observer, &mut self.blockers);
        let mut tell = |blockers: &[Blocker]| {
            observer.on(&Event::Blocked {
                service: service.to_owned(),
                version: job.record.version.to_owned(),
                blockers: blockers.to_vec(),
            });
            *known = blockers.to_vec();
        };
        let mut scene = Scene {
            worker,
            history_schema: self.schema,
            service,
            actor: &self.actor,
            rules: &self.loss,
            job,
            back: BTreeSet::new(),
            waived: Vec::new(),
        };
        let mut remarks = Vec::new();
        for piece in pieces {
            let failure = match piece {
                Piece::Apart { .. } | Piece::BringBack => {
                    let (step, done) = match piece {
                        Piece::Apart { step, apart } => {
                            let Some(Sent { step: what, sql, .. }) = body.steps.get(step) else { continue };
                            (Some(step), watch.over(first_look, scene.run(apart, what, sql), &mut tell).await)
                        }
                        _ => (None, watch.over(first_look, scene.end_bringing_back(), &mut tell).await),
                    };
                    match done {
                        Ok(told) => {
                            remarks.extend(told);
                            continue;
                        }
                        Err(ApartFailure::Refused(error)) => {
                            let _ = worker.flight("ROLLBACK").await;
                            return Err(TryFailure::Ended(error));
                        }
                        Err(ApartFailure::Statement(error)) => {
                            let sql = step.and_then(|step| body.steps.get(step)).map_or("", |sent| sent.sql);
                            let point = position(&error).and_then(|at| sql.char_indices().nth(at.checked_sub(1)?));
                            Refusal { at: step.map(|step| (step, point.map(|(byte, _)| byte))), error }
                        }
                        Err(ApartFailure::Own(error)) => Refusal { at: step.map(|step| (step, None)), error },
                    }
                }
                Piece::Flight(text) => {
                    let sent = watch.over(first_look, worker.flight(&text.text), &mut tell).await;
                    let Err(failure) = sent else { continue };
                    let at = match text.failed_part(failure.completed) {
                        Origin::Frame => {
                            position(&failure.error).and_then(|at| text.locate(at)).map(|(s, byte)| (s, Some(byte)))
                        }
                        Origin::Step(step) => {
                            let located = position(&failure.error).and_then(|at| text.locate(at));
                            Some((step, located.filter(|(found, _)| *found == step).map(|(_, byte)| byte)))
                        }
                    };
                    Refusal { error: failure.error, at }
                }
                Piece::Copy { step, statement, data } => {
                    let bytes = data.of(&job.source.text).as_bytes();
                    let sent = watch.over(first_look, worker.copy_in(&statement, bytes), &mut tell).await;
                    let Err(error) = sent else { continue };
                    Refusal { error, at: Some((step, None)) }
                }
                Piece::Verify { step, query } => {
                    match watch.over(first_look, worker.flight(query.text()), &mut tell).await {
                        Ok(answer) => {
                            let Some(rows) = OffendingRows::in_answer(answer) else { continue };
                            let _ = worker.flight("ROLLBACK").await;
                            return Err(TryFailure::Rows(step, rows));
                        }
                        Err(failure) => {
                            let sql = verify_from.and_then(|from| body.verify.get(step - from));
                            let point = sql.and_then(|sql| query.point(sql, 0, &failure.error));
                            Refusal { error: failure.error, at: Some((step, point)) }
                        }
                    }
                }
            };
            if !failure.error.is_connection_lost() {
                // BEGIN went through if anything after it failed; a ROLLBACK too many is only a warning.
                let _ = worker.flight("ROLLBACK").await;
            }
            return Err(TryFailure::Refused(failure));
        }
        Ok(remarks)
    }

    fn verify_failure(&self, job: &Job<'_>, query: Option<&Step>, rows: OffendingRows) -> RunError {
        RunError::Verify(Box::new(VerifyFailure {
            version: job.record.version.to_owned(),
            name: job.record.name.to_owned(),
            direction: job.direction,
            source: std::sync::Arc::clone(job.source),
            span: query.map_or(Span::new(0, 0), |query| query.span),
            rows: rows.map(|value| self.placeholders.mask(value)),
            in_effect: crate::run_error::InEffect::Nothing,
        }))
    }

    fn explain<'s>(&mut self, job: &Job<'_>, place: impl Fn(usize) -> Option<&'s Step>, failure: Refusal) -> RunError {
        if is_cancelled(&failure.error) && self.stop.is_asked() {
            return RunError::Stopped { resumable: None };
        }
        RunError::Statement(Box::new(self.statement_failure(job, place, failure)))
    }

    fn statement_failure<'s>(
        &self,
        job: &Job<'_>,
        place: impl Fn(usize) -> Option<&'s Step>,
        failure: Refusal,
    ) -> StatementFailure {
        let step = failure.at.and_then(|(step, byte)| place(step).map(|step| (step, byte)));
        StatementFailure {
            version: job.record.version.to_owned(),
            name: job.record.name.to_owned(),
            direction: job.direction,
            source: std::sync::Arc::clone(job.source),
            span: step.map(|(step, _)| step.span),
            // A placeholder's value shifts what comes after it, so the place is only trusted in a text without one.
            point: step.and_then(|(step, byte)| {
                let byte = step.span.start + byte?;
                (!self.placeholders.any_in(job.source, step.span) && byte < step.span.end).then_some(byte)
            }),
            tag: step.map(|(step, _)| step.tag.clone()),
            masked: self.placeholders.mask(&failure.error.to_string()),
            detail: crate::server_words::detail(&failure.error).map(|text| self.placeholders.mask(text)),
            hint: crate::server_words::hint(&failure.error).map(|text| self.placeholders.mask(text)),
            error: failure.error,
            in_effect: crate::run_error::InEffect::Nothing,
        }
    }
}
