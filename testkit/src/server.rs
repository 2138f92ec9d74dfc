//! The servers that all tests share.

use std::sync::{Mutex, OnceLock};

use limosa_catalog::{Identifier, ServerMajor, ServerVersion};
use limosa_postgres::provider::binaries::Cluster;

use crate::database::Database;
use crate::environment::{SERVERS_VARIABLE, binary_search, variable};
use crate::private_server::PrivateServer;

/// A running PostgreSQL server with a superuser's URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    major: ServerMajor,
    url: String,
}

impl Server {
    /// The major version.
    #[must_use]
    pub fn major(&self) -> ServerMajor {
        self.major
    }

    /// The URL of the database `postgres`, on a TCP port of the loopback address, with the superuser's password.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The URL of another database of this server.
    #[must_use]
    pub fn database_url(&self, database: &Identifier) -> String {
        with_database(&self.url, database)
    }

    /// A new empty database, which is dropped at the end of the test.
    ///
    /// # Panics
    /// The server refuses it.
    #[must_use]
    pub fn fresh_database(&self) -> Database {
        Database::create(self)
    }

    /// Reads what the test run announces: `15=postgresql://…;18=postgresql://…`.
    fn from_announcement(text: &str) -> Vec<Self> {
        let read = |entry: &str| {
            let (major, url) = entry.split_once('=').and_then(|(major, url)| Some((major.parse().ok()?, url)))?;
            Some(Self { major: server_major(major)?, url: url.to_owned() })
        };
        text.split(';')
            .filter(|entry| !entry.is_empty())
            .map(|entry| read(entry).unwrap_or_else(|| panic!("{SERVERS_VARIABLE} holds {entry:?}, not MAJOR=URL")))
            .collect()
    }

    pub(crate) fn of_cluster(cluster: &Cluster) -> Self {
        let database = Identifier::new("postgres").expect("a valid identifier");
        let url = cluster.tcp_url(&database).expect("a test server listens on a port");
        Self { major: cluster.installation().version().major(), url }
    }
}

/// Every server that the tests shall pass on, oldest first.
///
/// # Panics
/// There is none, and no binaries to start one from.
#[must_use]
pub fn servers() -> Vec<Server> {
    static ANNOUNCED: OnceLock<Vec<Server>> = OnceLock::new();
    ANNOUNCED
        .get_or_init(|| match variable(SERVERS_VARIABLE) {
            Some(text) => Server::from_announcement(&text),
            None => own_servers(),
        })
        .clone()
}

/// The newest of the [`servers`], for tests of what does not depend on the version.
///
/// # Panics
/// As [`servers`].
#[must_use]
pub fn server() -> Server {
    servers().pop().expect("servers() never returns an empty list")
}

/// Starts the oldest and the newest server of which there are binaries. They live as long as this process.
fn own_servers() -> Vec<Server> {
    // Kept, never touched again: their end comes with the end of this process.
    static KEPT: Mutex<Vec<PrivateServer>> = Mutex::new(Vec::new());
    let found = binary_search().installations().unwrap_or_else(|error| panic!("{error}"));
    let mut majors: Vec<ServerMajor> = found.iter().map(|installation| installation.version().major()).collect();
    majors.sort();
    majors.dedup();
    let (Some(oldest), Some(newest)) = (majors.first().copied(), majors.last().copied()) else {
        panic!("no PostgreSQL server binaries on this machine; `cargo xtask test` fetches them")
    };
    let mut wanted = vec![oldest, newest];
    wanted.dedup();
    let started: Vec<_> = wanted.into_iter().map(PrivateServer::start).collect();
    let servers = started.iter().map(|server| server.server().clone()).collect();
    KEPT.lock().expect("nobody panics while holding the list").extend(started);
    servers
}

/// The major version of a number, if it is supported.
pub(crate) fn server_major(number: u32) -> Option<ServerMajor> {
    ServerVersion::from_number(number.checked_mul(10_000)?).ok().map(ServerVersion::major)
}

/// Puts another database into the URL of a server; the database is what stands between the last `/` and the `?`.
pub(crate) fn with_database(url: &str, database: &Identifier) -> String {
    let (path, parameters) = url.split_once('?').map_or((url, None), |(path, rest)| (path, Some(rest)));
    let server = path.rsplit_once('/').map_or(path, |(server, _)| server);
    // Names of test databases are plain letters and digits; others are encoded byte by byte.
    let encoded: String = database
        .as_str()
        .bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || byte == b'_' {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect();
    match parameters {
        Some(parameters) => format!("{server}/{encoded}?{parameters}"),
        None => format!("{server}/{encoded}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_announcement_is_a_list_of_majors_and_urls() {
        let servers = Server::from_announcement("15=postgresql://a:1/x?b=c;18=postgresql://d/;");
        let read: Vec<_> = servers.iter().map(|server| (server.major().number(), server.url())).collect();
        assert_eq!(read, [(15, "postgresql://a:1/x?b=c"), (18, "postgresql://d/")]);
        assert!(std::panic::catch_unwind(|| Server::from_announcement("postgresql://nowhere")).is_err());
    }

    #[test]
    fn a_url_keeps_all_but_its_database() {
        let database = Identifier::new("a b").expect("valid");
        assert_eq!(with_database("postgresql://u:p@h:1/old?x=/y", &database), "postgresql://u:p@h:1/a%20b?x=/y");
        assert_eq!(with_database("postgresql://u@h/old", &database), "postgresql://u@h/a%20b");
    }
}
