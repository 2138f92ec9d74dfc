//! Catalogs of schemas that are not in a database yet: those of schema files, and those that migrations lead to. A
//! shadow computes them, so that no parser of ours can disagree with PostgreSQL's.

mod failure;
mod prove;
mod replay;
mod roles;
mod schema_files;

pub use failure::DesiredError;
pub use prove::{Proof, ProofDifference, ProofStep, ProofVerdict, prove};
pub use replay::{Replay, replay};
pub use schema_files::load_schema;
