//! Rows that must not be: how they are asked for, kept and shown.

use limosa_postgres::{Flight, ServerError};

/// How many rows are kept of a query that must return none.
const KEPT: usize = 20;

/// How many characters of a value are shown.
const VALUE: usize = 40;

const PREFIX: &str = "DECLARE limosa_rows NO SCROLL CURSOR FOR\n";

/// A query of which the first rows are fetched through a cursor, so that one that goes wrong on millions of rows sends
/// few. Must run in a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RowsQuery {
    text: String,
}

impl RowsQuery {
    /// One query, without a semicolon.
    pub(crate) fn of(sql: &str) -> Self {
        // On a line of its own, in case the query ends in a comment.
        let fetch = format!("FETCH FORWARD {} FROM limosa_rows;\nCLOSE limosa_rows", KEPT + 1);
        Self { text: format!("{PREFIX}{sql}\n;\n{fetch}") }
    }

    /// What is sent, several statements.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The byte of the query at which the server points, where `before` characters were sent before [`Self::text`].
    pub(crate) fn point(&self, sql: &str, before: usize, error: &ServerError) -> Option<usize> {
        let character = crate::server_words::position(error)?.checked_sub(1 + before + PREFIX.chars().count())?;
        sql.char_indices().nth(character).map(|(byte, _)| byte)
    }
}

/// The first rows of a query that should have returned none, as text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OffendingRows {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// At most 20 rows; `None` is NULL.
    pub rows: Vec<Vec<Option<String>>>,
    /// Whether there are more than these.
    pub more: bool,
}

impl OffendingRows {
    /// What the answer to a [`RowsQuery`] says; `None` where there are no rows.
    pub(crate) fn in_answer(answer: Flight) -> Option<Self> {
        let Flight { columns, mut rows, .. } = answer;
        let more = rows.len() > KEPT;
        rows.truncate(KEPT);
        (!rows.is_empty()).then_some(Self { columns, rows, more })
    }

    /// The same with each value passed through `change`.
    pub(crate) fn map(mut self, change: impl Fn(&str) -> String) -> Self {
        for value in self.rows.iter_mut().flatten().flatten() {
            *value = change(value);
        }
        self
    }

    /// How many there are, in words: `1 row`, `more than 20 rows`.
    #[must_use]
    pub fn count(&self) -> String {
        match (self.rows.len(), self.more) {
            (1, false) => "1 row".to_owned(),
            (many, false) => format!("{many} rows"),
            (many, true) => format!("more than {many} rows"),
        }
    }

    /// The rows under the names of their columns, aligned, values in one line each and cut at 40 characters.
    #[must_use]
    pub fn table(&self) -> String {
        let names = self.columns.iter().map(|name| shown(name)).collect();
        let cell = |value: &Option<String>| value.as_deref().map_or_else(|| "NULL".to_owned(), shown);
        let mut lines: Vec<Vec<String>> = vec![names];
        lines.extend(self.rows.iter().map(|row| row.iter().map(cell).collect()));
        let width = |column: usize| {
            let cells = lines.iter().filter_map(|line| line.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
        };
        let widths: Vec<usize> = (0..self.columns.len()).map(width).collect();
        let line = |cells: &Vec<String>| {
            let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
            padded.collect::<Vec<_>>().join(" | ").trim_end().to_owned()
        };
        let mut table: Vec<String> = lines.iter().map(line).collect();
        if self.more {
            table.push("…".to_owned());
        }
        table.join("\n")
    }
}

/// A value in one line.
fn shown(value: &str) -> String {
    let line: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if line.chars().count() <= VALUE {
        return line;
    }
    line.chars().take(VALUE - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(count: usize) -> Flight {
        let row = |n: usize| vec![Some(n.to_string()), (n > 0).then(|| format!("Ann\nof {}", "x".repeat(n * 30)))];
        Flight { completed: 3, columns: vec!["id".into(), "name".into()], rows: (0..count).map(row).collect() }
    }

    #[test]
    fn few_rows_are_shown_as_they_are_and_many_are_cut() {
        assert_eq!(OffendingRows::in_answer(rows(0)), None);
        let three = OffendingRows::in_answer(rows(3)).unwrap();
        assert_eq!(three.count(), "3 rows");
        let x = |count: usize| "x".repeat(count);
        let expected = format!("id | name\n0  | NULL\n1  | Ann of {}\n2  | Ann of {}…", x(30), x(32));
        assert_eq!(three.table(), expected);
        let many = OffendingRows::in_answer(rows(21)).unwrap();
        assert_eq!((many.rows.len(), many.count().as_str()), (20, "more than 20 rows"));
        assert!(many.table().ends_with("\n…"), "{}", many.table());
        assert_eq!(OffendingRows::in_answer(rows(1)).unwrap().count(), "1 row");
    }
}
