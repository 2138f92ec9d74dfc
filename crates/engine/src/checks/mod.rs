//! Checks: what must hold of a database, asked in transactions that can write nothing.

mod hook;
mod outcome;
mod query;
mod replayed;

pub use hook::{Checks, Moment};
pub use outcome::{CheckOutcome, CheckVerdict, ChecksFailed};
pub use query::{CheckTerms, check_session, check_target};
pub use replayed::check_replayed;
