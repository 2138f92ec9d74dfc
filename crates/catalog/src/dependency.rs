//! What depends on what.

use crate::reading::Lettered;

/// Why one object cannot be without another, as `pg_depend` has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DependencyKind {
    /// Dropping the other is refused, or takes this one along with `CASCADE`.
    Normal,
    /// Dropping the other takes this one along: an index and its column, a sequence and the column that owns it.
    Auto,
    /// `ALTER … DEPENDS ON EXTENSION`: dropping the extension takes this one along.
    Extension,
}

impl DependencyKind {
    pub(crate) const fn letter(self) -> &'static str {
        match self {
            Self::Normal => "n",
            Self::Auto => "a",
            Self::Extension => "x",
        }
    }
}

impl Lettered for DependencyKind {
    const LETTERS: &[u8] = b"nax";

    fn of_letter(letter: u8) -> Option<Self> {
        match letter {
            b'n' => Some(Self::Normal),
            b'a' => Some(Self::Auto),
            b'x' => Some(Self::Extension),
            _ => None,
        }
    }
}

/// One edge between objects given by their places in the catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Edge {
    pub(crate) from: u32,
    pub(crate) to: u32,
    pub(crate) kind: DependencyKind,
}
