//! The rules of one tool.

use limosa_syntax::Diagnostic;

use super::entry::EntrySource;
use super::table::Shape;
use super::{ImpossibleRow, OldEntry, OldRow, SeenTable, ToolFiles};
use crate::layout::Entry;

/// What a tool's rows are read from.
pub(crate) struct Reading<'a> {
    /// The table.
    pub(crate) table: &'a SeenTable,
    /// Its rows, in the order that the tool asked for.
    pub(crate) rows: &'a [OldRow],
    /// The tables beside it that the tool asked for, with their rows.
    pub(crate) beside: &'a [(SeenTable, Vec<OldRow>)],
    /// The tool's files.
    pub(crate) files: &'a ToolFiles,
    /// What is worth knowing, or stands in the way.
    pub(crate) problems: Vec<Diagnostic>,
}

/// What has to be refused so that a tool changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GuardKind {
    /// Changes of its tables: it writes before it runs a migration, or in the same transaction.
    Writing,
    /// Reading its table: it runs a migration first and writes the row afterwards, by itself.
    Reading,
}

/// The rules of one tool.
pub(crate) trait Tool: Sync {
    /// What its table is called unless it is told otherwise, in lower case.
    fn usual_names(&self) -> &'static [&'static str];

    /// The columns of its table.
    fn shape(&self) -> Shape;

    /// Whether a table of the right columns is its, as far as the tables around it tell.
    fn fits_among(&self, _table: &SeenTable, _all: &[SeenTable]) -> bool {
        true
    }

    /// Whether a table beside its own belongs to it and has to be read, too.
    fn belongs(&self, _table: &SeenTable, _other: &SeenTable) -> bool {
        false
    }

    /// Schemas that this tool makes for itself.
    fn own_schemas(&self) -> &'static [&'static str] {
        &[]
    }

    /// What has to be refused so that it changes nothing.
    fn guard(&self) -> GuardKind {
        GuardKind::Writing
    }

    /// The columns by which the rows are ordered.
    fn order(&self) -> &'static [&'static str];

    /// What the rows mean.
    ///
    /// # Errors
    /// A row that this tool cannot have written.
    fn read(&self, reading: &mut Reading<'_>) -> Result<Vec<OldEntry>, ImpossibleRow>;
}

impl Reading<'_> {
    /// The source of a migration that a layout found, or that of none.
    pub(crate) fn sql(&self, entry: Option<&Entry>) -> EntrySource {
        match entry {
            Some(entry) => EntrySource::Sql(vec![self.files.shown(&entry.up)]),
            None => EntrySource::Gone { kept: None },
        }
    }

    /// The text of a migration that a layout found.
    pub(crate) fn up_text(&self, entry: Option<&Entry>) -> Option<&str> {
        self.files.text(&entry?.up)
    }

    /// The source of a program's file, or that of none.
    pub(crate) fn code(&self, path: Option<&str>) -> EntrySource {
        match path {
            Some(path) => EntrySource::Code { path: Some(self.files.shown(path)), runs: None, after: None },
            None => EntrySource::Gone { kept: None },
        }
    }

    /// The table's name, as people write it.
    pub(crate) fn name(&self) -> String {
        self.table.shown()
    }

    pub(crate) fn warn(&mut self, code: &'static str, message: String, help: &str) {
        self.problems.push(Diagnostic::warning(code, message).with_help(help));
    }
}
