//! What is to be done to which rows.

use limosa_catalog::Identifier;
use limosa_ids::GeneratorSpec;
use serde::{Deserialize, Serialize};

/// A change of many rows of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackfillDefinition {
    /// The table, as SQL spells it; without a schema, the search path decides.
    pub table: String,
    /// What becomes of each row.
    pub change: RowChange,
    /// Which rows: an SQL condition; all where there is none.
    pub condition: Option<String>,
}

/// What becomes of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowChange {
    /// Columns get the values of SQL expressions.
    Set(Vec<Assignment>),
    /// A column without a value gets an id that is made here.
    Generate {
        /// The column.
        column: Identifier,
        /// How its ids are made.
        spec: GeneratorSpec,
    },
    /// It is deleted.
    Delete,
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

/// How a definition stands in a job's row.
#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    format: u32,
    table: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    set: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    generate: Option<(String, String)>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    delete: bool,
    #[serde(rename = "where", default, skip_serializing_if = "Option::is_none")]
    condition: Option<String>,
}

const FORMAT: u32 = 1;

impl BackfillDefinition {
    /// As JSON, the same for the same definition.
    pub(crate) fn to_json(&self) -> String {
        let (mut set, mut generate) = (Vec::new(), None);
        match &self.change {
            RowChange::Set(assignments) => {
                set = assignments.iter().map(|it| (it.column.as_str().to_owned(), it.expression.clone())).collect();
            }
            RowChange::Generate { column, spec } => generate = Some((column.as_str().to_owned(), spec.to_string())),
            RowChange::Delete => {}
        }
        let stored = Stored {
            format: FORMAT,
            table: self.table.clone(),
            set,
            generate,
            delete: self.change == RowChange::Delete,
            condition: self.condition.clone(),
        };
        serde_json::to_string(&stored).unwrap_or_default()
    }

    /// From JSON; `None` where another version of Limosa wrote it.
    pub(crate) fn from_json(text: &str) -> Option<Self> {
        let stored: Stored = serde_json::from_str(text).ok().filter(|stored: &Stored| stored.format == FORMAT)?;
        let change = match stored.generate {
            Some((column, spec)) => {
                RowChange::Generate { column: Identifier::new(column).ok()?, spec: spec.parse().ok()? }
            }
            None if stored.delete => RowChange::Delete,
            None => {
                let assignment = |(column, expression): (String, String)| {
                    Some(Assignment { column: Identifier::new(column).ok()?, expression })
                };
                RowChange::Set(stored.set.into_iter().map(assignment).collect::<Option<_>>()?)
            }
        };
        Some(Self { table: stored.table, change, condition: stored.condition })
    }

    /// The columns that get values.
    #[must_use]
    pub fn columns(&self) -> Vec<&Identifier> {
        match &self.change {
            RowChange::Set(assignments) => assignments.iter().map(|assignment| &assignment.column).collect(),
            RowChange::Generate { column, .. } => vec![column],
            RowChange::Delete => Vec::new(),
        }
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

    #[test]
    fn a_definition_is_stored_and_read_again() {
        let set = RowChange::Set(vec!["a = b + 1".parse().unwrap(), "\"C\" = ';'".parse().unwrap()]);
        let generate =
            RowChange::Generate { column: Identifier::new("Public id").unwrap(), spec: "cuid2:pat_".parse().unwrap() };
        for change in [set, generate, RowChange::Delete] {
            for condition in [None, Some("a IS NULL".to_owned())] {
                let definition =
                    BackfillDefinition { table: "public.patient".into(), change: change.clone(), condition };
                assert_eq!(BackfillDefinition::from_json(&definition.to_json()), Some(definition));
            }
        }
        assert_eq!(BackfillDefinition::from_json(r#"{"format":2,"table":"a"}"#), None);
    }
}
