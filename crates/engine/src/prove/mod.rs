//! Proof that each migration can be taken back: up, down, up in a shadow, and an
//! online change in all of its phases, with the catalogs and the rows compared.

mod allowed;
mod answer;
mod compare;
mod course;
mod difference;
mod fill;
mod phased;
mod proof;
mod rows;
mod seeding;
mod series;
mod state;

pub(crate) use compare::compare as compare_rows;
pub(crate) use difference::column_order;
pub use fill::RowSource;
pub use proof::{
    Example, LeftOutSeed, Loss, Lost, Proof, ProofDifference, ProofRows, ProofStep, ProofVerdict, RowCount,
};
pub(crate) use rows::Rows;
pub use series::{ProofExtent, ProofRequest, prove};
pub(crate) use state::State;
