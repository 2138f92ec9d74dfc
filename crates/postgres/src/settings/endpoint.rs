//! Where a server may be reached: hosts, addresses, ports, sockets.

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use super::error::SettingsError;
use super::values;

/// The port of PostgreSQL where none is named.
pub(super) const DEFAULT_PORT: u16 = 5432;

/// Where libpq builds look for a socket: Debian's and Red Hat's folder, then the one of unpatched builds.
const SOCKET_FOLDERS: [&str; 2] = ["/var/run/postgresql", "/tmp"];

/// A host as it was named.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Host {
    /// A name, or an address as text. It is what a certificate must be for.
    Name(String),
    /// The folder of a Unix socket.
    SocketFolder(PathBuf),
}

/// One place where a server may be.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Endpoint {
    /// The host as it was named.
    pub host: Host,
    /// The address to connect to (`hostaddr`), where the name is not to be looked up.
    pub address: Option<IpAddr>,
    /// The port; for a socket, a part of its file's name.
    pub port: u16,
}

impl Endpoint {
    /// The names under which a password file may have this endpoint.
    pub(super) fn pass_file_names(&self) -> Vec<&str> {
        match &self.host {
            Host::Name(name) => vec![name],
            Host::SocketFolder(folder) => {
                let default = SOCKET_FOLDERS.iter().any(|known| Path::new(known) == folder);
                let mut names: Vec<&str> = folder.to_str().into_iter().collect();
                names.extend(default.then_some("localhost"));
                names
            }
        }
    }

    fn named(host: &str, address: Option<IpAddr>, port: u16) -> Self {
        let host = match (host, address) {
            ("", Some(address)) => Host::Name(address.to_string()),
            ("", None) => default_host(port),
            (folder, None) if folder.starts_with('/') => Host::SocketFolder(PathBuf::from(folder)),
            (name, _) => Host::Name(name.to_owned()),
        };
        Self { host, address, port }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Host::Name(name) if name.contains(':') => write!(f, "[{name}]:{}", self.port),
            Host::Name(name) => write!(f, "{name}:{}", self.port),
            Host::SocketFolder(folder) => write!(f, "{}:{}", folder.display(), self.port),
        }
    }
}

/// The socket of a server on this machine where there is one, else `localhost`.
fn default_host(port: u16) -> Host {
    SOCKET_FOLDERS
        .into_iter()
        .map(Path::new)
        .find(|folder| folder.join(format!(".s.PGSQL.{port}")).exists())
        .map_or_else(|| Host::Name("localhost".to_owned()), |folder| Host::SocketFolder(folder.to_owned()))
}

/// Puts the comma-separated lists of libpq together: one endpoint for each host, or each address where there are more.
pub(super) fn endpoints(
    hosts: Option<&str>,
    addresses: Option<&str>,
    ports: Option<&str>,
) -> Result<Vec<Endpoint>, SettingsError> {
    let split = |text: Option<&str>| -> Vec<String> {
        text.map(|text| text.split(',').map(|item| item.trim().to_owned()).collect()).unwrap_or_default()
    };
    let (hosts, addresses, ports) = (split(hosts), split(addresses), split(ports));
    let count = hosts.len().max(addresses.len()).max(1);
    if !addresses.is_empty() && !hosts.is_empty() && hosts.len() != addresses.len() {
        return Err(SettingsError::ListLength { name: "hostaddr", found: addresses.len(), hosts: hosts.len() });
    }
    if ports.len() > 1 && ports.len() != count {
        return Err(SettingsError::ListLength { name: "port", found: ports.len(), hosts: count });
    }
    (0..count)
        .map(|index| {
            let text = ports.get(index).or_else(|| ports.first().filter(|_| ports.len() == 1));
            let port = values::port(text.map_or("", String::as_str))?;
            let address = match addresses.get(index).map(String::as_str).filter(|text| !text.is_empty()) {
                None => None,
                Some(text) => Some(text.parse().map_err(|_| SettingsError::Value {
                    name: "hostaddr",
                    found: text.to_owned(),
                    expected: "an IPv4 or IPv6 address; names belong into `host`",
                })?),
            };
            Ok(Endpoint::named(hosts.get(index).map_or("", String::as_str), address, port))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(hosts: &str, addresses: &str, ports: &str) -> String {
        let some = |text: &'static str| Some(text).filter(|text| !text.is_empty());
        let leak = |text: &str| -> &'static str { Box::leak(text.to_owned().into_boxed_str()) };
        match endpoints(some(leak(hosts)), some(leak(addresses)), some(leak(ports))) {
            Ok(list) => list.iter().map(Endpoint::to_string).collect::<Vec<_>>().join(" "),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn lists_go_together_one_by_one() {
        assert_eq!(shown("a,b,::1", "", "1,,3"), "a:1 b:5432 [::1]:3");
        assert_eq!(shown("a,b", "", "7"), "a:7 b:7");
        assert_eq!(shown("/tmp/pg", "", ""), "/tmp/pg:5432");
        assert_eq!(shown("", "127.0.0.1", ""), "127.0.0.1:5432");
        assert_eq!(shown("db.example", "127.0.0.1", ""), "db.example:5432");
        assert_eq!(shown("a,b", "", "1,2,3"), "`port` lists 3 values for 2 hosts; give one for all or one for each");
        assert!(shown("a,b", "::1", "").starts_with("`hostaddr` lists 1 values for 2 hosts"));
        assert_eq!(shown("a", "", "70000"), "expected a port from 1 to 65535, found `70000`");
        assert_eq!(shown("a", "", "0"), "expected a port from 1 to 65535, found `0`");
        assert!(shown("", "localhost", "").contains("names belong into `host`"));
    }
}
