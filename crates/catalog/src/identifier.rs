//! Names of database objects, and the one function that quotes them.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

/// The longest identifier PostgreSQL keeps, in bytes (`NAMEDATALEN - 1` of a stock build). Longer names are silently
/// truncated by the server, which is why they are refused here.
const MAX_BYTES: usize = 63;

/// The name of one database object, as the catalog stores it: unquoted, case kept.
///
/// Its `Display` is the quoted form, safe to put into SQL. The quotes are always there: deciding whether they are
/// needed would depend on the keyword list of each server version.
///
/// ```
/// use limosa_catalog::Identifier;
/// let name = Identifier::new("Patient \"A\"").unwrap();
/// assert_eq!(name.to_string(), "\"Patient \"\"A\"\"\"");
/// assert_eq!(name.as_str(), "Patient \"A\"");
/// ```
/// Clones share the text: a catalog names each schema and table many times.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identifier(Arc<str>);

impl Identifier {
    /// Takes a name as the catalog would store it.
    ///
    /// # Errors
    /// Empty names, names over 63 bytes and names with a zero byte are refused, as PostgreSQL could not keep them.
    pub fn new(name: impl Into<Arc<str>>) -> Result<Self, InvalidIdentifier> {
        let name = name.into();
        if name.is_empty() {
            Err(InvalidIdentifier::Empty)
        } else if name.contains('\0') {
            Err(InvalidIdentifier::ZeroByte)
        } else if name.len() > MAX_BYTES {
            Err(InvalidIdentifier::TooLong { bytes: name.len(), name: name.to_string() })
        } else {
            Ok(Self(name))
        }
    }

    /// The name as the catalog stores it, for display to people and for comparison; never for building SQL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as people write it: quoted only where it holds anything but lower-case letters, digits and `_`. For
    /// messages; keywords are not quoted, so it must not go into SQL.
    #[must_use]
    pub fn for_people(&self) -> PeoplesName<'_> {
        PeoplesName(self)
    }
}

impl PartialOrd for Identifier {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Identifier {
    fn cmp(&self, other: &Self) -> Ordering {
        // Sorting a catalog compares the same shared schema and table names again and again.
        if Arc::ptr_eq(&self.0, &other.0) { Ordering::Equal } else { self.0.cmp(&other.0) }
    }
}

/// A name for messages; see [`Identifier::for_people`].
#[derive(Debug, Clone, Copy)]
pub struct PeoplesName<'a>(&'a Identifier);

impl fmt::Display for PeoplesName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.0.as_str();
        let plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
            && !name.starts_with(|first: char| first.is_ascii_digit());
        if plain { f.write_str(name) } else { self.0.fmt(f) }
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.replace('"', "\"\""))
    }
}

/// A name within a schema; its `Display` is the quoted form `"schema"."name"`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QualifiedName {
    /// The schema, or `None` where the statement leaves it to `search_path`.
    pub schema: Option<Identifier>,
    /// The object's own name.
    pub name: Identifier,
}

impl fmt::Display for QualifiedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.schema {
            Some(schema) => write!(f, "{schema}.{}", self.name),
            None => self.name.fmt(f),
        }
    }
}

/// Why a text cannot be the name of a database object.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidIdentifier {
    /// The text is empty.
    #[error("a name must not be empty")]
    Empty,
    /// The text holds a zero byte.
    #[error("a name must not hold a zero byte")]
    ZeroByte,
    /// The text is longer than PostgreSQL keeps.
    #[error("`{name}` is {bytes} bytes long; PostgreSQL keeps {MAX_BYTES}")]
    TooLong {
        /// The name that was given.
        name: String,
        /// Its length.
        bytes: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixty_three_bytes_are_the_limit_and_emoji_count_four() {
        assert!(Identifier::new("x".repeat(63)).is_ok());
        assert!(matches!(Identifier::new("x".repeat(64)), Err(InvalidIdentifier::TooLong { bytes: 64, .. })));
        assert!(Identifier::new("🦆".repeat(16)).is_err());
        assert_eq!(Identifier::new(""), Err(InvalidIdentifier::Empty));
        assert_eq!(Identifier::new("a\0b"), Err(InvalidIdentifier::ZeroByte));
    }

    #[test]
    fn a_qualified_name_quotes_each_part() {
        let name = QualifiedName {
            schema: Some(Identifier::new("denpay-dev").unwrap()),
            name: Identifier::new("x\".y").unwrap(),
        };
        assert_eq!(name.to_string(), "\"denpay-dev\".\"x\"\".y\"");
    }
}
