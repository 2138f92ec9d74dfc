//! The PostgreSQL inside this program: version 17, compiled to WebAssembly, one connection at a time.
//!
//! It keeps its data in one folder, one database per service in it. No process is started and no network is used; the
//! parts of the server that do not change are unpacked once into the user's cache folder (see [`cache`]).

pub mod cache;
mod extensions;
mod listener;
mod lock;
mod server;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use limosa_catalog::{Identifier, ServerMajor, ServerVersion};

pub use self::extensions::BundledExtensions;
use self::lock::DataFolderLock;
use self::server::EmbeddedServer;
use super::databases::{KnownDatabases, maintenance_database};
use super::{Capabilities, Provider, ProviderError, ProviderKind};

/// The version of the embedded server.
const VERSION: ServerVersion = match ServerVersion::from_number(170_005) {
    Ok(version) => version,
    Err(_) => panic!("the embedded server is of a supported version"),
};

/// Where the server puts its cluster below the data folder.
const CLUSTER_FOLDER: &str = "tmp/pglite/base";

/// Where the embedded server keeps what.
#[derive(Debug, Clone)]
pub struct EmbeddedSettings {
    /// Where the data is kept between runs; `None` makes a throw-away server that is removed at the end.
    pub data: Option<PathBuf>,
    /// Where sockets and throw-away data go: the operating system's temporary folder.
    pub temporary: PathBuf,
    /// How long to wait for another process that has the data folder open.
    pub patience: Duration,
    /// This machine's name, told to those who wait for us.
    pub host: Option<String>,
    /// The extensions that may be created or used, beside those that the data folder has needed before. All are
    /// offered, but the code of others cannot be loaded.
    pub extensions: BundledExtensions,
}

/// A provider that serves from inside this process.
///
/// It takes the data folder's lock when it is made and starts its server with the first question for a database.
#[derive(Debug)]
pub struct EmbeddedProvider {
    settings: EmbeddedSettings,
    folder: PathBuf,
    // The server holds the lock while it runs, so that a server which does not stop keeps others out.
    state: State,
    databases: KnownDatabases,
    // Dropped last: it removes the throw-away folder.
    _removed: Option<tempfile::TempDir>,
}

#[derive(Debug)]
enum State {
    Locked(DataFolderLock),
    Serving(EmbeddedServer),
    Ended,
}

impl EmbeddedProvider {
    /// Takes the data folder, making it where there is none yet; starts nothing.
    ///
    /// # Errors
    /// Another process has it open for longer than the patience given, it cannot be written, or neither can the cache.
    pub fn open(settings: EmbeddedSettings) -> Result<Self, ProviderError> {
        cache::check()?;
        let (folder, removed) = match &settings.data {
            Some(folder) => {
                fs::create_dir_all(folder).map_err(ProviderError::file("create", folder))?;
                (fs::canonicalize(folder).map_err(ProviderError::file("find", folder))?, None)
            }
            None => {
                let folder = tempfile::Builder::new()
                    .prefix("limosa-embedded-")
                    .tempdir_in(&settings.temporary)
                    .map_err(ProviderError::file("make a folder in", &settings.temporary))?;
                (folder.path().to_owned(), Some(folder))
            }
        };
        let lock = DataFolderLock::acquire(&folder, settings.patience, settings.host.as_deref())?;
        Ok(Self {
            settings,
            folder,
            state: State::Locked(lock),
            databases: KnownDatabases::default(),
            _removed: removed,
        })
    }

    /// The folder that holds the data.
    #[must_use]
    pub fn data_folder(&self) -> &Path {
        &self.folder
    }

    /// The version of the embedded server.
    #[must_use]
    pub fn version() -> ServerVersion {
        VERSION
    }

    /// The major version of the embedded server.
    #[must_use]
    pub fn major() -> ServerMajor {
        VERSION.major()
    }

    fn server(&mut self) -> Result<&EmbeddedServer, ProviderError> {
        if let State::Locked(_) = self.state {
            let State::Locked(lock) = std::mem::replace(&mut self.state, State::Ended) else { return Err(ended()) };
            let server = EmbeddedServer::start(&self.folder, &self.settings, lock)?;
            self.state = State::Serving(server);
        }
        match &self.state {
            State::Serving(server) if !server.has_ended() => Ok(server),
            _ => Err(ended()),
        }
    }
}

/// What is said of a server that is gone before its time.
fn ended() -> ProviderError {
    ProviderError::Embedded {
        doing: "serving connections",
        message: "its thread has ended".to_owned(),
        hint: Some("run the command again; the data folder recovers as after a crash".to_owned()),
    }
}

impl Provider for EmbeddedProvider {
    fn kind(&self) -> ProviderKind {
        ProviderKind::Embedded
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            concurrent_connections: false,
            cancel: false,
            persistent: self.settings.data.is_some(),
            major: Self::major(),
        }
    }

    fn find_database(&mut self, database: &Identifier) -> Result<Option<String>, ProviderError> {
        if !self.folder.join(CLUSTER_FOLDER).join("PG_VERSION").exists() {
            return Ok(None);
        }
        let maintenance = self.server()?.url(&maintenance_database());
        let found = self.databases.holds(&maintenance, database)?;
        Ok(if found { Some(self.server()?.url(database)) } else { None })
    }

    fn ensure_database(&mut self, database: &Identifier) -> Result<(), ProviderError> {
        let url = self.server()?.url(&maintenance_database());
        self.databases.ensure(&url, database)
    }

    fn database_url(&mut self, database: &Identifier) -> Result<String, ProviderError> {
        self.ensure_database(database)?;
        Ok(self.server()?.url(database))
    }

    fn stop(mut self: Box<Self>) -> Result<(), ProviderError> {
        match std::mem::replace(&mut self.state, State::Ended) {
            State::Serving(server) => server.stop(),
            State::Locked(_) | State::Ended => Ok(()),
        }
    }
}
