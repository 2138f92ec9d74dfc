//! What a server answers when it refuses, as typed data.

use std::fmt;

use tokio_postgres::error::{DbError, ErrorPosition, Severity as WireSeverity, SqlState};

/// How bad a message from the server is, whatever language the server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Debugging output of the server.
    Debug,
    /// Asked for by the statement, such as `VACUUM VERBOSE`.
    Info,
    /// Meant for the server's log.
    Log,
    /// Something that may be good to know.
    Notice,
    /// Something that is likely wrong.
    Warning,
    /// The statement failed; the session goes on.
    Error,
    /// The session ends.
    Fatal,
    /// All sessions end and the server recovers.
    Panic,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Log => "LOG",
            Self::Notice => "NOTICE",
            Self::Warning => "WARNING",
            Self::Error => "ERROR",
            Self::Fatal => "FATAL",
            Self::Panic => "PANIC",
        })
    }
}

/// A place in a statement that the server ran on behalf of ours, such as one inside a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InternalPosition {
    /// The place, counted in characters from 1.
    pub position: usize,
    /// The inner statement.
    pub query: String,
}

/// An error that the server reported, with every field that it sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseError {
    /// The five-character code, which never depends on the server's language.
    pub sqlstate: SqlState,
    /// How bad it is.
    pub severity: Severity,
    /// What happened, in the server's language.
    pub message: String,
    /// More about it.
    pub detail: Option<String>,
    /// What the server suggests.
    pub hint: Option<String>,
    /// The place in the text that was sent, counted in characters (not bytes) from 1.
    pub position: Option<usize>,
    /// The place in a statement that ours caused.
    pub internal: Option<InternalPosition>,
    /// The call stack of functions, innermost first, one a line.
    pub where_context: Option<String>,
    /// The schema of the object concerned.
    pub schema: Option<String>,
    /// The table concerned.
    pub table: Option<String>,
    /// The column concerned.
    pub column: Option<String>,
    /// The data type concerned.
    pub data_type: Option<String>,
    /// The constraint concerned; indexes count as constraints.
    pub constraint: Option<String>,
    /// The function in the server's source that reported it; never translated.
    pub routine: Option<String>,
}

impl From<&DbError> for DatabaseError {
    fn from(error: &DbError) -> Self {
        let owned = |field: Option<&str>| field.map(str::to_owned);
        let count = |position: u32| usize::try_from(position).unwrap_or(usize::MAX);
        let (position, internal) = match error.position() {
            Some(ErrorPosition::Original(position)) => (Some(count(*position)), None),
            Some(ErrorPosition::Internal { position, query }) => {
                (None, Some(InternalPosition { position: count(*position), query: query.clone() }))
            }
            None => (None, None),
        };
        Self {
            sqlstate: error.code().clone(),
            severity: severity(error),
            message: error.message().to_owned(),
            detail: owned(error.detail()),
            hint: owned(error.hint()),
            position,
            internal,
            where_context: owned(error.where_()),
            schema: owned(error.schema()),
            table: owned(error.table()),
            column: owned(error.column()),
            data_type: owned(error.datatype()),
            constraint: owned(error.constraint()),
            routine: owned(error.routine()),
        }
    }
}

/// The untranslated severity; poolers may leave it out, and speak English.
pub(crate) fn severity(error: &DbError) -> Severity {
    match error.parsed_severity() {
        Some(WireSeverity::Panic) => Severity::Panic,
        Some(WireSeverity::Fatal) => Severity::Fatal,
        Some(WireSeverity::Error) => Severity::Error,
        Some(WireSeverity::Warning) => Severity::Warning,
        Some(WireSeverity::Notice) => Severity::Notice,
        Some(WireSeverity::Debug) => Severity::Debug,
        Some(WireSeverity::Info) => Severity::Info,
        Some(WireSeverity::Log) => Severity::Log,
        None if error.severity() == "FATAL" => Severity::Fatal,
        None => Severity::Error,
    }
}

impl fmt::Display for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (SQLSTATE {})", self.message, self.sqlstate.code())
    }
}

impl std::error::Error for DatabaseError {}

/// Why a query, a flight or a copy failed on a session that was open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ServerError {
    /// The server refused; the session goes on.
    #[error("{0}")]
    Database(Box<DatabaseError>),
    /// The session is gone; whether the last statement took effect is not known.
    #[error("the connection to {server} was lost: {reason}")]
    ConnectionLost {
        /// The server, as `host:port`.
        server: String,
        /// What the server or the operating system said last.
        reason: String,
        /// The server's own last words, if it had any, such as `admin_shutdown`.
        last_words: Option<Box<DatabaseError>>,
    },
    /// The text cannot travel: no message of the protocol may hold a zero byte.
    #[error("the SQL text holds a zero byte, which PostgreSQL cannot read; is the file UTF-16?")]
    ZeroByte,
    /// A `COPY … FROM stdin` or `TO stdout` stood in a flight, which carries no data. The session was closed.
    #[error("a COPY from or to the client cannot travel among other statements; its data has to be sent apart")]
    CopyInFlight,
    /// A value could not be sent, or a column could not be read as the type that was asked for.
    #[error("a value does not fit its PostgreSQL type: {0}")]
    Value(String),
    /// The server broke the protocol, or a proxy did.
    #[error("{server} sent an answer that does not belong here: {reason}")]
    Protocol {
        /// The server, as `host:port`.
        server: String,
        /// What was unexpected.
        reason: String,
    },
}

impl ServerError {
    /// What the server reported, also where it ended the session with it.
    #[must_use]
    pub fn database(&self) -> Option<&DatabaseError> {
        match self {
            Self::Database(error) | Self::ConnectionLost { last_words: Some(error), .. } => Some(error),
            _ => None,
        }
    }

    /// The code of what the server reported.
    #[must_use]
    pub fn sqlstate(&self) -> Option<&SqlState> {
        self.database().map(|error| &error.sqlstate)
    }

    /// Whether the session is gone.
    #[must_use]
    pub fn is_connection_lost(&self) -> bool {
        matches!(self, Self::ConnectionLost { .. } | Self::CopyInFlight)
    }
}
