//! The part of a file that is applied or reverted.

use std::sync::Arc;

use limosa_syntax::{SourceFile, Span};

/// How the statements of a script are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Separator {
    /// By semicolons, as PostgreSQL reads them.
    Semicolon,
    /// By Drizzle's lines `--> statement-breakpoint`; semicolons work as well.
    Breakpoints,
    /// By semicolons, except between goose's lines `-- +goose StatementBegin` and `-- +goose StatementEnd`, where
    /// everything is one statement.
    GooseStatements,
}

/// SQL to run: a section of a file. The file's text is shared, never copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// The whole file.
    pub source: Arc<SourceFile>,
    /// The bytes of the file's text that are this script.
    pub section: Span,
    /// How its statements are told apart.
    pub separator: Separator,
}

impl Script {
    /// A script that is the whole file, without its byte order mark.
    #[must_use]
    pub fn whole(source: &Arc<SourceFile>, separator: Separator) -> Self {
        let start = if source.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Self { source: Arc::clone(source), section: Span::new(start, source.text.len()), separator }
    }

    /// A script that lies in no file, such as what the history kept. The path is what people are shown.
    #[must_use]
    pub fn of_text(path: &str, text: &str) -> Self {
        Self::whole(&Arc::new(SourceFile { path: path.to_owned(), text: text.into() }), Separator::Semicolon)
    }

    /// The text of the section.
    #[must_use]
    pub fn text(&self) -> &str {
        self.section.of(&self.source.text)
    }

    /// Whether there is nothing in it but white space.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.text().trim().is_empty()
    }
}
