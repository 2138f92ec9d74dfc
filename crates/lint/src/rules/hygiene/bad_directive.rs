//! A directive cannot be understood.
//!
//! What stands behind `-- limosa:` has to be one of the directives, complete and spelled as Limosa knows it. A
//! directive that is not understood would leave out what somebody relies on.

use crate::rule::{Declaration, Level, On};

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Reading]);
