//! Consumers: whether the queries of applications go together with the schema, before, between and after migrations.

mod copy;
mod describe;
mod judge;
mod walk;

pub use describe::{Answered, Refusal, Shape, describe_consumers};
pub use judge::{ConsumerFinding, ConsumerProblem, judge_consumers};
pub use walk::{ConsumerWalk, Phase, Seen, walk_consumers};
