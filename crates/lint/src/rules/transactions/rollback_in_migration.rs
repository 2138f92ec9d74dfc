//! A file takes its own changes back.
//!
//! A migration that ends in `ROLLBACK` would be recorded as applied, and would have changed nothing. `limosa plan`
//! shows what would run without running it.

use crate::rule::{Declaration, Level, On};

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Reading]);
