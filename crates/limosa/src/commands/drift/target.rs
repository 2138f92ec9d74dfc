//! The one drifted target that a script or a migration is written for.

use limosa_engine::{Compared, Drift, DriftFound, RunError};
use limosa_plan::{AcceptedRename, accept};

use crate::failure::Failure;

/// Its comparison; `None` where nothing drifted.
pub(super) fn only(found: Vec<Drift>) -> Result<Option<(String, String, Box<Compared>)>, Failure> {
    let [only] = <[Drift; 1]>::try_from(found).map_err(|found| {
        let first = found.first().map_or("NAME", |drift| drift.service.as_str()).to_owned();
        Failure::usage(
            "name-the-service",
            "a script or a migration is for one service",
            format!("name it: `limosa --service {first} drift …`"),
        )
    })?;
    match only.found {
        DriftFound::Compared(compared) if compared.changes.is_empty() => Ok(None),
        DriftFound::Compared(compared) => Ok(Some((only.service, only.database, compared))),
        DriftFound::NoSnapshot | DriftFound::Stale | DriftFound::Upgraded { .. } => Err(Failure::usage(
            "nothing-to-compare",
            format!("there is no snapshot that {} could be compared with", only.database),
            "each run of `limosa up` leaves one; `limosa drift` says why there is none",
        )),
    }
}

/// What was renamed, in whichever direction it was written.
pub(super) fn renames(
    compared: &Compared,
    accepted: &[AcceptedRename],
    to_expected: bool,
) -> Result<Vec<limosa_catalog::Rename>, Failure> {
    let (from, to) = match to_expected {
        true => (&compared.live, &compared.expected),
        false => (&compared.expected, &compared.live),
    };
    let turned: Vec<AcceptedRename> = accepted.iter().map(AcceptedRename::inverse).collect();
    accept(from, to, accepted)
        .or_else(|error| accept(from, to, &turned).map_err(|_| error))
        .map_err(|error| Failure::usage("rename", error.to_string(), "see `limosa drift --help`"))
}

/// The error of a target as the program's own.
pub(super) fn failed(error: RunError) -> Failure {
    Failure::from(error)
}
