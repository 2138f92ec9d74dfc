//! Why a reference cannot be checked.

use limosa_catalog::Identifier;
use limosa_postgres::{ConnectError, ServerError};
use limosa_syntax::Diagnostic;

use crate::run_error::RunError;

/// Why a reference cannot be checked.
#[derive(Debug, thiserror::Error)]
pub enum ReferenceError {
    /// There is no such table.
    #[error("there is no table {table} in the database of service `{service}`")]
    NoTable {
        /// The service.
        service: String,
        /// The table, as limosa.toml names it.
        table: String,
        /// What may have been meant.
        help: String,
    },
    /// There is no such column.
    #[error("the table {table} of service `{service}` has no column {column}")]
    NoColumn {
        /// The service.
        service: String,
        /// The table.
        table: String,
        /// The column, as limosa.toml names it.
        column: Identifier,
        /// What may have been meant.
        help: String,
    },
    /// The server does not send keys in the order in which they are compared.
    #[error("the server does not send the keys in order: {before} comes before {after}")]
    Unordered {
        /// The key that came first.
        before: String,
        /// The one behind it, which should have come before.
        after: String,
    },
    /// What the server sends cannot be read.
    #[error("the server sends something else than keys: {0}")]
    Unreadable(&'static str),
    /// No connection.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The server refuses.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// The keys could not be kept on disk for a moment.
    #[error("keys cannot be kept in a temporary file: {0}")]
    File(#[from] std::io::Error),
}

impl ReferenceError {
    /// The error as people should see it.
    #[must_use]
    pub fn diagnostic(self) -> Diagnostic {
        let message = self.to_string();
        match self {
            Self::NoTable { help, .. } => Diagnostic::error("unknown-table", message).with_help(help),
            Self::NoColumn { help, .. } => Diagnostic::error("unknown-column", message).with_help(help),
            Self::Unordered { .. } => Diagnostic::error("unordered-keys", message).with_help(
                "reindex the table: an index whose order is wrong is what a change of the system's collations leaves",
            ),
            Self::Unreadable(_) => Diagnostic::error("references", message),
            Self::Connect(error) => first(RunError::from(error), message),
            Self::Server(error) => first(RunError::from(error), message),
            Self::File(_) => {
                Diagnostic::error("references", message).with_help("make room where temporary files are kept")
            }
        }
    }
}

fn first(error: RunError, message: String) -> Diagnostic {
    error.diagnostics().into_iter().next().unwrap_or_else(|| Diagnostic::error("references", message))
}
