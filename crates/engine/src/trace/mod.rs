//! Running migrations statement by statement in a shadow with rows in it, to see what they lock, read and write.
//!
//! The traced statements run on one session; another one reads `pg_locks`, and a third tries to read, write and change
//! what is locked. Durations are the traced session's; observing does not count.

mod alone;
mod course;
mod kept;
mod observe;
mod probe;
mod rewrites;
mod script;
mod together;
mod tracer;
mod work;

pub use course::trace;
pub use kept::{keep_traces, known_traces};
pub use script::{TraceRequest, TracedScript};
