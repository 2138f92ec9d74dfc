//! One runner at a time on a target.

mod advisory;
mod lease;
mod take;

pub(crate) use advisory::LockKey;
pub(crate) use lease::Lease;
pub(crate) use take::{Locked, Request, ensure_history, take, take_to_write};
