//! A line is a command of psql, which no server knows.
//!
//! Lines that begin with a backslash are read by psql itself: `\i file`, `\set`, `\copy`. A migration is sent to the
//! server, so it holds SQL alone. The finding says what to write instead.

use crate::rule::{Declaration, Level, On};

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Reading]);
