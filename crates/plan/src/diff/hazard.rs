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
    /// A password is needed that catalogs do not hold, and has to be set by hand.
    LacksPassword(ObjectId),
}

/// A kind of risk, whatever it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HazardKind {
    /// [`Hazard::DeletesData`]
    DeletesData,
    /// [`Hazard::RewritesTable`]
    RewritesTable,
    /// [`Hazard::ScansTable`]
    ScansTable,
    /// [`Hazard::BlocksWrites`]
    BlocksWrites,
    /// [`Hazard::MayNotFit`]
    MayNotFit,
    /// [`Hazard::LacksPassword`]
    LacksPassword,
}

impl HazardKind {
    /// The name by which it is allowed, such as `deletes-data`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::DeletesData => "deletes-data",
            Self::RewritesTable => "rewrites-table",
            Self::ScansTable => "scans-table",
            Self::BlocksWrites => "blocks-writes",
            Self::MayNotFit => "may-not-fit",
            Self::LacksPassword => "lacks-password",
        }
    }
}

impl Hazard {
    /// Which kind of risk it is.
    #[must_use]
    pub fn kind(&self) -> HazardKind {
        match self {
            Self::DeletesData(_) => HazardKind::DeletesData,
            Self::RewritesTable(_) => HazardKind::RewritesTable,
            Self::ScansTable(_) => HazardKind::ScansTable,
            Self::BlocksWrites(_) => HazardKind::BlocksWrites,
            Self::MayNotFit(_) => HazardKind::MayNotFit,
            Self::LacksPassword(_) => HazardKind::LacksPassword,
        }
    }

    /// The name by which it is allowed, such as `deletes-data`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.kind().name()
    }

    /// What is at risk.
    #[must_use]
    pub fn about(&self) -> &ObjectId {
        match self {
            Self::DeletesData(id)
            | Self::RewritesTable(id)
            | Self::ScansTable(id)
            | Self::BlocksWrites(id)
            | Self::MayNotFit(id)
            | Self::LacksPassword(id) => id,
        }
    }
}

impl fmt::Display for Hazard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name(), self.about())
    }
}
