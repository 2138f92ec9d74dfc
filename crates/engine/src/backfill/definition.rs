//! What is to be done to which rows.

use limosa_catalog::Identifier;
use limosa_ids::GeneratorSpec;
use limosa_plan::KeptValues;
use limosa_syntax::Tokens;

/// A change of many rows of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackfillDefinition {
    /// The table, as SQL spells it; without a schema, the search path decides.
    pub table: String,
    /// What its rows are called in expressions and conditions; its own name where there is none.
    pub alias: Option<Identifier>,
    /// What becomes of each row.
    pub change: RowChange,
    /// Which rows: an SQL condition; all where there is none.
    pub condition: Option<String>,
    /// The values that it writes over, where they are kept. They say nothing of whether a row is done.
    pub keeps: Option<KeptValues>,
}

/// What becomes of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowChange {
    /// Columns get the values of SQL expressions.
    Set {
        /// Column by column.
        assignments: Vec<Assignment>,
        /// What stands behind `FROM`: other tables, joined to the changed one by the definition's condition. Where
        /// several of their rows meet one of its rows, any of them gives the values, as in a plain UPDATE.
        from: Option<String>,
    },
    /// A column without a value gets an id that is made here.
    Generate {
        /// The column.
        column: Identifier,
        /// How its ids are made.
        spec: GeneratorSpec,
    },
    /// A row made from it is added to another table; it stays as it is.
    Insert {
        /// The other table, as SQL spells it.
        target: String,
        /// The target's columns, and expressions over the row that is copied.
        values: Vec<Assignment>,
        /// Whether rows are left out that the target has already, by any of its unique keys.
        skips_present: bool,
    },
    /// It is deleted.
    Delete,
}

impl RowChange {
    /// What is done to rows, as a participle: `changed`, `copied into audit_2024`, `deleted`.
    #[must_use]
    pub fn in_words(&self) -> String {
        match self {
            Self::Set { .. } | Self::Generate { .. } => "changed".to_owned(),
            Self::Insert { target, .. } => format!("copied into {target}"),
            Self::Delete => "deleted".to_owned(),
        }
    }
}

/// `column = expression`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The column.
    pub column: Identifier,
    /// The SQL expression, over the row as it was.
    pub expression: String,
}

/// Why a text is no assignment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAssignment {
    /// There is no `=`, or nothing on one of its sides.
    #[error("`{0}` is no assignment; expected `column = expression`, such as `email = lower(email)`")]
    Form(String),
    /// What stands before the `=` is no column.
    #[error("`{0}` is no name of a column; expected one as SQL spells it, such as `email` or `\"Email\"`")]
    Column(String),
}

impl std::str::FromStr for Assignment {
    type Err = InvalidAssignment;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (column, expression) = text.split_once('=').ok_or_else(|| InvalidAssignment::Form(text.to_owned()))?;
        let (column, expression) = (column.trim(), expression.trim());
        if column.is_empty() || expression.is_empty() {
            return Err(InvalidAssignment::Form(text.to_owned()));
        }
        let column = column_name(column).ok_or_else(|| InvalidAssignment::Column(column.to_owned()))?;
        Ok(Self { column, expression: expression.to_owned() })
    }
}

/// The column of a name as SQL spells it: folded to lower case, unless it stands in quotes.
#[must_use]
pub fn column_name(text: &str) -> Option<Identifier> {
    if let Some(quoted) = text.strip_prefix('"') {
        let inside = quoted.strip_suffix('"')?;
        let name = inside.replace("\"\"", "\u{0}");
        return if name.contains('"') { None } else { Identifier::new(name.replace('\u{0}', "\"")).ok() };
    }
    let is_word = text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$'));
    let begins = !text.starts_with(|c: char| c.is_ascii_digit());
    if is_word && begins { Identifier::new(text.to_lowercase()).ok() } else { None }
}

impl BackfillDefinition {
    /// The columns of the table that get values.
    #[must_use]
    pub fn columns(&self) -> Vec<&Identifier> {
        match &self.change {
            RowChange::Set { assignments, .. } => assignments.iter().map(|assignment| &assignment.column).collect(),
            RowChange::Generate { column, .. } => vec![column],
            RowChange::Insert { .. } | RowChange::Delete => Vec::new(),
        }
    }

    /// The names in the expressions of its values that are columns, each once.
    pub(crate) fn reads(&self, is_column: impl Fn(&Identifier) -> bool) -> Vec<Identifier> {
        let values = match &self.change {
            RowChange::Set { assignments: values, .. } | RowChange::Insert { values, .. } => values.as_slice(),
            RowChange::Generate { .. } | RowChange::Delete => &[],
        };
        let mut read = Vec::new();
        for value in values {
            let tokens = Tokens::of(&value.expression);
            let names = tokens.words().each().filter_map(|(_, mut at)| at.identifier());
            for name in names.filter(&is_column) {
                if !read.contains(&name) {
                    read.push(name);
                }
            }
        }
        read
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assignments_name_a_column_and_an_expression() {
        for (text, column, expression) in [
            ("email = lower(email)", "email", "lower(email)"),
            ("Email=E'a=b'", "email", "E'a=b'"),
            ("\"Full \"\"Name\"\"\" = 'x'", "Full \"Name\"", "'x'"),
        ] {
            let assignment: Assignment = text.parse().unwrap();
            assert_eq!((assignment.column.as_str(), assignment.expression.as_str()), (column, expression));
        }
        for text in ["email", "= 1", "email =", ""] {
            assert!(matches!(text.parse::<Assignment>(), Err(InvalidAssignment::Form(_))), "for `{text}`");
        }
        for text in ["a.b = 1", "a b = 1", "\"a = 1", "\"a\"b\" = 1", "1a = 1"] {
            assert!(matches!(text.parse::<Assignment>(), Err(InvalidAssignment::Column(_))), "for `{text}`");
        }
    }
}
