//! One connection to a database.

mod cancel;
mod connect;
mod connect_error;
mod copy;
mod copy_out;
mod describe;
mod driver;
mod flight;
mod place;
mod rows;

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Row};

use crate::facts::{FACTS_SQL, FactsError, ServerFacts};
use crate::server_error::{DatabaseError, ServerError, Severity};
use crate::settings::ConnectionSettings;

pub use cancel::Canceller;
pub use connect_error::ConnectError;
pub use copy::CopyInError;
pub use copy_out::CopyOut;
pub use describe::{DescribedColumn, Description};
pub use driver::Notice;
pub use flight::{Flight, FlightError};

use driver::Shared;

/// A setting of our own invention, which PostgreSQL takes when connecting and poolers refuse or swallow.
pub(crate) const MARK: &str = "limosa.session";

/// How long a session that is closed may take to say goodbye. A server that hangs is left without one.
const GOODBYE_TIMEOUT: Duration = Duration::from_secs(2);

/// One open connection. It is driven by a task of the tokio runtime on which it was opened; the task ends with the
/// session.
///
/// Several requests may be under way at once: their futures send when first polled, the server answers in order, and so
/// joined futures share one round trip. A future that is dropped does not take its statement back; see
/// [`Session::cancel`].
#[derive(Debug)]
pub struct Session {
    client: Client,
    driver: JoinHandle<()>,
    shared: Arc<Shared>,
    canceller: Canceller,
    server: String,
    /// What was sent when connecting as the setting [`MARK`].
    mark: String,
    unset_search_path: Option<String>,
}

impl Session {
    /// Opens a session. The endpoints are tried in order (or at random, as `load_balance_hosts` says) until one
    /// answers; one that answers and refuses the role ends the search, as in libpq.
    ///
    /// # Errors
    /// See [`ConnectError`]; each says which server it was and what may help.
    pub async fn connect(settings: &ConnectionSettings) -> Result<Self, ConnectError> {
        connect::connect(settings).await
    }

    /// Runs one statement with parameters in one round trip.
    ///
    /// It is an unnamed statement of the extended protocol, so it works behind transaction poolers. The types of the
    /// parameters are given, since asking the server for them would be another round trip. Result columns should be of
    /// built-in types (cast enums, domains and types of extensions to `text`): others cost queries to the catalog.
    ///
    /// # Errors
    /// The server refuses, the connection is lost, or a parameter does not fit its type.
    pub async fn query(&self, sql: &str, params: &[(&(dyn ToSql + Sync), Type)]) -> Result<Vec<Row>, ServerError> {
        let params = params.iter().map(|(value, kind)| (*value, kind.clone()));
        let rows = self.client.query_typed(sql, &params.collect::<Vec<_>>()).await;
        rows.map_err(|error| self.server_error(&error))
    }

    /// Asks who and where we are; one round trip.
    ///
    /// # Errors
    /// As [`Session::query`], and servers before PostgreSQL 15.
    pub async fn facts(&self) -> Result<ServerFacts, FactsError> {
        ServerFacts::decode(&self.query(FACTS_SQL, &[]).await?)
    }

    /// Asks for the facts and runs another query in the same round trip.
    ///
    /// Each of the two is answered for itself: the query may fail, say since its table is not there yet, and the facts
    /// still come.
    ///
    /// # Errors
    /// Outer: the facts cannot be had. Inner: the query failed.
    pub async fn facts_and(
        &self,
        sql: &str,
        params: &[(&(dyn ToSql + Sync), Type)],
    ) -> Result<(ServerFacts, Result<Vec<Row>, ServerError>), FactsError> {
        let (facts, rows) = tokio::join!(self.query(FACTS_SQL, &[]), self.query(sql, params));
        Ok((ServerFacts::decode(&facts?)?, rows))
    }

    /// The messages below the rank of an error that arrived since this was last asked, oldest first. The newest 10,000
    /// are kept.
    #[must_use]
    pub fn notices(&self) -> Vec<Notice> {
        self.shared.take_notices()
    }

    /// The server that this session is with, as `host:port`.
    #[must_use]
    pub fn server(&self) -> &str {
        &self.server
    }

    /// The search path that the settings ask for and that a pooler did not let through when connecting.
    ///
    /// Behind a transaction pooler a `SET` would outlive the transaction on a server connection that others use, so the
    /// session leaves it to the caller to say `SET LOCAL search_path` in each transaction. `None` where the server has
    /// set it already, or none was asked for.
    #[must_use]
    pub fn unset_search_path(&self) -> Option<&str> {
        self.unset_search_path.as_deref()
    }

    /// Whether the server process that answers was started for this session and no other. It is not where a pooler
    /// stands between, whatever its mode. One round trip.
    pub(crate) async fn is_own(&self) -> Result<bool, ServerError> {
        let sql = format!("SELECT pg_catalog.current_setting('{MARK}', true)");
        let rows = self.query(&sql, &[]).await?;
        Ok(rows.first().and_then(|row| row.get::<_, Option<&str>>(0)) == Some(self.mark.as_str()))
    }

    /// Whether the connection has ended, from either side.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.client.is_closed() || self.driver.is_finished() || self.shared.end().is_some()
    }

    /// Says goodbye to the server and waits until the connection is closed, so that a database can be dropped after it
    /// or the next connection be made to a server that has room for only one.
    pub async fn close(self) {
        let Self { client, driver, .. } = self;
        drop(client);
        let stop = driver.abort_handle();
        if tokio::time::timeout(GOODBYE_TIMEOUT, driver).await.is_err() {
            stop.abort();
        }
    }

    /// Asks the server to cancel what this session is running, from a connection of its own (over TLS where the session
    /// is).
    ///
    /// Whether anything was cancelled shows only in the answer to the running statement: it fails with SQLSTATE 57014,
    /// or had been faster.
    ///
    /// # Errors
    /// The server cannot be reached a second time.
    pub async fn cancel(&self) -> Result<(), ConnectError> {
        self.canceller.cancel().await
    }

    /// Something that can cancel this session's statements from elsewhere, such as the handler of a signal.
    #[must_use]
    pub fn canceller(&self) -> Canceller {
        self.canceller.clone()
    }

    /// Cuts the connection without a goodbye, for when the protocol is in a state that cannot be left.
    fn cut(&self) {
        self.shared.set_end("closed by this client".to_owned(), None);
        self.driver.abort();
    }

    /// Gives an error of the client library its meaning.
    fn server_error(&self, error: &tokio_postgres::Error) -> ServerError {
        if let Some(database) = error.as_db_error() {
            let database = Box::new(DatabaseError::from(database));
            return match database.severity {
                Severity::Fatal | Severity::Panic => ServerError::ConnectionLost {
                    server: self.server.clone(),
                    reason: database.message.clone(),
                    last_words: Some(database),
                },
                _ => ServerError::Database(database),
            };
        }
        if error.is_closed() {
            let (reason, last_words) =
                self.shared.end().unwrap_or_else(|| ("the server closed it without a word".to_owned(), None));
            return ServerError::ConnectionLost { server: self.server.clone(), reason, last_words };
        }
        let source = error.source().map(ToString::to_string);
        match error.to_string().as_str() {
            "error encoding message to server" | "error parsing response from server"
                if source.as_deref().is_some_and(|text| text.contains("null")) =>
            {
                ServerError::ZeroByte
            }
            "error communicating with the server" => ServerError::ConnectionLost {
                server: self.server.clone(),
                reason: source.unwrap_or_default(),
                last_words: None,
            },
            what if what.starts_with("error serializing") || what.starts_with("error deserializing") => {
                ServerError::Value(source.map_or_else(|| what.to_owned(), |source| format!("{what}: {source}")))
            }
            what => ServerError::Protocol {
                server: self.server.clone(),
                reason: source.map_or_else(|| what.to_owned(), |source| format!("{what}: {source}")),
            },
        }
    }
}
