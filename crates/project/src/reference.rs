//! References between databases, which no foreign key can hold.

use std::fmt;

use limosa_catalog::{Identifier, InvalidIdentifier};

use crate::ServiceName;

/// A column of which the values are found in a column of another service's database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The column that refers.
    pub column: ColumnName,
    /// The service that is referred to.
    pub service: ServiceName,
    /// The column that is referred to.
    pub to: ColumnName,
}

/// `table.column` or `schema.table.column`, as SQL spells names: unquoted parts are folded to lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnName {
    /// The schema, where it is named.
    pub schema: Option<Identifier>,
    /// The table.
    pub table: Identifier,
    /// The column.
    pub column: Identifier,
}

/// Why a text is not the name of a column.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidColumnName {
    /// A part cannot be an identifier.
    #[error(transparent)]
    Part(#[from] InvalidIdentifier),
    /// A quote is not closed.
    #[error("`{0}` holds a double quote that is not closed")]
    Unclosed(String),
    /// An unquoted part holds a character that needs quotes.
    #[error("`{0}` holds {1:?} outside double quotes")]
    NeedsQuotes(String, char),
    /// Not two or three parts.
    #[error("`{0}` has {1} parts; expected `table.column` or `schema.table.column`")]
    Parts(String, usize),
}

impl ColumnName {
    /// Reads a name as SQL spells it.
    ///
    /// # Errors
    /// Says which part is wrong.
    pub fn parse(text: &str) -> Result<Self, InvalidColumnName> {
        let mut parts = split_name(text)?.into_iter().map(Identifier::new).collect::<Result<Vec<_>, _>>()?;
        let count = parts.len();
        match (parts.pop(), parts.pop(), parts.pop()) {
            (Some(column), Some(table), schema) if count <= 3 => Ok(Self { schema, table, column }),
            _ => Err(InvalidColumnName::Parts(text.to_owned(), count)),
        }
    }
}

/// The parts of a dotted name, folded and unquoted.
pub(crate) fn split_name(text: &str) -> Result<Vec<String>, InvalidColumnName> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let part = match parts.last_mut() {
            Some(part) => part,
            None => break,
        };
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                part.push('"');
            }
            '"' => quoted = !quoted,
            _ if quoted => part.push(c),
            '.' => parts.push(String::new()),
            _ if c.is_alphanumeric() || c == '_' || c == '$' => part.extend(c.to_lowercase()),
            _ => return Err(InvalidColumnName::NeedsQuotes(text.to_owned(), c)),
        }
    }
    if quoted { Err(InvalidColumnName::Unclosed(text.to_owned())) } else { Ok(parts) }
}

impl fmt::Display for ColumnName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(f, "{schema}.")?;
        }
        write!(f, "{}.{}", self.table, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_sql_spells_them() {
        for (text, expected) in [
            ("\"Visit\".\"patientId\"", Ok("\"Visit\".\"patientId\"")),
            ("Public.Visit.Id", Ok("\"public\".\"visit\".\"id\"")),
            ("\"a.b\".\"c\"\"d\"", Ok("\"a.b\".\"c\"\"d\"")),
            ("id", Err("`id` has 1 parts; expected `table.column` or `schema.table.column`")),
            ("a.b.c.d", Err("`a.b.c.d` has 4 parts; expected `table.column` or `schema.table.column`")),
            ("\"a.b", Err("`\"a.b` holds a double quote that is not closed")),
            ("a b.c", Err("`a b.c` holds ' ' outside double quotes")),
            ("a..c", Err("a name must not be empty")),
        ] {
            let found = ColumnName::parse(text).map(|name| name.to_string()).map_err(|error| error.to_string());
            assert_eq!(found, expected.map(str::to_owned).map_err(str::to_owned), "for {text}");
        }
    }
}
