//! An ignore names a rule that there is not.
//!
//! `-- limosa: ignore RULE reason` names a rule by the word that stands in brackets in the finding.

use crate::rule::{Declaration, Level, On};

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Reading]);
