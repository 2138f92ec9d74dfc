//! The schema of a PostgreSQL database as typed data.
//!
//! This crate does no I/O. It declares identifiers and how they are quoted, literals for the places where a protocol has
//! no parameters, and what each server version can do.

mod identifier;
mod literal;
mod version;

pub use identifier::{Identifier, InvalidIdentifier, QualifiedName};
pub use literal::Literal;
pub use version::{ServerMajor, ServerVersion, UnsupportedServer};
