//! From the value that a JSON or YAML file is to rows: a list of maps, one for each row.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use limosa_syntax::{Diagnostic, SourceFile, Span};

use super::csv::column;
use super::node::{Node, Scalar};
use super::rows::{Cell, MOST_PROBLEMS, SeedColumn, Value};

/// A row of values, in the order of the columns of the file.
#[derive(Debug, Clone)]
pub(super) struct HeldRow {
    /// Where the row is.
    span: Span,
    values: Vec<Option<Node>>,
}

impl HeldRow {
    /// A value; what the row does not name is NULL.
    pub(super) fn cell(&self, column: usize) -> Cell<'_> {
        match self.values.get(column).and_then(Option::as_ref) {
            None => Cell { value: Value::Null, span: Span::new(self.span.start, self.span.start) },
            Some(node) => Cell {
                span: node.span,
                value: match &node.scalar {
                    Scalar::Null => Value::Null,
                    _ => Value::Node(node),
                },
            },
        }
    }
}

/// Reads the rows; the columns are all that any row names, in the order of their first mention.
pub(super) fn read(
    source: &Arc<SourceFile>,
    root: Option<Node>,
) -> Result<(Vec<SeedColumn>, Vec<HeldRow>), Vec<Diagnostic>> {
    let items = match root {
        None | Some(Node { scalar: Scalar::Null, .. }) => Vec::new(),
        Some(Node { scalar: Scalar::List(items), .. }) => items,
        Some(other) => return Err(vec![not_rows(source, &other, "the file is", "a list of rows")]),
    };
    let mut reading = Reading { source, columns: Vec::new(), known: HashMap::new(), problems: Vec::new() };
    let mut rows = Vec::with_capacity(items.len());
    for item in items {
        rows.extend(reading.row(item));
        if reading.problems.len() >= MOST_PROBLEMS {
            break;
        }
    }
    if reading.problems.is_empty() { Ok((reading.columns, rows)) } else { Err(reading.problems) }
}

struct Reading<'a> {
    source: &'a Arc<SourceFile>,
    columns: Vec<SeedColumn>,
    /// The place of a column by what stands in the file.
    known: HashMap<String, usize>,
    problems: Vec<Diagnostic>,
}

impl Reading<'_> {
    fn row(&mut self, item: Node) -> Option<HeldRow> {
        let Scalar::Map(entries) = item.scalar else {
            self.problems.push(not_rows(self.source, &item, "a row is", "names and values"));
            return None;
        };
        let mut row = HeldRow { span: item.span, values: Vec::new() };
        for (key, value) in entries {
            let at = match self.known.get(&key.name) {
                Some(at) => *at,
                None => match column(key.name.trim(), key.span) {
                    Ok(column) => self.add(key.name, column)?,
                    Err(message) => {
                        let error = Diagnostic::error("invalid-header", message).at(self.source, key.span);
                        self.problems.push(error);
                        return None;
                    }
                },
            };
            if row.values.len() <= at {
                row.values.resize(at + 1, None);
            }
            row.values[at] = Some(value);
        }
        Some(row)
    }

    fn add(&mut self, written: String, column: SeedColumn) -> Option<usize> {
        if let Some(other) = self.columns.iter().find(|other| other.name == column.name) {
            let message = format!("`{}` is spelled in two ways", other.name.as_str());
            let error = Diagnostic::error("duplicate-column", message).at(self.source, column.span);
            self.problems.push(error.with_help("name what it refers to in every row, or in limosa.toml"));
            return None;
        }
        self.columns.push(column);
        self.known.insert(written, self.columns.len() - 1);
        Some(self.columns.len() - 1)
    }
}

fn not_rows(source: &Arc<SourceFile>, node: &Node, what: &str, expected: &str) -> Diagnostic {
    let found = match &node.scalar {
        Scalar::Null => Cow::Borrowed("null"),
        Scalar::Boolean(value) => Cow::Owned(value.to_string()),
        Scalar::Number(text) => Cow::Owned(format!("the number {text}")),
        Scalar::Text(_) => Cow::Borrowed("a text"),
        Scalar::Bytes(_) => Cow::Borrowed("bytes"),
        Scalar::List(_) => Cow::Borrowed("a list"),
        Scalar::Map(_) => Cow::Borrowed("a map"),
    };
    // A long value would be underlined from here to the end of the file.
    let text = node.span.of(&source.text);
    let line = text.find('\n').map_or(node.span.end, |at| node.span.start + at);
    Diagnostic::error("no-rows", format!("{what} {found}; expected {expected}"))
        .at(source, Span::new(node.span.start, line))
        .with_help("a seed is a list with a map of columns and values for each row")
}
