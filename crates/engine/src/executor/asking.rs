//! Questions that are asked before anything is changed, and wait for locks as statements do.

use std::time::{Duration, Instant};

use limosa_plan::Retry;
use limosa_postgres::ServerError;
use limosa_project::Script;

use super::Executor;
use super::watch::Watch;
use crate::backfill::{Desk, Rows};
use crate::event::{Blocker, Direction, Event};
use crate::jitter::jitter;
use crate::run_error::{InEffect, RunError, StatementFailure};
use crate::server_words::is_lock_failure;
use crate::stop::Urgency;

/// When to look for the first time at what a question waits for, at half of this.
const FIRST_LOOK: Duration = Duration::from_millis(500);

/// Why a question has no answer.
pub(crate) enum Unanswered {
    /// What the server said.
    Server(ServerError),
    /// It was not to be had in time, or somebody asked to stop.
    Ended(RunError),
}

impl Executor<'_> {
    /// Asks with patience: whoever holds what the question looks at is told of, and it is asked again until the
    /// target's patience has run out.
    pub(crate) async fn ask_patiently(&mut self, version: &str, sql: &str) -> Result<Rows, Unanswered> {
        let (surroundings, retry) = (self.surroundings.clone(), self.target.retry);
        let begun = Instant::now();
        let mut attempt = 0;
        loop {
            let mut watch =
                Watch::new(self.control.filter(|_| !self.pooled), self.worker_pid, self.worker, self.stop.clone());
            let (service, known, observer) = (self.service, &mut self.blockers, &mut *self.observer);
            let mut tell = |found: &[Blocker]| {
                observer.on(&Event::Blocked {
                    service: service.to_owned(),
                    version: version.to_owned(),
                    blockers: found.to_vec(),
                });
                *known = found.to_vec();
            };
            let desk = Desk::under(self.worker, &surroundings, None);
            let error = match watch.over(FIRST_LOOK, desk.ask(sql), &mut tell).await {
                Ok(rows) => return Ok(rows),
                Err(error) if is_lock_failure(&error) => error,
                Err(error) => return Err(Unanswered::Server(error)),
            };
            let Retry::After { pause, .. } = retry.after(attempt, begun.elapsed(), jitter()) else {
                return Err(Unanswered::Ended(RunError::LocksNotFree {
                    version: version.to_owned(),
                    waited: begun.elapsed(),
                    blockers: std::mem::take(&mut self.blockers),
                    failure: Box::new(unanswered(version, sql, error)),
                }));
            };
            attempt += 1;
            let mut stop = self.stop.clone();
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = stop.at_least(Urgency::AfterThis) => {
                    return Err(Unanswered::Ended(RunError::Stopped { resumable: None }));
                }
            }
        }
    }
}

pub(super) fn unanswered(version: &str, sql: &str, error: ServerError) -> StatementFailure {
    StatementFailure {
        version: version.to_owned(),
        name: String::new(),
        direction: Direction::Up,
        source: Script::of_text(&format!("checks of {version}"), sql).source,
        span: None,
        point: None,
        tag: None,
        masked: error.to_string(),
        error,
        detail: None,
        hint: None,
        in_effect: InEffect::Nothing,
    }
}
