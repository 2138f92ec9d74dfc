//! How large tables are.

use std::collections::BTreeMap;

use limosa_catalog::QualifiedName;
use limosa_syntax::Severity;

/// Below this many rows, what locks or reads a whole table is over before anybody notices.
const SMALL: u64 = 10_000;
/// From this many rows on it is noticed by everybody.
const LARGE: u64 = 1_000_000;

/// The rows of tables, from a live target's statistics.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sizes(BTreeMap<QualifiedName, u64>);

impl Sizes {
    /// The rows of a table; `None` where they are not known.
    #[must_use]
    pub fn rows(&self, table: &QualifiedName) -> Option<u64> {
        self.0.get(table).copied()
    }

    /// How much something weighs that takes as long as the table is large: all of it where the size is not known.
    pub(crate) fn severity(&self, table: &QualifiedName) -> Severity {
        match self.rows(table) {
            Some(rows) if rows < SMALL => Severity::Note,
            Some(rows) if rows < LARGE => Severity::Warning,
            _ => Severity::Error,
        }
    }
}

impl FromIterator<(QualifiedName, u64)> for Sizes {
    fn from_iter<I: IntoIterator<Item = (QualifiedName, u64)>>(sizes: I) -> Self {
        Self(sizes.into_iter().collect())
    }
}
