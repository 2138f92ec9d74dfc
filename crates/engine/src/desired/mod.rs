//! Catalogs of schemas that are not in a database yet: those of schema files, and those that migrations lead to. A
//! shadow computes them, so that no parser of ours can disagree with PostgreSQL's.

mod answers;
mod before;
mod failure;
mod replay;
mod roles;
mod schema_files;

pub use answers::Answers;
pub(crate) use answers::Question;
pub use before::catalogs_before;
pub use failure::DesiredError;
pub(crate) use replay::run_up;
pub use replay::{Replay, replay};
pub(crate) use roles::{make_role, missing_role};
pub use schema_files::load_schema;
