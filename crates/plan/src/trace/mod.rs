//! What statements were seen to lock, read and write when they ran in a shadow: the document, and what is decided about
//! it without a server.

mod approach;
mod difference;
mod document;
mod timeline;
mod wire;

pub use approach::{Approach, approach};
pub use difference::{SeenRelation, differences};
pub use document::{
    Probe, Probed, Seen, Trace, TraceDifference, TracedFailure, TracedKind, TracedLock, TracedMigration,
    TracedRelation, TracedStatement, TracedTable, TracedTransaction, TracedWork, WorkKind,
};
pub use timeline::{Stretch, Timeline, TimelineLine};
