//! What stands before an id and says what it is the id of: `pat_`.

use std::fmt;
use std::sync::Arc;

/// The most characters of a prefix.
const MOST: usize = 16;

/// An ASCII letter, then ASCII letters, digits and `_`; at most 16 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prefix(Arc<str>);

impl Prefix {
    /// Takes a prefix as it will stand before each id, its `_` included.
    ///
    /// # Errors
    /// It is empty, longer than 16 characters, does not begin with a letter or holds something else than letters,
    /// digits and `_`.
    pub fn new(text: &str) -> Result<Self, InvalidPrefix> {
        let found = || text.to_owned();
        if !text.starts_with(|first: char| first.is_ascii_alphabetic()) {
            return Err(InvalidPrefix::Start(found()));
        }
        if let Some(other) = text.chars().find(|c| !c.is_ascii_alphanumeric() && *c != '_') {
            return Err(InvalidPrefix::Character { prefix: found(), other });
        }
        if text.len() > MOST {
            return Err(InvalidPrefix::TooLong(found()));
        }
        Ok(Self(text.into()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Prefix {
    type Err = InvalidPrefix;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text)
    }
}

/// Why a text is not a prefix.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPrefix {
    /// It is empty, or begins with something else.
    #[error("`{0}` is no prefix; expected a letter first, as in `pat_`")]
    Start(String),
    /// It holds something else.
    #[error("the prefix `{prefix}` holds `{other}`; expected letters, digits and `_` only, as in `pat_`")]
    Character {
        /// The prefix.
        prefix: String,
        /// What it may not hold.
        other: char,
    },
    /// It is too long.
    #[error("the prefix `{0}` has more than {MOST} characters; ids are read and typed by people, give it a short one")]
    TooLong(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_a_short_word() {
        for text in ["pat_", "P", "prac2_", "abcdefghijklmno_"] {
            assert_eq!(Prefix::new(text).map(|prefix| prefix.to_string()), Ok(text.to_owned()));
        }
        assert!(matches!(Prefix::new(""), Err(InvalidPrefix::Start(_))));
        assert!(matches!(Prefix::new("_pat"), Err(InvalidPrefix::Start(_))));
        assert!(matches!(Prefix::new("8pat"), Err(InvalidPrefix::Start(_))));
        assert!(matches!(Prefix::new("pat-"), Err(InvalidPrefix::Character { other: '-', .. })));
        assert!(matches!(Prefix::new("pät_"), Err(InvalidPrefix::Character { other: 'ä', .. })));
        assert!(matches!(Prefix::new("abcdefghijklmnop_"), Err(InvalidPrefix::TooLong(_))));
    }
}
