//! CSV as PostgreSQL's COPY reads it: a value in quotes may hold anything, a quote in it is doubled, and only a value
//! without quotes can be NULL. Stricter where COPY guesses: a quote must begin a value or be in quotes.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use limosa_catalog::Identifier;
use limosa_syntax::{Diagnostic, LineIndex, SourceFile, Span};

use super::rows::{Cell, MOST_PROBLEMS, SeedColumn, Value};
use crate::ColumnName;

/// Which signs mean what.
#[derive(Debug, Clone)]
pub(super) struct Dialect {
    /// ASCII; limosa.toml takes no other.
    delimiter: u8,
    null: Box<str>,
}

impl Dialect {
    pub(super) fn new(delimiter: char, null: &str) -> Self {
        Self { delimiter: u8::try_from(delimiter).unwrap_or(b','), null: null.into() }
    }
}

/// What is wrong with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Malformed {
    /// The quote at this byte is not closed.
    Unclosed(usize),
    /// Behind a closing quote, at this byte, stands something other than a delimiter.
    BehindQuote(usize),
    /// A value without quotes holds one, at this byte.
    QuoteInside(usize),
}

/// The header of a file, and what follows it.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) columns: Vec<SeedColumn>,
    /// Where the first record begins.
    pub(super) start: usize,
    pub(super) rows: usize,
}

/// Reads the record at a byte, and gives the byte behind it; `None` at the end. Lines with nothing on them are passed
/// over, except where there is one column: there such a line is a NULL.
pub(super) fn next_record<'a>(
    text: &'a str,
    mut at: usize,
    dialect: &Dialect,
    columns: usize,
    cells: &mut Vec<Cell<'a>>,
) -> Result<Option<usize>, Malformed> {
    let bytes = text.as_bytes();
    if columns > 1 {
        while let Some(length) = line_end(bytes, at).filter(|length| *length > 0) {
            at += length;
        }
    }
    if at >= bytes.len() {
        return Ok(None);
    }
    loop {
        let (cell, end) = match bytes.get(at) {
            Some(b'"') => quoted(text, at, dialect)?,
            _ => unquoted(text, at, dialect)?,
        };
        cells.push(cell);
        if bytes.get(end) != Some(&dialect.delimiter) {
            return Ok(Some(end + line_end(bytes, end).unwrap_or_default()));
        }
        at = end + 1;
    }
}

/// How long the end of a line is that stands at a byte; 0 at the end of the text, `None` elsewhere.
fn line_end(bytes: &[u8], at: usize) -> Option<usize> {
    match (bytes.get(at), bytes.get(at + 1)) {
        (Some(b'\n'), _) => Some(1),
        (Some(b'\r'), Some(b'\n')) => Some(2),
        (None, _) => Some(0),
        _ => None,
    }
}

fn unquoted<'a>(text: &'a str, start: usize, dialect: &Dialect) -> Result<(Cell<'a>, usize), Malformed> {
    let bytes = text.as_bytes();
    let mut end = start;
    for byte in &bytes[start..] {
        match *byte {
            b'\n' => break,
            b'"' => return Err(Malformed::QuoteInside(end)),
            byte if byte == dialect.delimiter => break,
            _ => end += 1,
        }
    }
    // Only in front of a line feed is it part of the line's end.
    if end > start && bytes[end - 1] == b'\r' && bytes.get(end) == Some(&b'\n') {
        end -= 1;
    }
    let value = &text[start..end];
    let value = if *value == *dialect.null { Value::Null } else { Value::Text(Cow::Borrowed(value)) };
    Ok((Cell { value, span: Span::new(start, end) }, end))
}

fn quoted<'a>(text: &'a str, start: usize, dialect: &Dialect) -> Result<(Cell<'a>, usize), Malformed> {
    let bytes = text.as_bytes();
    let mut at = start + 1;
    let mut doubled = false;
    let end = loop {
        let quote = bytes[at..].iter().position(|byte| *byte == b'"').ok_or(Malformed::Unclosed(start))? + at;
        if bytes.get(quote + 1) != Some(&b'"') {
            break quote;
        }
        doubled = true;
        at = quote + 2;
    };
    let behind = end + 1;
    if bytes.get(behind) != Some(&dialect.delimiter) && line_end(bytes, behind).is_none() {
        return Err(Malformed::BehindQuote(behind));
    }
    let inside = &text[start + 1..end];
    let value = if doubled { Cow::Owned(inside.replace("\"\"", "\"")) } else { Cow::Borrowed(inside) };
    Ok((Cell { value: Value::Text(value), span: Span::new(start, behind) }, behind))
}

/// Reads the header, and every record once.
pub(super) fn check(source: &Arc<SourceFile>, dialect: &Dialect) -> Result<Table, Vec<Diagnostic>> {
    let text = &*source.text;
    let mut at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut cells = Vec::new();
    // At least two, so that lines with nothing on them are passed over.
    match next_record(text, at, dialect, 2, &mut cells) {
        Ok(Some(end)) => at = end,
        Ok(None) => {
            let error = Diagnostic::error("empty-seed", format!("`{}` has no header", source.path)).in_file(source);
            return Err(vec![error.with_help("its first line names the columns")]);
        }
        Err(malformed) => return Err(vec![malformed.diagnostic(source)]),
    }
    let columns = header(source, &cells, dialect)?;
    let mut check = Check { source, problems: Vec::new(), lines: None };
    let (start, mut rows) = (at, 0);
    loop {
        cells.clear();
        match next_record(text, at, dialect, columns.len(), &mut cells) {
            Ok(None) => break,
            Ok(Some(end)) => {
                rows += 1;
                if cells.len() != columns.len() {
                    check.ragged(&cells, &columns);
                }
                at = end;
            }
            Err(malformed) => {
                check.problems.push(malformed.diagnostic(source));
                let Some(line) = malformed.resume().and_then(|at| text[at..].find('\n').map(|line| at + line)) else {
                    break;
                };
                at = line + 1;
            }
        }
        if check.problems.len() >= MOST_PROBLEMS {
            break;
        }
    }
    if let Some(zero) = text.find('\0') {
        let error = Diagnostic::error("zero-byte", "a value holds a zero byte, which PostgreSQL's texts cannot hold");
        check.problems.push(error.at(source, Span::new(zero, zero + 1)).with_help("is the file UTF-16?"));
    }
    if check.problems.is_empty() { Ok(Table { columns, start, rows }) } else { Err(check.problems) }
}

struct Check<'a> {
    source: &'a Arc<SourceFile>,
    problems: Vec<Diagnostic>,
    lines: Option<LineIndex>,
}

impl Check<'_> {
    fn ragged(&mut self, cells: &[Cell<'_>], columns: &[SeedColumn]) {
        let (Some(first), Some(last)) = (cells.first(), cells.last()) else { return };
        let lines = self.lines.get_or_insert_with(|| LineIndex::new(&self.source.text));
        let line = lines.locate(&self.source.text, first.span.start).line;
        let values = |count: usize| if count == 1 { "1 value".to_owned() } else { format!("{count} values") };
        let message = format!("line {line} has {}, the header {}", values(cells.len()), columns.len());
        let (span, help) = match columns.get(cells.len()) {
            Some(missing) => (
                Span::new(first.span.start, last.span.end),
                format!("`{}` and what comes behind it is missing", missing.name.as_str()),
            ),
            None => (
                Span::new(cells[columns.len()].span.start, last.span.end),
                "put a value that holds the delimiter in double quotes".to_owned(),
            ),
        };
        self.problems.push(Diagnostic::error("ragged-row", message).at(self.source, span).with_help(help));
    }
}

/// The names in the first line: `code`, or `practice_id->practice.code`.
fn header(source: &Arc<SourceFile>, cells: &[Cell<'_>], dialect: &Dialect) -> Result<Vec<SeedColumn>, Vec<Diagnostic>> {
    let (mut columns, mut problems): (Vec<SeedColumn>, Vec<Diagnostic>) = (Vec::new(), Vec::new());
    let mut seen = HashMap::new();
    for cell in cells {
        let text = match &cell.value {
            Value::Text(text) => text.trim(),
            _ => "",
        };
        let mut push = |error: Diagnostic| problems.push(error.at(source, cell.span));
        match column(text, cell.span) {
            Err(message) => push(Diagnostic::error("invalid-header", message)),
            Ok(column) => {
                if seen.insert(column.name.clone(), cell.span).is_some() {
                    let message = format!("the header names `{}` twice", column.name.as_str());
                    push(Diagnostic::error("duplicate-column", message));
                }
                columns.push(column);
            }
        }
    }
    if let ([only], true) = (cells, problems.is_empty()) {
        let other = [';', '\t', '|', ','].into_iter().find(|sign| {
            u8::try_from(*sign).is_ok_and(|sign| sign != dialect.delimiter)
                && only.span.of(&source.text).contains(*sign)
        });
        if let Some(other) = other {
            let message = format!("the header is one column, `{}`", only.span.of(&source.text));
            problems.push(
                Diagnostic::error("wrong-delimiter", message)
                    .at(source, only.span)
                    .with_help(format!("if {other:?} parts the values, say `delimiter = {other:?}` in limosa.toml")),
            );
        }
    }
    if problems.is_empty() { Ok(columns) } else { Err(problems) }
}

/// A column's name, and what it refers to.
pub(super) fn column(text: &str, span: Span) -> Result<SeedColumn, String> {
    let (name, reference) = match text.split_once("->") {
        Some((name, to)) => {
            (name.trim(), Some(ColumnName::parse(to.trim()).map_err(|error| format!("`{text}`: {error}"))?))
        }
        None => (text, None),
    };
    let name = Identifier::new(name).map_err(|error| format!("no column is called `{name}`: {error}"))?;
    Ok(SeedColumn { name, reference, span })
}

impl Malformed {
    fn diagnostic(self, source: &Arc<SourceFile>) -> Diagnostic {
        let (message, help, at) = match self {
            Self::Unclosed(at) => (
                "the quote that is opened here is not closed",
                "close it; a quote inside of a value in quotes is doubled",
                at,
            ),
            Self::BehindQuote(at) => (
                "something stands behind the closing quote of a value",
                "a quote inside of a value in quotes is doubled; blanks belong inside the quotes",
                at,
            ),
            Self::QuoteInside(at) => (
                "a value without quotes holds a double quote",
                "put the whole value in double quotes, and double the one that it holds",
                at,
            ),
        };
        let end = source.text.ceil_char_boundary(at + 1);
        Diagnostic::error("malformed-csv", message).at(source, Span::new(at, end)).with_help(help)
    }

    /// Where reading may go on with the next line.
    fn resume(self) -> Option<usize> {
        match self {
            Self::Unclosed(_) => None,
            Self::BehindQuote(at) | Self::QuoteInside(at) => Some(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str, dialect: &Dialect) -> Vec<Vec<Option<String>>> {
        let source = Arc::new(SourceFile { path: "t.csv".to_owned(), text: text.into() });
        let table = check(&source, dialect).unwrap();
        let (mut at, mut rows, mut cells) = (table.start, Vec::new(), Vec::new());
        while let Some(end) = next_record(&source.text, at, dialect, table.columns.len(), &mut cells).unwrap() {
            rows.push(cells.drain(..).map(|cell| cell.text()).collect());
            at = end;
        }
        assert_eq!(rows.len(), table.rows);
        rows
    }

    impl Cell<'_> {
        fn text(self) -> Option<String> {
            match self.value {
                Value::Text(text) => Some(text.into_owned()),
                Value::Null | Value::Node(_) => None,
            }
        }
    }

    #[test]
    fn quotes_tell_an_empty_text_from_null() {
        let dialect = Dialect::new(',', "");
        let text = "\u{feff}a,b\r\n1,\r\n\r\n2,\"\"\n\"3\"\"\n,\",x\r";
        let expected = [["1", "-"], ["2", ""], ["3\"\n,", "x\r"]];
        let expected = expected.map(|row| row.map(|it| (it != "-").then(|| it.to_owned())).to_vec());
        assert_eq!(read(text, &dialect), expected);
        let dialect = Dialect::new(';', "NULL");
        let one = |text: &str| Some(text.to_owned());
        assert_eq!(read("a;b\nNULL;\"NULL\"\n;x", &dialect), [[None, one("NULL")], [one(""), one("x")]]);
        assert_eq!(read("a\n\n1", &Dialect::new(',', "")), [[None], [one("1")]]);
    }

    fn written(rows: &[Vec<Option<String>>], delimiter: char, quote_all: bool, end: &str) -> String {
        let mut text = String::new();
        for row in rows {
            let cells: Vec<String> = row
                .iter()
                .map(|cell| match cell {
                    None => String::new(),
                    Some(text) if quote_all || text.is_empty() || text.contains([delimiter, '"', '\n', '\r']) => {
                        format!("\"{}\"", text.replace('"', "\"\""))
                    }
                    Some(text) => text.clone(),
                })
                .collect();
            text.push_str(&cells.join(&delimiter.to_string()));
            text.push_str(end);
        }
        text
    }

    proptest! {
        #[test]
        fn rows_that_are_written_are_read_again(
            columns in 2usize..5,
            values in prop::collection::vec(prop::option::of("[a\",;\n\r \\\\é🦆-]{0,6}"), 0..40),
            delimiter in prop::sample::select(vec![',', ';', '\t', '|']),
            quote_all: bool,
            end in prop::sample::select(vec!["\n", "\r\n"]),
        ) {
            let rows: Vec<Vec<Option<String>>> = values.chunks_exact(columns).map(<[_]>::to_vec).collect();
            let names: Vec<String> = (0..columns).map(|at| format!("c{at}")).collect();
            let header = names.join(&delimiter.to_string());
            let text = format!("{header}{end}{}", written(&rows, delimiter, quote_all, end));
            prop_assert_eq!(read(&text, &Dialect::new(delimiter, "")), rows);
        }

        #[test]
        fn any_text_is_rows_or_findings_with_places(text in "(a,b\n)?[a-c\",\n\r\0é]{0,40}") {
            let source = Arc::new(SourceFile { path: "t.csv".to_owned(), text: text.as_str().into() });
            match check(&source, &Dialect::new(',', "")) {
                Ok(table) => prop_assert!(table.start <= text.len()),
                Err(problems) => {
                    prop_assert!(!problems.is_empty());
                    for problem in problems {
                        let span = problem.span.unwrap_or(Span::new(0, 0));
                        prop_assert!(text.get(span.start..span.end).is_some(), "{problem:?}");
                    }
                }
            }
        }
    }
}
