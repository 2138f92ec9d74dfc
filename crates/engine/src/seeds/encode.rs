//! From rows of a file to the text of `COPY … FROM stdin`, piece by piece.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use limosa_project::{ColumnForm, RowCursor, SeedRows, Value};
use limosa_syntax::{Diagnostic, SourceFile, Span};

/// Large enough that the headers of messages do not count.
const PIECE_BYTES: usize = 128 * 1024;

/// How many findings are told.
const MOST_PROBLEMS: usize = 20;

/// The values of the variables that a seed may hold, by the name that stands in the file.
pub(super) type Variables = BTreeMap<String, String>;

/// A column on its way to the server.
#[derive(Debug, Clone)]
pub(super) struct EncodedColumn {
    pub(super) form: ColumnForm,
    /// As people name it.
    pub(super) name: String,
    pub(super) data_type: String,
    /// Whether it is part of the key, in which nothing may be NULL.
    pub(super) in_key: bool,
}

/// The rows of a file as pieces of COPY text.
pub(super) struct Encoder<'a> {
    source: &'a Arc<SourceFile>,
    cursor: RowCursor<'a>,
    columns: &'a [EncodedColumn],
    variables: &'a Variables,
    /// Whether each row is preceded by its number, counted from 1.
    numbered: bool,
    row: usize,
    problems: Vec<Diagnostic>,
}

impl<'a> Encoder<'a> {
    pub(super) fn new(
        rows: &'a SeedRows,
        columns: &'a [EncodedColumn],
        variables: &'a Variables,
        numbered: bool,
    ) -> Self {
        let (source, cursor) = (rows.source(), rows.cursor());
        Self { source, cursor, columns, variables, numbered, row: 0, problems: Vec::new() }
    }

    /// What is wrong with the rows that were encoded so far; then what was sent is not to be kept.
    pub(super) fn problems(self) -> Vec<Diagnostic> {
        self.problems
    }

    fn encode(&mut self, text: &mut Vec<u8>) -> bool {
        let Some(cells) = self.cursor.next_row() else { return false };
        self.row += 1;
        if self.numbered {
            text.extend_from_slice(self.row.to_string().as_bytes());
        }
        for (at, (cell, column)) in cells.iter().zip(self.columns).enumerate() {
            if self.numbered || at > 0 {
                text.push(b'\t');
            }
            let mut is_null = false;
            match &cell.value {
                Value::Null => is_null = true,
                Value::Text(value) => put(value, self.variables, text),
                Value::Node(node) => match node.text(column.form) {
                    Ok(Some(value)) => put(&value, self.variables, text),
                    Ok(None) => is_null = true,
                    Err((node, what)) => {
                        let message = format!("`{}` is of type {} and takes no {what}", column.name, column.data_type);
                        let message = message.replace("takes no a ", "takes no ");
                        let error = Diagnostic::error("wrong-type", message);
                        self.problems.push(error.at(self.source, first_line(self.source, node.span)));
                    }
                },
            }
            if is_null {
                text.extend_from_slice(b"\\N");
                if column.in_key {
                    let message = format!("`{}` is part of the key and holds no value here", column.name);
                    let error = Diagnostic::error("null-in-key", message).at(self.source, cell.span);
                    self.problems.push(error.with_help("without it the row cannot be found again"));
                }
            }
        }
        text.push(b'\n');
        self.problems.len() < MOST_PROBLEMS
    }
}

impl Iterator for Encoder<'_> {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        let mut text = Vec::with_capacity(PIECE_BYTES + 4096);
        while text.len() < PIECE_BYTES && self.encode(&mut text) {}
        (!text.is_empty()).then(|| text.into())
    }
}

fn first_line(source: &SourceFile, span: Span) -> Span {
    let length = span.of(&source.text).find('\n').unwrap_or(span.end - span.start);
    Span::new(span.start, span.start + length)
}

/// Adds a value, its variables filled, in the form in which COPY's text holds it. What a variable holds is not looked
/// through again.
fn put(value: &str, variables: &Variables, text: &mut Vec<u8>) {
    let mut rest = value;
    while !variables.is_empty()
        && let Some((before, behind)) = rest.split_once("${env:")
        && let Some((name, after)) = behind.split_once('}')
    {
        escape(before, text);
        match variables.get(name) {
            Some(filled) => escape(filled, text),
            None => escape(&rest[before.len()..rest.len() - after.len()], text),
        }
        rest = after;
    }
    escape(rest, text);
}

fn escape(value: &str, text: &mut Vec<u8>) {
    let bytes = value.as_bytes();
    let mut plain = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let escaped = match byte {
            b'\\' => b'\\',
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            _ => continue,
        };
        text.extend_from_slice(&bytes[plain..at]);
        text.extend_from_slice(&[b'\\', escaped]);
        plain = at + 1;
    }
    text.extend_from_slice(&bytes[plain..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_and_variables_filled_once() {
        let variables = Variables::from([("A".to_owned(), "${env:C}\t".to_owned()), ("C".to_owned(), "x".to_owned())]);
        let put = |value: &str| {
            let mut text = Vec::new();
            put(value, &variables, &mut text);
            String::from_utf8(text).unwrap()
        };
        assert_eq!(put("a\tb\\c\r\nd"), "a\\tb\\\\c\\r\\nd");
        assert_eq!(put("${env:A}, ${env:C}, ${env:D}, ${C}"), "${env:C}\\t, x, ${env:D}, ${C}");
    }
}
