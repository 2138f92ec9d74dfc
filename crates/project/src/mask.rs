//! What becomes of a column's values when rows are taken from an environment.

use std::str::FromStr;

use crate::ColumnName;

/// The `[mask]` table: what becomes of the values of these columns.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MaskSettings {
    /// In the order of the file.
    pub columns: Vec<(ColumnName, Mask)>,
}

/// What becomes of a value before it leaves its server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mask {
    /// It becomes null.
    Null,
    /// It becomes a hash with the salt of the run: equal values stay equal, different ones different. Of a day the year
    /// stays.
    Hash,
    /// It changes places with those of other rows.
    Shuffle,
    /// It becomes a person's name with a hash in it.
    Name,
    /// It becomes an address of `example.com` with a hash in it.
    Email,
    /// It stays.
    Keep,
    /// It becomes what this expression over the row's columns says.
    Sql(String),
}

/// A text that names no mask.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no mask; expected `null`, `hash`, `shuffle`, `name`, `email`, `keep` or `sql:` and an expression")]
pub struct InvalidMask(String);

impl FromStr for Mask {
    type Err = InvalidMask;

    fn from_str(text: &str) -> Result<Self, InvalidMask> {
        Ok(match text {
            "null" => Self::Null,
            "hash" => Self::Hash,
            "shuffle" => Self::Shuffle,
            "name" => Self::Name,
            "email" => Self::Email,
            "keep" => Self::Keep,
            other => match other.strip_prefix("sql:").map(str::trim) {
                Some(expression) if !expression.is_empty() => Self::Sql(expression.to_owned()),
                _ => return Err(InvalidMask(text.to_owned())),
            },
        })
    }
}

impl Mask {
    /// The word for it, as `limosa.toml` has it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Hash => "hash",
            Self::Shuffle => "shuffle",
            Self::Name => "name",
            Self::Email => "email",
            Self::Keep => "keep",
            Self::Sql(_) => "sql",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_is_read_by_its_word() {
        for word in ["null", "hash", "shuffle", "name", "email", "keep"] {
            assert_eq!(word.parse::<Mask>().unwrap().word(), word);
        }
        assert_eq!("sql: left(zip, 2)".parse(), Ok(Mask::Sql("left(zip, 2)".to_owned())));
        for wrong in ["", "sql:", "Hash", "random"] {
            assert_eq!(wrong.parse::<Mask>(), Err(InvalidMask(wrong.to_owned())));
        }
    }
}
