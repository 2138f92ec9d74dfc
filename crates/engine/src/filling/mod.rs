//! Rows that satisfy a schema, so that what runs over them has something to read, to write and to trip over.
//!
//! Which forms the values of a column may take is decided here from the catalog; whether `CHECK` constraints, domains
//! and partitions take a form is asked of the server that will hold the rows, so that no reading of ours decides it.

mod candidate;
mod data_type;
mod database;
mod form;
mod judge;
mod mined;
mod order;
mod pattern;
mod reference;
mod statement;
mod table;

pub(crate) use database::fill_some;
pub use database::{FilledTable, fill_tables};
pub(crate) use reference::Reference;
