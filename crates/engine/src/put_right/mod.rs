//! What is done to a history before anything else, since the files have moved on: migrations that have other versions
//! by now, and those whose place a baseline has taken.

mod renumber;
mod squash;

use limosa_project::{MigrationSet, Standing};

use crate::event::Observer;
use crate::executor::{Executor, Lookup, Placeholders};
use crate::history::History;
use crate::lock::Locked;
use crate::run_error::RunError;
use crate::stop::StopSignal;
use crate::target::Target;

pub use self::renumber::{RenumberOptions, renumber};
pub(crate) use self::renumber::{due, told};
pub(crate) use self::squash::{bring_back, standing, told_of_baseline};

/// Who puts it right, and why.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Who<'a> {
    pub(crate) actor: &'a str,
    pub(crate) reason: Option<&'a str>,
}

/// Whether there is nothing to put right before a run forward.
///
/// # Errors
/// A history that does not fit what the files say of it.
pub(crate) fn is_right(set: &MigrationSet, history: &History) -> Result<bool, RunError> {
    Ok(due(set, history)?.is_empty() && !matches!(standing(set, history)?, Standing::Past(_)))
}

/// Does what is due before a run forward, on a target that is locked. Gives the set that counts for this database.
///
/// # Errors
/// What the server says, or a history that does not fit what the files say of it.
pub(crate) async fn put_right<'s>(
    target: &Target,
    set: &'s MigrationSet,
    locked: &mut Locked,
    who: Who<'_>,
    observer: &mut dyn Observer,
    stop: &StopSignal,
) -> Result<&'s MigrationSet, RunError> {
    renumber::put_right(target, set, locked, who, observer, stop).await?;
    match standing(set, &locked.history)? {
        Standing::Files => Ok(set),
        Standing::Before(originals) => Ok(originals),
        Standing::Past(squashed) => {
            squash::replace(target, set, squashed, locked, who, observer, stop).await?;
            Ok(set)
        }
    }
}

/// The same before a run backward: no baseline takes the place of what may be taken back.
///
/// # Errors
/// As [`put_right`].
pub(crate) async fn put_right_for_down<'s>(
    target: &Target,
    set: &'s MigrationSet,
    locked: &mut Locked,
    who: Who<'_>,
    observer: &mut dyn Observer,
    stop: &StopSignal,
) -> Result<&'s MigrationSet, RunError> {
    renumber::put_right(target, set, locked, who, observer, stop).await?;
    Ok(match standing(set, &locked.history)? {
        Standing::Files => set,
        Standing::Before(originals) => originals,
        Standing::Past(squashed) => squashed.originals.as_ref().unwrap_or(set),
    })
}

/// Works on the history of a target that is locked; what the work gives is kept with the chain's new end.
async fn on_history<T>(
    target: &Target,
    locked: &mut Locked,
    who: Who<'_>,
    (observer, stop): (&mut dyn Observer, &StopSignal),
    work: impl AsyncFnOnce(&mut Executor<'_>) -> Result<T, RunError>,
) -> Result<T, RunError> {
    let values: &Lookup<'_> = &|_| None;
    let placeholders = Placeholders::new(values);
    let mut executor = Executor::new(target, locked, who.actor, &placeholders, observer, stop.clone());
    let done = work(&mut executor).await?;
    let last = executor.last.clone();
    locked.history.last = last;
    Ok(done)
}
