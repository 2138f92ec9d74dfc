//! Renames in a difference: what was accepted, what comes with it, and what might be one.
//!
//! Nothing that holds data of its own is ever taken for renamed without a word: it has to be accepted by name
//! ([`accept`]), or the schema file says so. What cannot be lost — the indexes, constraints and serial sequences of a
//! renamed table, the columns of views — follows by itself ([`along`]).

mod accept;
mod along;
mod candidate;
mod statements;
mod subject;

use limosa_catalog::{Catalog, Rename, Renames};

pub use accept::{AcceptError, AcceptedRename, accept, accept_annotated};
pub use candidate::RenameCandidate;
pub(super) use candidate::candidates;

pub(super) use statements::RenameStep;

/// The renames that were accepted and that come along with them, as steps, and the catalog afterwards.
pub(super) struct Renamed {
    pub(super) steps: Vec<RenameStep>,
    pub(super) catalog: Catalog,
    pub(super) renames: Renames,
}

/// Renames first; what is left to do is the difference from what is there then.
pub(super) fn rename(from: &Catalog, to: &Catalog, accepted: &[Rename]) -> Renamed {
    let renames = along::with_followers(from, to, accepted);
    Renamed { steps: statements::ordered(from, &renames), catalog: from.renamed(&renames, to), renames }
}
