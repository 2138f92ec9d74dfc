//! A server that belongs to one test.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use limosa_catalog::{Identifier, ServerMajor};
use limosa_postgres::provider::binaries::{Cluster, ClusterOptions, Durability, Installation, Shutdown, TcpAccess};

use crate::database::Database;
use crate::environment::binary_search;
use crate::server::Server;

/// What a test changes about its server.
#[derive(Debug, Clone, Default)]
pub struct PrivateServerOptions {
    /// Server settings, such as `("default_transaction_read_only", "on")`.
    pub settings: Vec<(String, String)>,
    /// The text of `pg_hba.conf`; `None` keeps trust on the socket and passwords on the port.
    pub hba: Option<String>,
    /// Files to put into the data folder, such as `("server.key", …)`. They get mode 600, as PostgreSQL asks for keys.
    pub files: Vec<(String, Vec<u8>)>,
    /// In which folder its own is made; `None` means the system's for temporary files.
    pub folder: Option<PathBuf>,
}

/// A server that one test may kill, restart and configure as it likes. It is removed at the end.
#[derive(Debug)]
pub struct PrivateServer {
    cluster: Cluster,
    server: Server,
}

impl PrivateServer {
    /// Starts a server of a major version, such as that of one of the shared servers.
    ///
    /// # Panics
    /// There are no binaries of that version, or it does not start.
    #[must_use]
    pub fn start(major: ServerMajor) -> Self {
        Self::start_with(major, PrivateServerOptions::default())
    }

    /// Starts a server with other settings or files.
    ///
    /// # Panics
    /// There are no binaries of that version, or it does not start.
    #[must_use]
    pub fn start_with(major: ServerMajor, options: PrivateServerOptions) -> Self {
        let installation = binary_search().find(Some(major)).unwrap_or_else(|error| panic!("{error}"));
        Self::start_from(&installation, options)
    }

    /// Starts a server from given binaries.
    ///
    /// # Panics
    /// It does not start.
    #[must_use]
    pub fn start_from(installation: &Installation, options: PrivateServerOptions) -> Self {
        // Many tests at once, on a machine with few cores: room for connections, little memory for each.
        let mut settings = vec![
            ("max_connections".to_owned(), "300".to_owned()),
            ("shared_buffers".to_owned(), "32MB".to_owned()),
            ("autovacuum_naptime".to_owned(), "1h".to_owned()),
        ];
        settings.extend(options.settings);
        let options_of_cluster =
            ClusterOptions { durability: Durability::ThrowAway, tcp: TcpAccess::Loopback, settings };
        let mut cluster =
            Cluster::throw_away(installation, &options.folder.unwrap_or_else(env::temp_dir), options_of_cluster)
                .unwrap_or_else(|error| panic!("{error}"));
        let hba = options.hba.map(|text| ("pg_hba.conf".to_owned(), text.into_bytes()));
        for (name, content) in options.files.into_iter().chain(hba) {
            cluster.put_file(&name, &content).unwrap_or_else(|error| panic!("{error}"));
        }
        cluster.start().unwrap_or_else(|error| panic!("{error}"));
        Self { server: Server::of_cluster(&cluster), cluster }
    }

    /// The server as tests of shared servers know it.
    #[must_use]
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The URL of the database `postgres` on the loopback port, with the superuser's password.
    #[must_use]
    pub fn url(&self) -> &str {
        self.server.url()
    }

    /// The URL of the database `postgres` through the Unix socket, which asks for no password.
    #[must_use]
    pub fn socket_url(&self) -> String {
        self.cluster.url(&Identifier::new("postgres").expect("a valid identifier"))
    }

    /// A new empty database.
    #[must_use]
    pub fn fresh_database(&self) -> Database {
        self.server.fresh_database()
    }

    /// PostgreSQL's data folder.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.cluster.data()
    }

    /// The folder with its programs.
    #[must_use]
    pub fn programs(&self) -> &Path {
        self.cluster.installation().folder()
    }

    /// The server's log so far.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read(self.cluster.log_file()).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    /// Kills the main process with SIGKILL, as a crash would; data and port stay for [`PrivateServer::restart`].
    ///
    /// # Panics
    /// Its other processes do not end.
    pub fn kill(&mut self) {
        self.cluster.kill().unwrap_or_else(|error| panic!("{error}"));
    }

    /// Stops the server in order, ending the transactions of its clients.
    ///
    /// # Panics
    /// It does not stop.
    pub fn stop(&mut self) {
        self.cluster.stop(Shutdown::Fast).unwrap_or_else(|error| panic!("{error}"));
    }

    /// Starts the server again on the same data and port, with these settings in addition to those it had.
    ///
    /// # Panics
    /// It does not start.
    pub fn restart(&mut self, settings: &[(&str, &str)]) {
        self.stop();
        let added = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        self.cluster.settings().extend(added);
        self.cluster.start().unwrap_or_else(|error| panic!("{error}"));
    }

    /// A hot standby of this server, replaying its log: a second server that refuses every write. This server stops for
    /// the moment that its data folder takes to be copied.
    ///
    /// # Panics
    /// The standby cannot be made.
    #[must_use]
    pub fn standby(&mut self) -> Self {
        self.stop();
        let copy = self.cluster.copy(&env::temp_dir());
        self.cluster.start().unwrap_or_else(|error| panic!("{error}"));
        let mut standby = copy.unwrap_or_else(|error| panic!("{error}"));
        standby.put_file("standby.signal", b"").unwrap_or_else(|error| panic!("{error}"));
        standby.settings().push(("primary_conninfo".to_owned(), self.url().to_owned()));
        standby.start().unwrap_or_else(|error| panic!("{error}"));
        Self { server: Server::of_cluster(&standby), cluster: standby }
    }
}
