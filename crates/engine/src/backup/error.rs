//! Why a backup was not made, or not put back.

use std::io;
use std::path::PathBuf;

use limosa_postgres::{ConnectError, CopyInError, IntrospectError, ServerError};
use limosa_syntax::Diagnostic;

use super::archive::Unreadable;
use crate::history::HistoryError;
use crate::run_error::{Ending, RunError};

/// Why a backup was not made, or not put back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The target cannot be worked on at all.
    #[error(transparent)]
    Run(Box<RunError>),
    /// A table that was named is not there.
    #[error("there is no table `{table}`")]
    NoTable {
        /// As it was named.
        table: String,
    },
    /// Nothing would be in it.
    #[error("there is no table to save")]
    NothingToSave,
    /// Tables may not be read.
    #[error("{role} may not read {}", tables.join(", "))]
    NoPrivilege {
        /// The role.
        role: String,
        /// The tables.
        tables: Vec<String>,
    },
    /// The schema changed between two looks at it.
    #[error("the schema of {table} changed while the backup began")]
    ChangingSchema {
        /// The table.
        table: String,
    },
    /// The folder or file cannot be written.
    #[error("`{}` cannot be written: {error}", path.display())]
    NotWritable {
        /// The folder or the file.
        path: PathBuf,
        /// The system's words.
        error: io::Error,
    },
    /// The file cannot be read as a backup.
    #[error("`{}` cannot be used: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        error: Unreadable,
    },
    /// There is no `pg_dump` that is new enough.
    #[error("no {program} of PostgreSQL {server} or newer was found")]
    NoProgram {
        /// `pg_dump` or `pg_restore`.
        program: &'static str,
        /// The server's major version.
        server: String,
        /// What was found, and where.
        found: Vec<String>,
    },
    /// A program of PostgreSQL failed.
    #[error("{program} failed: {said}")]
    Program {
        /// Which.
        program: &'static str,
        /// Its last words.
        said: String,
    },
    /// What is in the backup cannot be put back.
    #[error("{what}")]
    CannotRestore {
        /// What stands in the way.
        what: String,
        /// What to do.
        help: String,
    },
    /// The server refuses rows of a table, or a statement about it.
    #[error("{table} cannot be put back: {error}")]
    Refused {
        /// The table.
        table: String,
        /// The server's words.
        error: ServerError,
    },
    /// It was asked to stop.
    #[error("stopped on request; no file was left")]
    Stopped,
}

impl BackupError {
    /// What it means for whoever started it.
    #[must_use]
    pub fn ending(&self) -> Ending {
        match self {
            Self::Run(error) => error.ending(),
            Self::Unreadable { error, .. } if !matches!(error, Unreadable::Io(_)) => Ending::Finding,
            Self::Stopped => Ending::Resumable,
            Self::Refused { error, .. } if crate::server_words::is_lock_failure(error) => Ending::TryAgain,
            _ => Ending::Error,
        }
    }

    /// What is said to people.
    #[must_use]
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let say = |code: &'static str| Diagnostic::error(code, self.to_string());
        vec![match self {
            Self::Run(error) => return error.diagnostics(),
            Self::NoTable { .. } => {
                say("no-table").with_help("name it as SQL does: `patient`, `clinic.patient`, `\"Patient\"`")
            }
            Self::NothingToSave => say("nothing-to-save").with_help("name tables with --table, or a schema"),
            Self::NoPrivilege { role, tables } => say("no-privilege").with_help(format!(
                "let their owner run: GRANT SELECT ON {} TO {role}; or connect as a role that may read them",
                tables.join(", ")
            )),
            Self::ChangingSchema { .. } => say("changing-schema").with_help("run it again when the change is done"),
            Self::NotWritable { .. } => say("backup-not-writable")
                .with_note("nothing was done")
                .with_help("make room or give rights, or name another folder: `[backup] folder` in limosa.toml"),
            Self::Unreadable { error, .. } => match error {
                Unreadable::CutOff | Unreadable::Damaged(_) => {
                    say("damaged-backup").with_help("use another backup; `limosa backup list` shows which there are")
                }
                Unreadable::Newer(_) => say("newer-backup").with_help("use the Limosa that wrote it, or a newer one"),
                Unreadable::NoArchive | Unreadable::Io(_) => {
                    say("no-backup").with_help("`limosa backup list` shows which there are")
                }
            },
            Self::NoProgram { program, server, found } => {
                let found = match found.as_slice() {
                    [] => format!("no {program} was found at all"),
                    found => format!("found were {}", found.join(", ")),
                };
                say("no-dump-program").with_note(found).with_help(format!(
                    "install the client programs of PostgreSQL {server} (package `postgresql-client-{server}`), or \
                     name their folder in LIMOSA_PG_BIN; or save tables, which needs no program: \
                     `limosa backup --tables all`, `backup = \"touched-tables\"`"
                ))
            }
            Self::Program { .. } => say("dump-failed").with_note("no file was left"),
            Self::CannotRestore { help, .. } => say("cannot-restore").with_help(help.clone()),
            Self::Refused { error, .. } => refused(say("restore-refused"), error),
            Self::Stopped => Diagnostic::warning("stopped", self.to_string()).with_help("run it again"),
        }]
    }
}

fn refused(diagnostic: Diagnostic, error: &ServerError) -> Diagnostic {
    let detail = crate::server_words::detail(error).map(str::to_owned);
    let diagnostic = detail.into_iter().fold(diagnostic, Diagnostic::with_note);
    let diagnostic = diagnostic.with_note("the transaction was rolled back; nothing was changed");
    diagnostic.with_help(match crate::server_words::code(error) {
        Some("23503") => "rows of other tables refer to what the backup lacks: restore those tables too, or `--merge`",
        Some("42501") => "connect as the owner of the table: its triggers and foreign keys are set aside meanwhile",
        Some("55P03" | "57014") => "somebody has the table; run it again when it is free",
        _ => "mend what the server names, or restore into another database with --into",
    })
}

impl From<BackupError> for RunError {
    fn from(error: BackupError) -> Self {
        match error {
            BackupError::Run(error) => *error,
            BackupError::Stopped => Self::Stopped { resumable: None },
            other => Self::Backup(Box::new(other)),
        }
    }
}

impl From<RunError> for BackupError {
    fn from(error: RunError) -> Self {
        Self::Run(Box::new(error))
    }
}

impl From<ServerError> for BackupError {
    fn from(error: ServerError) -> Self {
        RunError::from(error).into()
    }
}

impl From<ConnectError> for BackupError {
    fn from(error: ConnectError) -> Self {
        RunError::from(error).into()
    }
}

impl From<HistoryError> for BackupError {
    fn from(error: HistoryError) -> Self {
        RunError::from(error).into()
    }
}

impl From<IntrospectError> for BackupError {
    fn from(error: IntrospectError) -> Self {
        RunError::from(error).into()
    }
}

impl BackupError {
    /// What went wrong while rows were sent from a file.
    pub(super) fn of_copy(error: CopyInError<std::io::Error>, table: &str, path: &std::path::Path) -> Self {
        match error {
            CopyInError::Server(error) => Self::Refused { table: table.to_owned(), error },
            CopyInError::Source(error) => {
                let error = Unreadable::Damaged(error.to_string());
                Self::Unreadable { path: path.to_owned(), error }
            }
        }
    }
}
