//! Tracing statements that commit together.

use std::time::{Duration, Instant};

use limosa_plan::Step;
use limosa_plan::lock::{LockMode, StatementLocks};
use limosa_plan::trace::{Seen, SeenRelation, TracedLock, TracedStatement, TracedTransaction, differences};
use limosa_syntax::Span;

use super::observe::{Counted, Held, Relations, locks, relations};
use super::tracer::Tracer;
use super::{rewrites, work};
use crate::desired::DesiredError;

/// What is known between two statements.
struct State {
    /// The relations as everybody else knows them: those before the transaction.
    known: Relations,
    /// The relations as the transaction sees them.
    now: Relations,
    held: Held,
}

impl Tracer<'_> {
    /// Runs the statements in one transaction, each behind a savepoint, so that one that fails is taken back by itself.
    pub(super) async fn together(
        &mut self,
        begin: Option<Span>,
        steps: &[Step],
    ) -> Result<TracedTransaction, DesiredError> {
        let text = &self.script.up.source.text;
        let begin = begin.map_or("BEGIN", |span| span.of(text)).to_owned();
        self.session.flight(&begin).await.map_err(|failure| failure.error)?;
        let (mut statements, mut state) = (Vec::new(), None);
        for (number, step) in steps.iter().enumerate() {
            let statement = match state.take() {
                // `SET TRANSACTION` has to come before the first query and outside savepoints; settings lock nothing.
                None if step.tag.starts_with("SET") => {
                    let ran = self.run_setting(step, &begin).await?;
                    self.unobserved(step, ran)
                }
                known => {
                    let before = match known {
                        Some(state) => state,
                        None => {
                            let now = relations(self.session, Counted::InTransaction, self.left_out).await?;
                            State { known: now.clone(), now, held: Held::new() }
                        }
                    };
                    let (statement, after) = self.one(number, step, before).await?;
                    state = Some(after);
                    statement
                }
            };
            statements.push(statement);
            if self.lost {
                break;
            }
        }
        let begun = Instant::now();
        let committed = self.session.flight("COMMIT").await;
        let commit = begun.elapsed();
        let failure = match (committed, steps.last()) {
            (Err(failure), Some(step)) => Some(self.failure(step, &failure.error)),
            _ => None,
        };
        hold(&mut statements, commit);
        self.known = std::mem::take(&mut self.known).deployed();
        Ok(TracedTransaction { alone: None, statements, commit, failure })
    }

    /// Runs a setting before the first savepoint. One that fails costs the transaction, which begins again.
    async fn run_setting(&self, step: &Step, begin: &str) -> Result<super::tracer::Ran, DesiredError> {
        let text = self.filled(step)?;
        let begun = Instant::now();
        let failure = match self.session.flight(&text).await {
            Ok(_) => None,
            Err(failure) => {
                let told = self.failure(step, &failure.error);
                self.session.flight("ROLLBACK").await.map_err(|failure| failure.error)?;
                self.session.flight(begin).await.map_err(|failure| failure.error)?;
                Some(told)
            }
        };
        Ok(super::tracer::Ran { failure, duration: begun.elapsed(), wal_bytes: 0 })
    }

    async fn one(
        &mut self,
        number: usize,
        step: &Step,
        before: State,
    ) -> Result<(TracedStatement, State), DesiredError> {
        let expected = self.expected(step);
        let savepoint = format!("limosa_trace_{number}");
        let back = format!("ROLLBACK TO SAVEPOINT {savepoint}");
        self.session.flight(&format!("SAVEPOINT {savepoint}")).await.map_err(|failure| failure.error)?;
        let ran = self.run(step, Some(&back)).await?;
        let failed = ran.failure.is_some();
        let mut statement = self.unobserved(step, ran);
        if failed {
            if !self.lost {
                self.session.flight(&back).await.map_err(|failure| failure.error)?;
            }
            // What was locked behind the savepoint is free again.
            let held = locks(self.onlookers.watcher, self.onlookers.process).await?;
            return Ok((statement, State { held, ..before }));
        }
        self.done(step);
        let now = relations(self.session, Counted::InTransaction, self.left_out).await?;
        let held = locks(self.onlookers.watcher, self.onlookers.process).await?;
        let reasons = rewrites::reasons(self.session).await?;
        let done = work::done(self.session, &before.known, (&before.now, &now), &reasons).await?;
        statement.work = work::traced(&done, &now, &reasons);
        statement.locks = self.new_locks(&before, &held).await?;
        statement.differences = compare(&expected, &before, &held, &done);
        let after = State { known: before.known, now, held };
        Ok((statement, after))
    }

    /// The locks on what others know that are new, or stronger than those that were held; each is tried at.
    async fn new_locks(&self, before: &State, held: &Held) -> Result<Vec<TracedLock>, DesiredError> {
        let mut taken = Vec::new();
        for (oid, modes) in held {
            let Some(relation) = before.known.get(oid) else { continue };
            let held_before = before.held.get(oid).and_then(|modes| modes.last().copied());
            let Some(mode) = modes.last().copied().filter(|mode| Some(*mode) > held_before) else { continue };
            let probed = self.onlookers.probe(*oid, relation).await?;
            let relation = relation.traced();
            taken.push(TracedLock { relation, mode, held: Duration::ZERO, seen: Seen::InTransaction, probed });
        }
        taken.sort_by(|one, other| other.mode.cmp(&one.mode).then_with(|| one.relation.cmp(&other.relation)));
        Ok(taken)
    }
}

/// How what was seen differs from what was expected. Relations go by the names that the statement knows them by.
fn compare(
    expected: &StatementLocks,
    before: &State,
    held: &Held,
    done: &[work::Done],
) -> Vec<limosa_plan::trace::TraceDifference> {
    let seen = |(oid, after): (&super::observe::Oid, &std::collections::BTreeSet<LockMode>)| {
        before.known.get(oid)?;
        let relation = before.now.get(oid)?;
        Some(SeenRelation {
            relation: relation.traced(),
            before: before.held.get(oid).cloned().unwrap_or_default(),
            after: after.clone(),
            work: work::in_table_words(done, *oid, relation),
        })
    };
    differences(expected, &held.iter().filter_map(seen).collect::<Vec<_>>())
}

/// Each lock is held until the transaction ends.
fn hold(statements: &mut [TracedStatement], commit: Duration) {
    let mut rest = commit;
    for statement in statements.iter_mut().rev() {
        rest += statement.duration;
        for lock in &mut statement.locks {
            lock.held = rest;
        }
    }
}
