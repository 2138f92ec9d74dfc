//! Proof that each migration can be taken back: up, down, up in a shadow, with the catalogs and the rows compared.

mod allowed;
mod answer;
mod compare;
mod course;
mod difference;
mod fill;
mod proof;
mod rows;
mod seeding;
mod series;
mod state;

pub use fill::RowSource;
pub use proof::{
    Example, LeftOutSeed, Loss, Lost, Proof, ProofDifference, ProofRows, ProofStep, ProofVerdict, RowCount,
};
pub use series::{ProofExtent, ProofRequest, prove};
