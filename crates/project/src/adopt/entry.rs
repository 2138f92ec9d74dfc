//! What another tool's history says, in one form for all tools.

use jiff::Timestamp;
use limosa_syntax::Diagnostic;

use super::{ImpossibleRow, ToolName};

/// A tool's history, read together with the files.
#[derive(Debug, Clone, PartialEq)]
pub struct OldHistory {
    /// Whose it is.
    pub tool: ToolName,
    /// The table, as people write it.
    pub table: String,
    /// What it says of each migration, in the tool's own order.
    pub entries: Vec<OldEntry>,
    /// What is worth knowing, or stands in the way, beyond what the entries say.
    pub problems: Vec<Diagnostic>,
}

/// One migration as a tool knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldEntry {
    /// By what the tool knows it: a version, a file name, a hash.
    pub key: String,
    /// Where it stands.
    pub state: OldState,
    /// When it was applied, where the tool keeps that.
    pub applied_at: Option<Timestamp>,
    /// Who applied it, where the tool keeps that.
    pub applied_by: Option<String>,
    /// The tool's own checksum of it.
    pub checksum: Option<OldChecksum>,
    /// Whether the file is what was applied.
    pub verdict: Verdict,
    /// What it consists of.
    pub source: EntrySource,
}

/// Where a migration stands in the eyes of its tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OldState {
    /// In effect.
    Applied,
    /// A file without a row.
    Pending,
    /// A file without a row that the tool will never run, since it takes it for applied.
    Skipped,
    /// It failed, or was broken off: the tool does not know how much of it is in effect.
    Failed {
        /// What the tool kept of it.
        why: String,
        /// How the tool's own people would settle it.
        settle: String,
    },
}

/// A checksum as the tool keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldChecksum {
    /// How it is made.
    pub algorithm: &'static str,
    /// What the row holds.
    pub value: String,
}

/// Whether a file is what was applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Its checksum is the one on record.
    Same,
    /// It is another.
    Edited,
    /// The tool keeps none, or none that can be recomputed.
    Unverified,
}

/// What a migration consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntrySource {
    /// SQL files, relative to the project: those that are applied, in order.
    Sql(Vec<String>),
    /// A program. The path is `None` where it lies outside of the project, in a package.
    Code {
        /// Its file, relative to the project.
        path: Option<String>,
        /// The SQL that it is known to run.
        runs: Option<KnownSql>,
        /// The one that comes right before it, where its tool keeps a graph: `None` there for the first, and for one
        /// that joins several.
        after: Option<String>,
    },
    /// A row without a file.
    Gone {
        /// What the history kept of it.
        kept: Option<KeptScript>,
    },
}

/// The SQL that a program runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownSql {
    /// What it does; empty where it does nothing.
    pub up: String,
    /// What takes it back, where that is known too.
    pub down: Option<String>,
}

/// A script that the old history holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptScript {
    /// The file that it would be, relative to the tool's folder.
    pub path: String,
    /// Its text.
    pub text: String,
}

impl OldEntry {
    /// A migration in effect, of which nothing else is known yet.
    pub(crate) fn applied(key: impl Into<String>, source: EntrySource) -> Self {
        Self {
            key: key.into(),
            state: OldState::Applied,
            applied_at: None,
            applied_by: None,
            checksum: None,
            verdict: Verdict::Unverified,
            source,
        }
    }

    /// A file without a row.
    pub(crate) fn pending(key: impl Into<String>, source: EntrySource) -> Self {
        Self { state: OldState::Pending, ..Self::applied(key, source) }
    }

    pub(crate) fn at(self, applied_at: Option<Timestamp>) -> Self {
        Self { applied_at, ..self }
    }

    pub(crate) fn in_state(self, state: OldState) -> Self {
        Self { state, ..self }
    }

    /// With the tool's checksum, and whether the file, where there is one, still has it.
    pub(crate) fn with_checksum(self, algorithm: &'static str, value: &str, fits: Option<bool>) -> Self {
        let verdict = match fits {
            Some(true) => Verdict::Same,
            Some(false) => Verdict::Edited,
            None => Verdict::Unverified,
        };
        Self { checksum: Some(OldChecksum { algorithm, value: value.to_owned() }), verdict, ..self }
    }
}

impl OldHistory {
    /// The history of a tool, or the row that cannot be its.
    pub(crate) fn of(
        tool: ToolName,
        table: &str,
        entries: Result<Vec<OldEntry>, ImpossibleRow>,
        problems: Vec<Diagnostic>,
    ) -> Self {
        let mut history = Self { tool, table: table.to_owned(), entries: Vec::new(), problems };
        match entries {
            Ok(entries) => history.entries = entries,
            Err(error) => history.problems.push(
                Diagnostic::error("impossible-row", format!("`{table}` is no history of {}: {error}", tool.title()))
                    .with_help(
                        "nothing is taken over from a table that another program has written to; \
                         name the right one with `--table SCHEMA.NAME`",
                    ),
            ),
        }
        history
    }
}
