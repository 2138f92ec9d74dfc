//! Who and where a session is.

use limosa_catalog::{ServerVersion, UnsupportedServer};
use tokio_postgres::Row;
use tokio_postgres::types::FromSql;

use crate::server_error::ServerError;

/// The query for [`ServerFacts`]: one row, built-in types only, no table that a role could lack the right to read.
pub const FACTS_SQL: &str = "\
SELECT pg_catalog.current_setting('server_version_num')::int4 AS version,
       pg_catalog.pg_backend_pid() AS backend_pid,
       pg_catalog.pg_is_in_recovery() AS in_recovery,
       pg_catalog.current_setting('default_transaction_read_only') = 'on' AS read_only,
       session_user::text AS session_user_name,
       current_user::text AS current_user_name,
       COALESCE((SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user), false) AS is_superuser,
       pg_catalog.current_database()::text AS database,
       (EXTRACT(epoch FROM pg_catalog.clock_timestamp()) * 1000000)::int8 AS server_time,
       pg_catalog.host(pg_catalog.inet_server_addr()) AS server_address,
       pg_catalog.inet_server_port() AS server_port,
       pg_catalog.current_setting('application_name') AS application_name,
       pg_catalog.current_setting('search_path') AS search_path,
       pg_catalog.current_setting('server_encoding') AS encoding";

/// What a server says of itself and of us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerFacts {
    /// The server's version.
    pub version: ServerVersion,
    /// The server process that ran the query; behind a transaction pooler the next query may have another.
    pub backend_pid: i32,
    /// Whether it is a replica (or a restored server that still recovers), which cannot be written to.
    pub in_recovery: bool,
    /// Whether transactions are read-only unless they say otherwise (`default_transaction_read_only`).
    pub read_only: bool,
    /// The role that logged in.
    pub session_user: String,
    /// The role whose rights count, after `SET ROLE`.
    pub current_user: String,
    /// Whether the current role is a superuser.
    pub is_superuser: bool,
    /// The database.
    pub database: String,
    /// The server's clock, in microseconds since 1970 UTC.
    pub server_time: i64,
    /// The address at which the server took the connection; `None` over a Unix socket. Behind a proxy it is not the one
    /// in the URL.
    pub server_address: Option<String>,
    /// The port at which it did.
    pub server_port: Option<i32>,
    /// The name under which the session is shown.
    pub application_name: String,
    /// The search path as it is set, not resolved.
    pub search_path: String,
    /// The database's encoding, such as `UTF8`.
    pub encoding: String,
}

impl ServerFacts {
    /// Reads the answer to [`FACTS_SQL`].
    ///
    /// # Errors
    /// The server is older than PostgreSQL 15, or the rows are not those of the query.
    pub fn decode(rows: &[Row]) -> Result<Self, FactsError> {
        let row = rows.first().ok_or(FactsError::NoRow)?;
        let version: i32 = get(row, "version")?;
        Ok(Self {
            version: ServerVersion::from_number(u32::try_from(version).unwrap_or(0))?,
            backend_pid: get(row, "backend_pid")?,
            in_recovery: get(row, "in_recovery")?,
            read_only: get(row, "read_only")?,
            session_user: get(row, "session_user_name")?,
            current_user: get(row, "current_user_name")?,
            is_superuser: get(row, "is_superuser")?,
            database: get(row, "database")?,
            server_time: get(row, "server_time")?,
            server_address: get(row, "server_address")?,
            server_port: get(row, "server_port")?,
            application_name: get(row, "application_name")?,
            search_path: get(row, "search_path")?,
            encoding: get(row, "encoding")?,
        })
    }
}

fn get<'a, T: FromSql<'a>>(row: &'a Row, column: &'static str) -> Result<T, FactsError> {
    row.try_get(column).map_err(|error| FactsError::Column { column, reason: error.to_string() })
}

/// Why the facts cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FactsError {
    /// The query failed.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// The server is too old.
    #[error(transparent)]
    Unsupported(#[from] UnsupportedServer),
    /// The server answered with no row.
    #[error("the server gave no answer to what it is; is it PostgreSQL?")]
    NoRow,
    /// A column is missing or of another type.
    #[error("the server's answer to what it is has no usable column {column}: {reason}; is it PostgreSQL?")]
    Column {
        /// The column.
        column: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}
