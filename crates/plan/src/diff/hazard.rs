//! Named risks of a statement.

use std::fmt;

use limosa_catalog::ObjectId;

/// A named risk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hazard {
    /// Rows or values are gone afterwards.
    DeletesData(ObjectId),
    /// Every row is written anew, under a lock that keeps out readers and writers.
    RewritesTable(ObjectId),
    /// Every row is read under a lock that keeps out writers.
    ScansTable(ObjectId),
    /// Writers wait while an index is built.
    BlocksWrites(ObjectId),
    /// Values that are there may not fit, and the statement then fails.
    MayNotFit(ObjectId),
}

impl Hazard {
    /// The name by which it is allowed, such as `deletes-data`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::DeletesData(_) => "deletes-data",
            Self::RewritesTable(_) => "rewrites-table",
            Self::ScansTable(_) => "scans-table",
            Self::BlocksWrites(_) => "blocks-writes",
            Self::MayNotFit(_) => "may-not-fit",
        }
    }

    /// What is at risk.
    #[must_use]
    pub fn about(&self) -> &ObjectId {
        match self {
            Self::DeletesData(id)
            | Self::RewritesTable(id)
            | Self::ScansTable(id)
            | Self::BlocksWrites(id)
            | Self::MayNotFit(id) => id,
        }
    }
}

impl fmt::Display for Hazard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name(), self.about())
    }
}
