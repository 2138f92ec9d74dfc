//! A file begins a transaction and never ends it.
//!
//! Nothing of what stands in it would be kept: the session ends, and PostgreSQL takes all of it back.

use crate::rule::{Declaration, Level, On};

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Reading]);
