//! A file commits a transaction that it has not begun.
//!
//! Limosa commits a migration together with the record of it. A `COMMIT` in between would end that transaction
//! halfway.

use crate::rule::{Declaration, Level, On};

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Reading]);
