//! What the schemas are called in which clients find a version's tables.

use limosa_catalog::{Identifier, InvalidIdentifier};
use limosa_syntax::Coexistence;

/// What `limosa.toml` says of the time in which clients of two versions are at work.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CoexistenceSettings {
    /// How they find what they name; `None` where nothing is said.
    pub way: Option<Coexistence>,
    /// How the schemas of versions are named.
    pub version_schema: VersionSchemaTemplate,
}

/// How the schemas of versions are named: `{schema}_v{version}`, where `{schema}` is the schema that holds the tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionSchemaTemplate {
    text: String,
}

/// Why a text is no such template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidVersionSchemaTemplate {
    /// Two schemas would have one name.
    #[error("`{text}` lacks {{{lacks}}}; expected a name such as `{{schema}}_v{{version}}`")]
    Lacks {
        /// The text that was given.
        text: String,
        /// The word that it lacks.
        lacks: &'static str,
    },
    /// A word in braces that means nothing.
    #[error("`{text}` holds braces that stand for nothing; known are {{schema}} and {{version}}")]
    Unknown {
        /// The text that was given.
        text: String,
    },
}

impl VersionSchemaTemplate {
    /// Takes a name with `{schema}` and `{version}` in it.
    ///
    /// # Errors
    /// See [`InvalidVersionSchemaTemplate`].
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidVersionSchemaTemplate> {
        let text = text.into();
        for lacks in ["schema", "version"] {
            if !text.contains(&format!("{{{lacks}}}")) {
                return Err(InvalidVersionSchemaTemplate::Lacks { text, lacks });
            }
        }
        if text.replace("{schema}", "").replace("{version}", "").contains(['{', '}']) {
            return Err(InvalidVersionSchemaTemplate::Unknown { text });
        }
        Ok(Self { text })
    }

    /// The schema in which clients of a version find the tables of another schema.
    ///
    /// # Errors
    /// A name that PostgreSQL would cut, being longer than 63 bytes.
    pub fn name(&self, schema: &Identifier, version: &str) -> Result<Identifier, InvalidIdentifier> {
        Identifier::new(self.text.replace("{version}", version).replace("{schema}", schema.as_str()))
    }

    /// The schema in which clients find the newest version's tables, whichever that is: `clinic_current`.
    ///
    /// # Errors
    /// A name that PostgreSQL would cut, being longer than 63 bytes.
    pub fn current(&self, schema: &Identifier) -> Result<Identifier, InvalidIdentifier> {
        Identifier::new(format!("{}_current", schema.as_str()))
    }
}

impl Default for VersionSchemaTemplate {
    fn default() -> Self {
        Self { text: "{schema}_v{version}".to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_schemas_and_versions_apart() {
        let schema = Identifier::new("Clinic").unwrap();
        let usual = VersionSchemaTemplate::default();
        assert_eq!(usual.name(&schema, "012").unwrap().as_str(), "Clinic_v012");
        assert_eq!(usual.current(&schema).unwrap().as_str(), "Clinic_current");
        let own = VersionSchemaTemplate::new("v{version} of {schema}").unwrap();
        assert_eq!(own.name(&schema, "1.2").unwrap().as_str(), "v1.2 of Clinic");
        for (text, says) in [
            ("clinic_v{version}", "lacks {schema}"),
            ("{schema}_new", "lacks {version}"),
            ("{schema}_{version}_{service}", "stand for nothing"),
        ] {
            let error = VersionSchemaTemplate::new(text).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
        let long = Identifier::new("a".repeat(60)).unwrap();
        assert!(usual.name(&long, "20241222120000").is_err());
    }
}
