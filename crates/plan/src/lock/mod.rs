//! Which relations a statement locks, how, and what it does with their rows meanwhile.

mod facts;
mod form;
mod mode;

pub use facts::{LockFact, MEASURED, Part, Work, lock_facts, lock_table};
pub use form::StatementForm;
pub use mode::{KeptOut, LockMode};
