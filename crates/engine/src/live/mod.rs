//! What live targets show.

mod circumstances;
mod facts;

pub use circumstances::{Circumstances, HeldLock, Replica, circumstances};
pub use facts::{LiveFacts, live_facts};
