//! While a statement runs: who blocks it, and does somebody want it cancelled?

use std::future::Future;
use std::time::Duration;

use limosa_postgres::{Canceller, ServerError, Session, Type};

use crate::event::{Blocker, blocker_of_row};
use crate::stop::{StopSignal, Urgency};

/// Who keeps a server process waiting. Takes a brief look at the lock table (`pg_blocking_pids` holds its partitions'
/// locks while it looks), so it is asked only about a statement that has waited already.
const BLOCKERS_SQL: &str = include_str!("blockers.sql");

/// How often to look again.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

pub(super) struct Watch<'a> {
    control: Option<&'a Session>,
    worker_pid: i32,
    canceller: Canceller,
    stop: StopSignal,
    cancelled: bool,
}

impl<'a> Watch<'a> {
    pub(super) fn new(control: Option<&'a Session>, worker_pid: i32, worker: &Session, stop: StopSignal) -> Self {
        Self { control, worker_pid, canceller: worker.canceller(), stop, cancelled: false }
    }

    /// Waits for the future, telling of blockers that a look at half of `wait` and then every second finds, and
    /// cancelling the worker's statement when a stop is urgent.
    pub(super) async fn over<T>(
        &mut self,
        wait: Duration,
        future: impl Future<Output = T>,
        on_blockers: &mut dyn FnMut(&[Blocker]),
    ) -> T {
        tokio::pin!(future);
        let mut look = Box::pin(tokio::time::sleep((wait / 2).min(LOOK_AGAIN)));
        let mut known: Vec<Blocker> = Vec::new();
        loop {
            tokio::select! {
                biased;
                result = &mut future => return result,
                () = &mut look, if self.control.is_some() => {
                    if let Some(control) = self.control {
                        // The future goes on being driven while the control session asks.
                        let asked = blockers(control, self.worker_pid);
                        tokio::pin!(asked);
                        let found = tokio::select! {
                            biased;
                            result = &mut future => return result,
                            found = &mut asked => found,
                        };
                        let same = |a: &[Blocker], b: &[Blocker]| a.iter().map(|x| x.pid).eq(b.iter().map(|x| x.pid));
                        if let Ok(found) = found && !found.is_empty() && !same(&found, &known) {
                            on_blockers(&found);
                            known = found;
                        }
                    }
                    look.as_mut().reset(tokio::time::Instant::now() + LOOK_AGAIN);
                }
                () = self.stop.at_least(Urgency::Now), if !self.cancelled => {
                    self.cancelled = true;
                    // If the server cannot be reached the statement ends by itself, one way or the other.
                    let _ = self.canceller.cancel().await;
                }
            }
        }
    }
}

async fn blockers(control: &Session, pid: i32) -> Result<Vec<Blocker>, ServerError> {
    let rows = control.query(BLOCKERS_SQL, &[(&pid, Type::INT4)]).await?;
    Ok(rows.iter().map(blocker_of_row).collect())
}
