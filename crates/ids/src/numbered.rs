//! What the ids of a sequence are made from where their function stands in a database, so that a client can make the
//! same ones from numbers that it draws.

use limosa_catalog::{Identifier, InvalidIdentifier, QualifiedName};

use crate::kind::Kind;
use crate::permutation::{InvalidKey, Key};
use crate::spec::GeneratorSpec;

/// Where a database keeps what permuted ids are made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbered {
    /// The function from a number to its id. Its source holds the key.
    pub permuted: QualifiedName,
    /// The sequence whose numbers they are.
    pub sequence: QualifiedName,
}

/// What the name of the function has behind that of the one that makes ids.
pub(crate) const PERMUTED: &str = "_of";
/// What the name of the sequence has.
pub(crate) const SEQUENCE: &str = "_number";

impl GeneratorSpec {
    /// What the function of a schema draws from; `None` for kinds that need no sequence.
    ///
    /// # Errors
    /// The names are too long, which those of today's kinds and prefixes are not.
    pub fn numbered(&self, schema: &Identifier) -> Result<Option<Numbered>, InvalidIdentifier> {
        if self.kind() != Kind::Alnum {
            return Ok(None);
        }
        let beside = |suffix: &str| -> Result<QualifiedName, InvalidIdentifier> {
            let name = Identifier::new(format!("{}{suffix}", self.function_name()))?;
            Ok(QualifiedName { schema: Some(schema.clone()), name })
        };
        Ok(Some(Numbered { permuted: beside(PERMUTED)?, sequence: beside(SEQUENCE)? }))
    }
}

impl Key {
    /// The key that the source of the function holds.
    ///
    /// # Errors
    /// There is none: it is another function.
    pub fn in_source(source: &str) -> Result<Self, InvalidKey> {
        let (_, behind) = source.split_once("secret CONSTANT bytea := '\\x").ok_or(InvalidKey)?;
        behind.split_once('\'').ok_or(InvalidKey)?.0.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_found_in_the_function_that_was_made_with_it() {
        let key: Key = "5e".repeat(32).parse().unwrap();
        let schema = Identifier::new("ids").unwrap();
        for spec in ["alnum", "alnum:10:pat_"] {
            let spec: GeneratorSpec = spec.parse().unwrap();
            let function = spec.sql_function(&schema, &key).unwrap();
            assert_eq!(Key::in_source(&function.create), Ok(key.clone()));
            let Numbered { permuted, sequence } = spec.numbered(&schema).unwrap().unwrap();
            assert!(function.create.contains(&format!("CREATE FUNCTION {permuted}(number bigint)")));
            assert!(function.create.contains(&format!("CREATE SEQUENCE {sequence} AS")));
        }
        let other: GeneratorSpec = "ulid".parse().unwrap();
        assert_eq!(other.numbered(&schema), Ok(None));
        for source in ["", "secret CONSTANT bytea := '\\x", "secret CONSTANT bytea := '\\x5e'"] {
            assert_eq!(Key::in_source(source), Err(InvalidKey), "for `{source}`");
        }
    }
}
