//! A statement may hold a syntax error.
//!
//! A parser that knows PostgreSQL's grammar does not understand it. The server alone knows its grammar: where it takes
//! the statement, nothing needs to change. `limosa prove` runs the statement and so knows for sure.

use crate::rule::{Declaration, Level, On};

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Reading]);
