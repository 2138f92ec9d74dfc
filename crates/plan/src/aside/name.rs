//! The names under which things are kept.

use limosa_catalog::{Identifier, InvalidIdentifier};

/// The longest name that PostgreSQL takes, in bytes.
const LONGEST: usize = 63;

/// The name of one statement's loss: the history's schema and a number that is used once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsideName {
    schema: Identifier,
}

impl AsideName {
    /// The name for a number, which the history gives out.
    ///
    /// # Errors
    /// None that a schema's name and a number could lead to.
    pub fn new(history_schema: &Identifier, number: i64) -> Result<Self, InvalidIdentifier> {
        let end = format!("_aside_{number}");
        let schema = Identifier::new(format!("{}{end}", cut(history_schema.as_str(), LONGEST - end.len())))?;
        Ok(Self { schema })
    }

    /// The schema that holds the tables: `limosa_aside_7`.
    ///
    /// A schema for each, so that the indexes and sequences that move along with a table meet no others of their name.
    #[must_use]
    pub fn schema(&self) -> &Identifier {
        &self.schema
    }

    /// What something that stays in its place is called meanwhile: `limosa_aside_7_ssn`, cut at 63 bytes. `place` tells
    /// those apart that would be cut to the same.
    ///
    /// # Errors
    /// None that a name of an object could lead to.
    pub(super) fn of(&self, name: &Identifier, place: usize) -> Result<Identifier, InvalidIdentifier> {
        let prefix = self.schema.as_str();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_they_keep_and_fit() {
        let identifier = |text: &str| Identifier::new(text).unwrap();
        let name = AsideName::new(&identifier("limosa"), 7).unwrap();
        assert_eq!(name.schema().as_str(), "limosa_aside_7");
        assert_eq!(name.of(&identifier("ssn"), 0).unwrap().as_str(), "limosa_aside_7_ssn");
        assert_eq!(name.of(&identifier("ssn"), 1).unwrap().as_str(), "limosa_aside_7_1_ssn");
        let long = identifier(&"ü".repeat(31));
        let name = AsideName::new(&long, i64::MAX).unwrap();
        assert!(name.schema().as_str().ends_with("_aside_9223372036854775807"));
        assert!(name.of(&long, 12).unwrap().as_str().len() <= LONGEST);
    }
}
