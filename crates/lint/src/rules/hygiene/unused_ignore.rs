//! An ignore has nothing to ignore.
//!
//! The statement was mended, or the rule has learned to be silent there. An `ignore` that is left behind would hide
//! the next finding.

use crate::rule::{Declaration, Level, On};

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Reading]);
