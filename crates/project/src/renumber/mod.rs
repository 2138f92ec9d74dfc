//! Other versions for migrations: which, what is renamed and rewritten for it, and what it means for a history.

mod disk;
mod map;
mod moves;
mod plan;
mod record;
mod references;

pub use disk::{RenumberChanges, Wrappers, renumber_changes};
pub use map::RenumberMap;
pub use moves::{RecordedVersion, VersionMove, VersionsMeet};
pub use plan::{NewVersion, RenumberPlan, RenumberWish, plan_renumber};
pub(crate) use record::read_record;
pub use record::{RENUMBER_FILE, RenumberAct, RenumberLine, RenumberRecord, RenumberRecordError};
pub use references::{Mention, Rewrite};
