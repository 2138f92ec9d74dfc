//! A connection that stays, for tests in which sessions wait for each other.

use futures_util::SinkExt as _;
use tokio::runtime::Runtime;
use tokio_postgres::{Client, NoTls};

use crate::sql::{Rows, SqlFailure, failure, row};

/// A session of a test. Blocking, and not to be used inside an asynchronous runtime.
#[derive(Debug)]
pub struct Connection {
    runtime: Runtime,
    client: Client,
}

impl Connection {
    /// Connects.
    ///
    /// # Panics
    /// The server does not take the connection.
    #[must_use]
    pub fn open(url: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let (client, connection) =
            runtime.block_on(tokio_postgres::connect(url, NoTls)).unwrap_or_else(|error| panic!("{error}"));
        runtime.spawn(connection);
        Self { runtime, client }
    }

    /// Runs statements, all in one message of the simple protocol, and returns the rows of all.
    ///
    /// # Errors
    /// The connection or one of the statements failed.
    pub fn query(&self, sql: &str) -> Result<Rows, SqlFailure> {
        let answers = self.runtime.block_on(self.client.simple_query(sql)).map_err(|error| failure(&error))?;
        Ok(answers.iter().filter_map(row).collect())
    }

    /// Runs a `COPY … FROM STDIN` with these rows, in the text format.
    ///
    /// # Errors
    /// The connection or the statement failed.
    pub fn copy_in(&self, sql: &str, rows: &str) -> Result<u64, SqlFailure> {
        let rows = bytes::Bytes::copy_from_slice(rows.as_bytes());
        let copied = self.runtime.block_on(async {
            let mut sink = Box::pin(self.client.copy_in::<_, bytes::Bytes>(sql).await?);
            sink.send(rows).await?;
            sink.as_mut().finish().await
        });
        copied.map_err(|error| failure(&error))
    }

    /// Runs statements as [`Connection::query`] does.
    ///
    /// # Panics
    /// One of them fails.
    pub fn execute(&self, sql: &str) -> Rows {
        self.query(sql).unwrap_or_else(|error| panic!("{error}\nin: {sql}"))
    }
}
