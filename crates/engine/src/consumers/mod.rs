//! Consumers: whether the queries of applications go together with the schema, before, between and after migrations.

mod copy;
mod describe;
mod judge;
mod set_default;
mod truncate;
mod walk;

pub use describe::{Answered, Refusal, Shape, describe_consumers};
pub use judge::{ConsumerFinding, ConsumerProblem, judge_consumers};
pub use walk::{ConsumerWalk, Phase, Present, Seen, walk_consumers};
