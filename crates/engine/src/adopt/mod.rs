//! Taking a database over from another tool: its history is read, and what it says goes on record here. Nothing is run
//! again, and nothing of the old tool's is touched unless its table is to be guarded.

mod guard;
mod look;
mod record;
mod undo;

pub(crate) use guard::GUARD;
pub use look::{OldHistories, OldTable, old_histories, without_old_tables};
pub use record::{Adoption, AdoptionDone, adopt};
pub use undo::undo_adoption;
