//! Which relations a statement locks, how, and what it does with their rows meanwhile.

mod alter_table;
mod data_type;
mod effect;
mod facts;
mod form;
mod known;
mod mode;
mod narrowing;
mod recognise;
#[cfg(test)]
mod tests;

pub(crate) use data_type::is_coercible;
pub use effect::{LockedRelation, RelationLock, StatementLocks};
pub use facts::{LockFact, MEASURED, Part, Work, lock_facts, lock_table};
pub use form::StatementForm;
pub use known::Known;
pub use mode::{KeptOut, LockMode};
pub use narrowing::Narrowing;
