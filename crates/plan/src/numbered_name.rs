//! Names that are made from a number which the history gives out, and that PostgreSQL can take.

use limosa_catalog::{Identifier, InvalidIdentifier};

/// The longest name that PostgreSQL takes, in bytes.
const LONGEST: usize = 63;

/// What the names of one thing begin with: the history's schema, a word, and a number that is used once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NumberedName {
    start: Identifier,
}

impl NumberedName {
    /// The beginning for a number: `limosa_aside_7`.
    ///
    /// # Errors
    /// None that a schema's name, a word and a number could lead to.
    pub(crate) fn new(history_schema: &Identifier, word: &str, number: i64) -> Result<Self, InvalidIdentifier> {
        let end = format!("_{word}_{number}");
        let start = Identifier::new(format!("{}{end}", cut(history_schema.as_str(), LONGEST - end.len())))?;
        Ok(Self { start })
    }

    /// The beginning by itself.
    pub(crate) fn start(&self) -> &Identifier {
        &self.start
    }

    /// The name of something that is called so otherwise: `limosa_aside_7_ssn`, cut at 63 bytes. `place` tells those
    /// apart that would be cut to the same.
    ///
    /// # Errors
    /// None that a name of an object could lead to.
    pub(crate) fn of(&self, name: &Identifier, place: usize) -> Result<Identifier, InvalidIdentifier> {
        let prefix = self.start.as_str();
        let whole = format!("{prefix}_{}", name.as_str());
        if place == 0 && whole.len() <= LONGEST {
            return Identifier::new(whole);
        }
        let start = format!("{}_{place}_", cut(prefix, LONGEST - 8));
        Identifier::new(format!("{start}{}", cut(name.as_str(), LONGEST.saturating_sub(start.len()))))
    }
}

/// A text of at most so many bytes.
fn cut(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or(text)
}
