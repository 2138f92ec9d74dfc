//! Reading the schema beside transactions that hold what it names: the server's functions that print definitions wait
//! for tables that somebody has locked.

use std::time::{Duration, Instant};

use limosa_plan::Retry;
use limosa_postgres::{IntrospectError, ServerError};

use super::asking::unanswered;
use super::watch::Watch;
use crate::event::{Blocker, Event, Observer};
use crate::jitter::jitter;
use crate::lock::Locked;
use crate::run_error::RunError;
use crate::server_words::is_lock_failure;
use crate::stop::{StopSignal, Urgency};
use crate::target::Target;

/// How long one reading waits; behind a pooler, as long as the role's own settings say.
const LOCK_TIMEOUT: Duration = Duration::from_secs(1);

/// Reads on the worker's session, and tells who is in the way. Read again until the target's patience has run out.
/// `version` is the migration that waits for it.
///
/// # Errors
/// Those of the reading; that the locks were not to be had.
pub(crate) async fn read_patiently<T>(
    (target, locked, version): (&Target, &Locked, &str),
    observer: &mut dyn Observer,
    stop: &StopSignal,
    read: impl AsyncFn() -> Result<T, RunError>,
) -> Result<T, RunError> {
    if !locked.pooled {
        locked.worker.flight(&lock_timeout(LOCK_TIMEOUT)).await.map_err(|failure| failure.error)?;
    }
    let begun = Instant::now();
    let (mut attempt, mut known) = (0, Vec::new());
    loop {
        let control = locked.control.as_deref().filter(|_| !locked.pooled);
        let mut watch = Watch::new(control, locked.worker_pid, &locked.worker, stop.clone());
        let mut tell = |found: &[Blocker]| {
            observer.on(&Event::Blocked {
                service: target.service.clone(),
                version: version.to_owned(),
                blockers: found.to_vec(),
            });
            known = found.to_vec();
        };
        let error = match watch.over(LOCK_TIMEOUT, read(), &mut tell).await {
            Err(error) if lock_failure(&error).is_some() => error,
            result => {
                if !locked.pooled {
                    locked.worker.flight("RESET lock_timeout").await.map_err(|failure| failure.error)?;
                }
                return result;
            }
        };
        let Retry::After { pause, .. } = target.retry.after(attempt, begun.elapsed(), jitter()) else {
            let Some((refused, holders)) = into_lock_failure(error) else {
                return Err(RunError::Stopped { resumable: None });
            };
            return Err(RunError::LocksNotFree {
                version: version.to_owned(),
                waited: begun.elapsed(),
                blockers: if known.is_empty() { holders } else { known },
                failure: Box::new(unanswered(version, "", refused)),
            });
        };
        attempt += 1;
        let mut stop = stop.clone();
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.at_least(Urgency::AfterThis) => return Err(RunError::Stopped { resumable: None }),
        }
    }
}

fn lock_timeout(wait: Duration) -> String {
    super::flight::lock_timeout("", wait)
}

/// The server's refusal, where it is that a lock was not to be had.
fn lock_failure(error: &RunError) -> Option<&ServerError> {
    let error = match error {
        RunError::CatalogLocked(locked) => &locked.error,
        RunError::Server(error)
        | RunError::Introspect(IntrospectError::Server(error) | IntrospectError::Question { source: error, .. }) => {
            error
        }
        _ => return None,
    };
    Some(error).filter(|error| is_lock_failure(error))
}

fn into_lock_failure(error: RunError) -> Option<(ServerError, Vec<Blocker>)> {
    match error {
        RunError::CatalogLocked(locked) => Some((locked.error, locked.holders)),
        RunError::Server(error)
        | RunError::Introspect(IntrospectError::Server(error) | IntrospectError::Question { source: error, .. }) => {
            Some((error, Vec::new()))
        }
        _ => None,
    }
}
