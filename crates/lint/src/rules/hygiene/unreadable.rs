//! A text cannot be read as statements.
//!
//! A quote that is never closed, bytes that no SQL text may hold, or what no parser of SQL understands. The message
//! says what is wrong; the other statements are looked at all the same.

use crate::rule::{Declaration, Level, On};

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Reading]);
