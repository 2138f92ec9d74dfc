//! A few statements on a server, for what a test sets up and looks at. Blocking; each call is a connection of its own.

use std::fmt;
use std::thread;

use tokio_postgres::{NoTls, SimpleQueryMessage};

/// The rows of every statement that returned some, as text; SQL's null is `None`.
pub type Rows = Vec<Vec<Option<String>>>;

/// What the server or the connection said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlFailure {
    /// The five characters of the SQLSTATE, if the server said it.
    pub state: Option<String>,
    /// The message.
    pub message: String,
}

impl fmt::Display for SqlFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.state {
            Some(state) => write!(f, "{} (SQLSTATE {state})", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for SqlFailure {}

/// Runs statements, all in one message of the simple protocol, hence in one transaction unless they say otherwise.
///
/// # Errors
/// The connection or one of the statements failed.
pub fn query(url: &str, sql: &str) -> Result<Rows, SqlFailure> {
    query_each(url, &[sql.to_owned()])
}

/// Runs messages one after the other on one connection, each as [`query`] does, and returns all rows.
///
/// # Errors
/// The connection or one of the statements failed; later messages were not sent.
pub fn query_each(url: &str, messages: &[String]) -> Result<Rows, SqlFailure> {
    let (url, messages) = (url.to_owned(), messages.to_vec());
    // The caller may be inside an asynchronous runtime, which cannot be entered twice.
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| SqlFailure { state: None, message: error.to_string() })?;
        runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(&url, NoTls).await.map_err(|error| failure(&error))?;
            let connection = tokio::spawn(connection);
            let mut rows = Rows::new();
            for sql in &messages {
                match client.simple_query(sql).await {
                    Ok(answers) => rows.extend(answers.iter().filter_map(row)),
                    Err(error) => return Err(failure(&error)),
                }
            }
            drop(client);
            let _ = connection.await;
            Ok(rows)
        })
    })
    .join()
    .unwrap_or_else(|_| Err(SqlFailure { state: None, message: "the connection's thread panicked".to_owned() }))
}

/// Runs statements as [`query`] does.
///
/// # Panics
/// The connection or one of the statements failed; the message says which and why.
pub fn execute(url: &str, sql: &str) -> Rows {
    query(url, sql).unwrap_or_else(|error| panic!("{error}\nin: {sql}"))
}

pub(crate) fn row(message: &SimpleQueryMessage) -> Option<Vec<Option<String>>> {
    match message {
        SimpleQueryMessage::Row(row) => Some((0..row.len()).map(|index| row.get(index).map(str::to_owned)).collect()),
        _ => None,
    }
}

pub(crate) fn failure(error: &tokio_postgres::Error) -> SqlFailure {
    match error.as_db_error() {
        Some(said) => SqlFailure { state: Some(said.code().code().to_owned()), message: said.message().to_owned() },
        None => SqlFailure {
            state: None,
            message: std::error::Error::source(error)
                .map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}")),
        },
    }
}
