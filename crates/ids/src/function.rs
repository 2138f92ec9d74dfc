//! The same generators as functions in a database, which need nothing but PostgreSQL itself.

use std::fmt::Write as _;

use limosa_catalog::{Identifier, InvalidIdentifier, Literal, QualifiedName};

use crate::length::Length;
use crate::permutation::Key;
use crate::prefix::Prefix;
use crate::spec::GeneratorSpec;

/// What a kind's function is made of.
pub(crate) struct Parts<'a> {
    pub(crate) name: &'a QualifiedName,
    pub(crate) length: Length,
    pub(crate) prefix: Option<&'a Prefix>,
    pub(crate) key: &'a Key,
}

impl Parts<'_> {
    /// The quoted name of an object that belongs to the function.
    pub(crate) fn beside(&self, suffix: &str) -> Result<String, InvalidIdentifier> {
        let name = Identifier::new(format!("{}{suffix}", self.name.name.as_str()))?;
        Ok(QualifiedName { schema: self.name.schema.clone(), name }.to_string())
    }
}

/// What a kind says of its function.
pub(crate) struct Body {
    /// The type that the function gives.
    pub(crate) returns: &'static str,
    /// The statements that make it, with `{name}`, `{length}`, `{prefix}` and `{returns}` still in them.
    pub(crate) create: String,
    /// The statements that drop what was made beside it.
    pub(crate) drop_rest: String,
}

/// A function that makes ids, and what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlFunction {
    /// Its name.
    pub name: QualifiedName,
    /// The type that it gives: `text` or `uuid`.
    pub returns: &'static str,
    /// The statements that make it. Those of permuted ids hold the key.
    pub create: String,
    /// The statements that drop it.
    pub drop: String,
}

impl GeneratorSpec {
    /// The function's name: the kind, the length where it is not the usual one, the prefix without its `_`.
    #[must_use]
    pub fn function_name(&self) -> String {
        let mut name = self.kind().word().replace('-', "_");
        if self.length() != self.kind().lengths().usual {
            let _ = write!(name, "_{}", self.length());
        }
        if let Some(prefix) = self.prefix() {
            let _ = write!(name, "_{}", prefix.as_str().trim_end_matches('_').to_lowercase());
        }
        name
    }

    /// The function that makes these ids in a database, in plain PL/pgSQL without extensions. It does not depend on
    /// anybody's `search_path`, and can be a column's default. The key counts for permuted ids only.
    ///
    /// # Errors
    /// The names are too long, which those of today's kinds and prefixes are not.
    pub fn sql_function(&self, schema: &Identifier, key: &Key) -> Result<SqlFunction, InvalidIdentifier> {
        let name = QualifiedName { schema: Some(schema.clone()), name: Identifier::new(self.function_name())? };
        let parts = Parts { name: &name, length: self.length(), prefix: self.prefix(), key };
        let body = self.kind().behaviour().body(&parts)?;
        let prefix = self.prefix().map(|prefix| format!("{} || ", Literal(prefix.as_str()))).unwrap_or_default();
        let create = body
            .create
            .replace("{prefix} || ", &prefix)
            .replace("{name}", &name.to_string())
            .replace("{returns}", body.returns)
            .replace("{length}", &self.length().to_string());
        let drop = format!("DROP FUNCTION {name}();\n{}", body.drop_rest);
        Ok(SqlFunction { name, returns: body.returns, create, drop })
    }
}
