//! Servers run from PostgreSQL binaries found on the machine. Unix only.

mod account;
mod cluster;
mod initdb;
mod installation;
mod options;
mod readiness;
mod search;
mod supervisor;

use std::path::{Path, PathBuf};

use limosa_catalog::{Identifier, ServerMajor};

pub use account::Account;
pub use cluster::Cluster;
pub use installation::{Installation, parse_version};
pub use options::{ClusterOptions, Durability, Shutdown, TcpAccess};
pub use search::BinarySearch;

use super::databases::KnownDatabases;
use super::{Capabilities, Provider, ProviderError, ProviderKind};

/// Which server a [`BinariesProvider`] shall run.
#[derive(Debug, Clone)]
pub struct BinariesSettings {
    /// Where to look for binaries.
    pub search: BinarySearch,
    /// The major version that is needed, as a shadow's must be the target's; `None` takes the newest.
    pub major: Option<ServerMajor>,
    /// Where the data is kept between runs; `None` makes a throw-away server that is removed at the end.
    pub data: Option<PathBuf>,
    /// Where sockets and throw-away data go: the operating system's temporary folder.
    pub temporary: PathBuf,
}

/// A provider that runs a server of its own from the binaries of this machine, behind a private Unix socket.
///
/// The server is started by the first question for a database.
#[derive(Debug)]
pub struct BinariesProvider {
    cluster: Cluster,
    persistent: bool,
    databases: KnownDatabases,
}

impl BinariesProvider {
    /// Finds binaries and makes the data folder where there is none yet; starts nothing.
    ///
    /// # Errors
    /// No fitting binaries, a data folder of another major version, or no way to make one.
    pub fn new(settings: &BinariesSettings) -> Result<Self, ProviderError> {
        let installation = settings.search.find(settings.major)?;
        let cluster = match &settings.data {
            Some(folder) => Cluster::open(
                &installation,
                folder,
                &settings.temporary,
                ClusterOptions { durability: Durability::Kept, ..ClusterOptions::default() },
            )?,
            None => Cluster::throw_away(&installation, &settings.temporary, ClusterOptions::default())?,
        };
        Ok(Self { cluster, persistent: settings.data.is_some(), databases: KnownDatabases::default() })
    }

    /// The folder that holds the server's data.
    #[must_use]
    pub fn data_folder(&self) -> &Path {
        self.cluster.data_folder()
    }
}

impl Provider for BinariesProvider {
    fn kind(&self) -> ProviderKind {
        ProviderKind::Binaries
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            concurrent_connections: true,
            cancel: true,
            persistent: self.persistent,
            major: self.cluster.installation().version().major(),
        }
    }

    fn find_database(&mut self, database: &Identifier) -> Result<Option<String>, ProviderError> {
        if !self.cluster.is_running() {
            self.cluster.start()?;
        }
        let found = self.databases.holds(&self.cluster.maintenance_url(), database)?;
        Ok(found.then(|| self.cluster.url(database)))
    }

    fn ensure_database(&mut self, database: &Identifier) -> Result<(), ProviderError> {
        if !self.cluster.is_running() {
            self.cluster.start()?;
        }
        self.databases.ensure(&self.cluster.maintenance_url(), database)
    }

    fn database_url(&mut self, database: &Identifier) -> Result<String, ProviderError> {
        self.ensure_database(database)?;
        Ok(self.cluster.url(database))
    }

    fn stop(mut self: Box<Self>) -> Result<(), ProviderError> {
        // What is thrown away needs no last checkpoint.
        self.cluster.stop(if self.persistent { Shutdown::Fast } else { Shutdown::Immediate })
    }
}
