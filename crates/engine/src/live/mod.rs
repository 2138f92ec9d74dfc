//! What live targets show.

mod circumstances;
mod facts;
mod usage;

pub use circumstances::{Circumstances, HeldLock, Replica, circumstances};
pub use facts::{LiveFacts, live_facts};
