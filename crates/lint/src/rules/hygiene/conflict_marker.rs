//! A merge was committed before its conflicts were resolved.
//!
//! Git has left both sides in the file, with lines such as `<<<<<<< HEAD` around them. Decide between the two, and
//! delete the lines.

use crate::rule::{Declaration, Level, On};

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Reading]);
