//! Many migrations as one: a baseline that says which it replaces, and an archive of those for databases that have not
//! run all of them.

mod archive;
mod plan;
mod standing;

pub(crate) use archive::{ARCHIVE, squashed, within_archive};
pub use plan::{SquashPlan, plan_squash};
pub use standing::{Squashed, Standing};
