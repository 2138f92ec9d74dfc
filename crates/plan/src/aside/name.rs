//! The names under which things are kept.

use limosa_catalog::{Identifier, InvalidIdentifier};

use crate::numbered_name::NumberedName;

/// The name of one statement's loss: the history's schema and a number that is used once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsideName(NumberedName);

impl AsideName {
    /// The name for a number, which the history gives out.
    ///
    /// # Errors
    /// None that a schema's name and a number could lead to.
    pub fn new(history_schema: &Identifier, number: i64) -> Result<Self, InvalidIdentifier> {
        NumberedName::new(history_schema, "aside", number).map(Self)
    }

    /// The schema that holds the tables: `limosa_aside_7`.
    ///
    /// A schema for each, so that the indexes and sequences that move along with a table meet no others of their name.
    #[must_use]
    pub fn schema(&self) -> &Identifier {
        self.0.start()
    }

    /// What something that stays in its place is called meanwhile: `limosa_aside_7_ssn`, cut at 63 bytes. `place` tells
    /// those apart that would be cut to the same.
    ///
    /// # Errors
    /// None that a name of an object could lead to.
    pub(super) fn of(&self, name: &Identifier, place: usize) -> Result<Identifier, InvalidIdentifier> {
        self.0.of(name, place)
    }
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
        assert!(name.of(&long, 12).unwrap().as_str().len() <= 63);
    }
}
