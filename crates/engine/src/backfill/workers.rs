//! How many batches are on their way at once.

use std::num::NonZeroU32;

use super::relation::Relation;

/// How many workers change rows at once, each in a session of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Workers {
    /// So many.
    Said(NonZeroU32),
    /// Two on a large table, of which one works while clients of the server are at work, too.
    WhileQuiet,
}

/// From so many pages on a table is large: 32 MB, whose rows one worker changes in about a second.
const LARGE: u64 = 4_096;

impl Workers {
    /// For rows of this table.
    pub(super) fn of(self, relation: &Relation) -> u32 {
        match self {
            Self::Said(workers) => workers.get(),
            Self::WhileQuiet if relation.pages >= LARGE => 2,
            Self::WhileQuiet => 1,
        }
    }

    /// How many of them work while others are at work, or are not.
    pub(super) fn allowed(self, others_work: bool) -> u32 {
        match self {
            Self::WhileQuiet if others_work => 1,
            _ => u32::MAX,
        }
    }
}

impl From<Option<NonZeroU32>> for Workers {
    fn from(said: Option<NonZeroU32>) -> Self {
        said.map_or(Self::WhileQuiet, Self::Said)
    }
}
