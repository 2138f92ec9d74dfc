//! Checks: queries that must return no rows, commands that must succeed, files that must say something.

mod file;
mod pattern;
mod read;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use limosa_syntax::{SourceFile, Span};

use crate::ServiceName;

pub use file::{FileFacts, FileVerdict, PendingName};
pub use pattern::PathPattern;
pub use read::read_checks;
pub(crate) use read::{own_folder, shown};

/// When checks run during `up`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckTime {
    /// When all that was pending on a target is applied.
    AfterRun,
    /// After each migration.
    AfterEach,
    /// Not at all.
    Never,
}

/// What `[check]` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckSettings {
    /// When checks run during `up`.
    pub time: CheckTime,
    /// How long a check may take.
    pub timeout: Duration,
    /// The revision that changes are counted from, as git names it.
    pub base: Option<String>,
    /// `[check.command.NAME]`, in the order of the file.
    pub commands: Vec<CheckCommand>,
    /// `[check.file.NAME]`, in the order of the file.
    pub files: Vec<FileCheck>,
}

/// A query that must return no rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckQuery {
    /// The file's name without its ending, with a number where the file holds several queries.
    pub name: String,
    /// The file.
    pub source: Arc<SourceFile>,
    /// The query in it, without a semicolon.
    pub span: Span,
}

/// A command that must end with exit code 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckCommand {
    /// Its name.
    pub name: String,
    /// What the shell runs, in the project's folder.
    pub command: String,
    /// How long it may take.
    pub timeout: Duration,
    /// Variables that it gets beside those of the process.
    pub variables: Vec<(String, String)>,
    /// The services that it is run for; empty means each.
    pub services: Vec<ServiceName>,
}

/// A file of which something is demanded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileCheck {
    /// Its name.
    pub name: String,
    /// The file, relative to the project's root.
    pub path: PathBuf,
    /// What is demanded of it besides being there.
    pub demands: Vec<FileDemand>,
}

/// What is demanded of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileDemand {
    /// It holds this text.
    Contains(String),
    /// It holds the version or the name of each pending migration.
    MentionsPending,
    /// It was changed since the base revision, if any of the files was that the patterns name.
    ChangedWith(ChangedWith),
}

/// Files that may not change alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedWith {
    /// Which, relative to the project's root.
    pub patterns: Vec<PathPattern>,
}

impl ChangedWith {
    /// The first of the changed files that demands a change of the file as well; `None` where there is none, or the
    /// file is among the changed. Paths are relative to the project's root, with forward slashes.
    #[must_use]
    pub fn unanswered<'a>(&self, file: &str, changed: &'a [String]) -> Option<&'a str> {
        if changed.iter().any(|path| path == file) {
            return None;
        }
        changed.iter().map(String::as_str).find(|path| self.patterns.iter().any(|pattern| pattern.matches(path)))
    }
}
