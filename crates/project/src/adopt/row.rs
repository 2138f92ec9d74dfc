//! A row of another tool's table, as the server gives it in JSON.

use jiff::Timestamp;
use serde_json::{Map, Value};

/// One row: its columns by name. Times stand in it with their offset.
#[derive(Debug, Clone, PartialEq)]
pub struct OldRow {
    values: Map<String, Value>,
}

/// A row that the tool cannot have written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the row {row} holds {found} in `{column}`; expected {expected}")]
pub struct ImpossibleRow {
    /// The row, cut to a line.
    pub row: String,
    /// The column.
    pub column: String,
    /// What is in it.
    pub found: String,
    /// What the tool writes there.
    pub expected: String,
}

impl OldRow {
    /// Takes `to_jsonb(row)` as text; `None` where that is no object.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match serde_json::from_str(text) {
            Ok(Value::Object(values)) => Some(Self { values }),
            _ => None,
        }
    }

    fn value(&self, column: &str) -> Option<&Value> {
        self.values.get(column).filter(|value| !value.is_null())
    }

    /// The error that says what should stand in a column.
    pub(crate) fn impossible(&self, column: &str, expected: &str) -> ImpossibleRow {
        let row: String = Value::Object(self.values.clone()).to_string().chars().take(120).collect();
        let found = self.values.get(column).map_or_else(|| "nothing".to_owned(), Value::to_string);
        ImpossibleRow { row, column: column.to_owned(), found, expected: expected.to_owned() }
    }

    pub(crate) fn text(&self, column: &str) -> Result<&str, ImpossibleRow> {
        self.optional_text(column).ok_or_else(|| self.impossible(column, "a text"))
    }

    pub(crate) fn optional_text(&self, column: &str) -> Option<&str> {
        self.value(column)?.as_str()
    }

    pub(crate) fn number(&self, column: &str) -> Result<i64, ImpossibleRow> {
        self.optional_number(column).ok_or_else(|| self.impossible(column, "a whole number"))
    }

    pub(crate) fn optional_number(&self, column: &str) -> Option<i64> {
        let value = self.value(column)?;
        // `numeric` may come with decimals of zero.
        value.as_i64().or_else(|| value.as_f64().filter(|number| number.fract() == 0.0).map(|number| number as i64))
    }

    pub(crate) fn boolean(&self, column: &str) -> Result<bool, ImpossibleRow> {
        self.value(column).and_then(Value::as_bool).ok_or_else(|| self.impossible(column, "true or false"))
    }

    /// `None` also for a time without end.
    pub(crate) fn time(&self, column: &str) -> Option<Timestamp> {
        self.value(column)?.as_str()?.parse().ok()
    }

    pub(crate) fn texts(&self, column: &str) -> Option<Vec<&str>> {
        self.value(column)?.as_array()?.iter().map(Value::as_str).collect()
    }
}
