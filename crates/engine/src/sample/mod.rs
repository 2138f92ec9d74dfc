//! Rows of an environment, for proofs: some of each table, with all that they refer to, as one moment saw them. What is
//! personal is masked by the query that reads it, so that it never leaves its server.

mod expression;
mod load;
mod mask;
mod personal;
mod select;
mod take;

pub(crate) use load::load_sample;
pub use mask::{MaskReason, MaskedColumn};
pub use take::{Sample, SampleError, take_sample};
