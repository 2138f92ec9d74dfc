//! Providers: what can give a URL for a database of a given name, and stop what it started.
//!
//! An environment with a URL of its own needs none. The others are served by PostgreSQL binaries found on the machine
//! ([`binaries`]) or by the PostgreSQL inside this program (`embedded`, a cargo feature). Providers block while they
//! work; their servers run in processes or threads of their own, so an asynchronous runtime may connect to them.

#[cfg(unix)]
pub mod binaries;
#[cfg(feature = "embedded")]
pub mod embedded;

mod databases;
mod error;
#[cfg(unix)]
mod socket;
mod url;

use limosa_catalog::{Identifier, ServerMajor};

pub use error::{LockHolder, ProviderError};

/// The role that owns a server which a provider has made. Connections need no password.
pub const OWNER_ROLE: &str = "postgres";

/// How a provider comes by its server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProviderKind {
    /// Server binaries found on the machine, run as a process.
    Binaries,
    /// PostgreSQL compiled to WebAssembly, run inside this process.
    Embedded,
}

/// What the server of a provider can do, so that the engine need not know which provider it talks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// Whether several connections may be open at once. Where not, a second one waits until the first is closed, so no
    /// advisory lock session can exist beside the working one; a lock file takes its place.
    pub concurrent_connections: bool,
    /// Whether a running statement can be cancelled from another connection.
    pub cancel: bool,
    /// Whether what is written outlives [`Provider::stop`].
    pub persistent: bool,
    /// The major version of the server.
    pub major: ServerMajor,
}

/// Something that can give a URL for a database of a given name, and stop what it started.
///
/// Dropping a provider stops its server too, but keeps errors to itself.
pub trait Provider: Send {
    /// How this provider comes by its server.
    fn kind(&self) -> ProviderKind;

    /// What the server can do.
    fn capabilities(&self) -> Capabilities;

    /// The URL of a database that exists already, starting the server if there is data to serve; `None` where there is
    /// no such database. Makes nothing: a data folder that is not there yet holds no database.
    ///
    /// # Errors
    /// The server cannot be started, or does not answer.
    fn find_database(&mut self, database: &Identifier) -> Result<Option<String>, ProviderError>;

    /// Makes sure that a database exists, starting the server if it is not running.
    ///
    /// PostgreSQL has no `CREATE DATABASE IF NOT EXISTS`, so this asks first and takes "exists already" (another
    /// process was faster) for success.
    ///
    /// # Errors
    /// The server cannot be started, or refuses the database.
    fn ensure_database(&mut self, database: &Identifier) -> Result<(), ProviderError>;

    /// The URL of a database, which exists afterwards. It holds no password worth hiding: sockets and ports of
    /// providers are reachable from this machine only.
    ///
    /// # Errors
    /// As [`Provider::ensure_database`].
    fn database_url(&mut self, database: &Identifier) -> Result<String, ProviderError>;

    /// Stops what was started. Close every connection first: the embedded server waits for its client to leave.
    ///
    /// # Errors
    /// The server does not stop, not even when told to at once.
    fn stop(self: Box<Self>) -> Result<(), ProviderError>;
}
