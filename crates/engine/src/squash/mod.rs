//! A baseline in the place of many migrations: written from the schema that they lead to, and proven to lead there.

mod data;
mod draft;

pub use draft::{BaselineData, BaselineDraft, BaselineError, LeftOut, draft_baseline};
