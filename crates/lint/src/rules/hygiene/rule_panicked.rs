//! A rule broke down.
//!
//! That is a fault of Limosa. The other rules go on; please report the statement that the finding shows.

use crate::rule::{Declaration, Level, On};

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Reading]);
