//! SQL text: statements with byte spans, what each of them is, directives in comments, and THE diagnostic type.
//!
//! This crate does no I/O and never panics on any input: bad SQL is a [`Diagnostic`].

mod diagnostic;
mod span;

pub use diagnostic::{Code, Diagnostic, Fix, Severity, SourceFile};
pub use span::{LineColumn, LineIndex, Span};
