//! Taking a database over from another tool: its history is read, and what it says goes on record here. Nothing is run
//! again, and nothing of the old tool's is touched unless its table is to be guarded.

mod guard;
mod look;
mod record;
mod script;
mod unadopted;
mod undo;

pub(crate) use guard::{GUARD, without_closed};
pub(crate) use look::tables;
pub use look::{OldHistories, OldTable, old_histories, without_old_tables};
pub use record::{Adoption, AdoptionDone, adopt};
pub use script::{ScriptVerdict, judge_script};
pub use unadopted::OldHistoryPolicy;
pub(crate) use unadopted::refuse_unadopted;
pub use undo::undo_adoption;
