//! What is done to a history before anything else, since the files have moved on: migrations that have other versions
//! by now, and those whose place a baseline has taken.

mod renumber;
mod squash;

use limosa_project::{MigrationSet, Standing, VersionMove};
use limosa_syntax::Diagnostic;

use crate::event::Observer;
use crate::executor::{Executor, Lookup, Placeholders};
use crate::history::History;
use crate::lock::Locked;
use crate::run_error::RunError;
use crate::stop::StopSignal;
use crate::target::Target;

pub(crate) use self::renumber::due;
use self::renumber::told_of_moves;
pub use self::renumber::{RenumberOptions, renumber};
use self::squash::told_of_baseline;
pub(crate) use self::squash::{bring_back, standing};

/// Who puts it right, and why.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Who<'a> {
    pub(crate) actor: &'a str,
    pub(crate) reason: Option<&'a str>,
}

/// What a run forward will find when it has put the history right.
pub(crate) struct Foreseen<'s> {
    /// The files that count for this database.
    pub(crate) set: &'s MigrationSet,
    /// Rows that get other versions.
    pub(crate) moves: Vec<VersionMove>,
    /// What is worth knowing of it.
    pub(crate) told: Vec<Diagnostic>,
    /// What keeps it from being done.
    pub(crate) problems: Vec<Diagnostic>,
}

/// Changes a history that was read to what it will be, and nothing on the target.
///
/// # Errors
/// None that comes from files or history: those are problems of what is foreseen.
pub(crate) fn foresee<'s>(
    service: &str,
    set: &'s MigrationSet,
    history: &mut History,
) -> Result<Foreseen<'s>, RunError> {
    let mut foreseen = Foreseen { set, moves: Vec::new(), told: Vec::new(), problems: Vec::new() };
    match due(set, history) {
        Ok(moves) => foreseen.moves = moves,
        Err(RunError::Problems(problems)) => foreseen.problems.extend(problems),
        Err(error) => return Err(error),
    }
    foreseen.told.extend(told_of_moves(service, &foreseen.moves));
    history.renumber(&foreseen.moves);
    foreseen.told.extend(told_of_baseline(service, set, history));
    match standing(set, history) {
        Ok(Standing::Files) => {}
        Ok(Standing::Before(originals)) => foreseen.set = originals,
        Ok(Standing::Past(squashed)) => history.replace(set, squashed),
        Err(RunError::Problems(problems)) => foreseen.problems.extend(problems),
        Err(error) => return Err(error),
    }
    Ok(foreseen)
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
