//! Rows as a file declares them, each value with its place.

use std::borrow::Cow;
use std::sync::Arc;

use limosa_catalog::Identifier;
use limosa_syntax::{Diagnostic, SourceFile, Span};

use super::csv::{self, Dialect};
use super::held::HeldRow;
use super::node::Node;
use super::settings::TableSettings;
use super::{file_name, held, json, yaml};
use crate::ColumnName;

/// How many findings of one file are told. What is wrong once is often wrong on every line.
pub(super) const MOST_PROBLEMS: usize = 20;

/// The rows of one file. Those of CSV stay text until they are asked for, so that a large file costs its own size.
#[derive(Debug, Clone)]
pub struct SeedRows {
    source: Arc<SourceFile>,
    columns: Vec<SeedColumn>,
    body: Body,
    count: usize,
}

#[derive(Debug, Clone)]
enum Body {
    /// Records from this byte on.
    Csv {
        dialect: Dialect,
        start: usize,
    },
    Held(Vec<HeldRow>),
}

/// A column of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeedColumn {
    /// The table's column that is filled.
    pub name: Identifier,
    /// Where the values of the file stand, if they are to be looked up.
    pub reference: Option<ColumnName>,
    /// Where it is first named.
    pub span: Span,
}

/// A value and its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell<'a> {
    /// The value.
    pub value: Value<'a>,
    /// Where it stands.
    pub span: Span,
}

/// A value as a file spells it.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// NULL.
    Null,
    /// What the type of the column reads.
    Text(Cow<'a, str>),
    /// A value of JSON or YAML, which becomes text when the form of the column is known.
    Node(&'a Node),
}

impl SeedRows {
    /// Reads a file; its form is what its name ends in.
    pub(super) fn read(source: &Arc<SourceFile>, settings: &TableSettings) -> Result<Self, Vec<Diagnostic>> {
        let name = source.path.rsplit('/').next().unwrap_or(&source.path);
        let format = file_name::FileName::read(name).map(|name| name.format);
        let rows = match format {
            Some(file_name::Format::Json) => Self::held(source, held::read(source, json::read(source)?)?),
            Some(file_name::Format::Yaml) => Self::held(source, held::read(source, yaml::read(source)?)?),
            _ => Self::csv(source, settings)?,
        };
        rows.with_references(settings)
    }

    fn csv(source: &Arc<SourceFile>, settings: &TableSettings) -> Result<Self, Vec<Diagnostic>> {
        let dialect = Dialect::new(settings.delimiter, &settings.null);
        let table = csv::check(source, &dialect)?;
        let body = Body::Csv { dialect, start: table.start };
        Ok(Self { source: Arc::clone(source), columns: table.columns, body, count: table.rows })
    }

    fn held(source: &Arc<SourceFile>, (columns, rows): (Vec<SeedColumn>, Vec<HeldRow>)) -> Self {
        let count = rows.len();
        Self { source: Arc::clone(source), columns, body: Body::Held(rows), count }
    }

    /// Columns that limosa.toml calls references are such, too.
    fn with_references(mut self, settings: &TableSettings) -> Result<Self, Vec<Diagnostic>> {
        let mut problems = Vec::new();
        for (column, to) in &settings.references {
            let names = self.columns.iter().map(|column| column.name.as_str());
            match self.columns.iter().position(|it| it.name == *column) {
                // A file without rows may well have no columns.
                None if self.count == 0 => {}
                None => {
                    let message = format!("`references` names `{}`, which is no column here", column.as_str());
                    let error = Diagnostic::error("unknown-column", message).in_file(&self.source);
                    problems.push(error.with_help(crate::did_you_mean(column.as_str(), names)));
                }
                Some(at) => match &mut self.columns[at].reference {
                    Some(other) if other != to => {
                        let message = format!("limosa.toml has `{}` looked up in {to}, the file in {other}", column);
                        problems.push(
                            Diagnostic::error("two-references", message)
                                .at(&self.source, self.columns[at].span)
                                .with_help("say it in one place"),
                        );
                    }
                    reference => *reference = Some(to.clone()),
                },
            }
        }
        if problems.is_empty() { Ok(self) } else { Err(problems) }
    }

    /// The file.
    #[must_use]
    pub fn source(&self) -> &Arc<SourceFile> {
        &self.source
    }

    /// Its columns, in the order of the values of each row.
    #[must_use]
    pub fn columns(&self) -> &[SeedColumn] {
        &self.columns
    }

    /// How many rows it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Reads the rows from the first to the last.
    #[must_use]
    pub fn cursor(&self) -> RowCursor<'_> {
        let at = match &self.body {
            Body::Csv { start, .. } => *start,
            Body::Held(_) => 0,
        };
        RowCursor { rows: self, at, cells: Vec::with_capacity(self.columns.len()) }
    }

    /// The place of a value, rows and columns counted from 0; of the whole row where the column is `None`. Reads the
    /// file up to it.
    #[must_use]
    pub fn place(&self, row: usize, column: Option<usize>) -> Option<Span> {
        let mut cursor = self.cursor();
        for _ in 0..row {
            cursor.next_row()?;
        }
        let cells = cursor.next_row()?;
        match column {
            Some(column) => cells.get(column).map(|cell| cell.span),
            None => Some(Span::new(cells.first()?.span.start, cells.iter().map(|cell| cell.span.end).max()?)),
        }
    }
}

/// Rows one by one. The cells of one are gone with the next.
#[derive(Debug)]
pub struct RowCursor<'a> {
    rows: &'a SeedRows,
    /// The byte, or the number, of the next row.
    at: usize,
    cells: Vec<Cell<'a>>,
}

impl<'a> RowCursor<'a> {
    /// The next row; `None` behind the last.
    pub fn next_row(&mut self) -> Option<&[Cell<'a>]> {
        self.cells.clear();
        match &self.rows.body {
            Body::Csv { dialect, .. } => {
                let text = &self.rows.source.text;
                self.at = csv::next_record(text, self.at, dialect, self.rows.columns.len(), &mut self.cells).ok()??;
            }
            Body::Held(rows) => {
                let row = rows.get(self.at)?;
                self.at += 1;
                self.cells.extend(self.rows.columns.iter().enumerate().map(|(column, _)| row.cell(column)));
            }
        }
        Some(&self.cells)
    }
}
