//! How clients reach the embedded server: a Unix socket in a private folder, or a loopback port where there are none.
//!
//! The server asks for no password, so the way to it must be closed to other users of the machine; a socket's folder
//! can be, a port cannot.

use std::path::Path;

use limosa_catalog::Identifier;
use pglite_oxide::PgliteProxy;

use super::super::{ProviderError, url};

#[cfg(not(unix))]
pub(super) use self::tcp::Listener;
#[cfg(unix)]
pub(super) use self::unix::Listener;

#[cfg(unix)]
mod unix {
    use super::*;
    use std::fs;
    use std::os::unix::fs::DirBuilderExt;
    use std::os::unix::net::{UnixListener, UnixStream};
    use std::path::PathBuf;

    use tempfile::TempDir;

    use super::super::super::socket;

    /// A Unix socket in a private folder.
    #[derive(Debug)]
    pub(in super::super) struct Listener {
        socket: UnixListener,
        folder: PathBuf,
        _removed: Option<TempDir>,
    }

    impl Listener {
        /// Listens in the data folder, where a killed process leaves nothing that the next one would not use again; or
        /// in a temporary folder, where the data folder's path is too long or its file system has no sockets.
        pub(in super::super) fn bind(data: &Path, temporary: &Path) -> Result<Self, ProviderError> {
            if let Some((socket, folder)) = bind_in_data(data) {
                return Ok(Self { socket, folder, _removed: None });
            }
            let folder = socket::private_folder(temporary)?;
            let file = socket::file(folder.path());
            let socket = UnixListener::bind(&file).map_err(ProviderError::file("listen on", &file))?;
            Ok(Self { socket, folder: folder.path().to_owned(), _removed: Some(folder) })
        }

        /// Waits for a client and serves it until it leaves.
        pub(in super::super) fn serve_one(&self, proxy: &PgliteProxy) -> Result<(), String> {
            proxy.accept_unix_once(&self.socket).map_err(|error| format!("{error:#}"))
        }

        /// Ends the wait for a client by being one that leaves at once.
        pub(in super::super) fn wake(&self) {
            let _ = UnixStream::connect(socket::file(&self.folder));
        }

        /// The URL of a database behind it.
        pub(in super::super) fn url(&self, database: &Identifier) -> String {
            url::through_socket(&self.folder, socket::PORT, database)
        }
    }

    fn bind_in_data(data: &Path) -> Option<(UnixListener, PathBuf)> {
        let folder = data.join("socket");
        if !socket::fits(&folder) {
            return None;
        }
        // Made anew, so that it is ours and closed to others; the caller holds the lock of the data folder.
        let _ = fs::remove_dir_all(&folder);
        fs::DirBuilder::new().mode(0o700).create(&folder).ok()?;
        let socket = UnixListener::bind(socket::file(&folder)).ok()?;
        Some((socket, folder))
    }
}

#[cfg(not(unix))]
mod tcp {
    use super::*;
    use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};

    /// A free port of the loopback address.
    #[derive(Debug)]
    pub(in super::super) struct Listener {
        socket: TcpListener,
        address: SocketAddr,
    }

    impl Listener {
        /// Listens on a free port; folders are of no use here.
        pub(in super::super) fn bind(_data: &Path, _temporary: &Path) -> Result<Self, ProviderError> {
            let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|socket| {
                let address = socket.local_addr()?;
                Ok(Self { socket, address })
            });
            bound.map_err(ProviderError::file("bind a port of", "127.0.0.1"))
        }

        /// Waits for a client and serves it until it leaves.
        pub(in super::super) fn serve_one(&self, proxy: &PgliteProxy) -> Result<(), String> {
            proxy.accept_tcp_once(&self.socket).map_err(|error| format!("{error:#}"))
        }

        /// Ends the wait for a client by being one that leaves at once.
        pub(in super::super) fn wake(&self) {
            let _ = TcpStream::connect(self.address);
        }

        /// The URL of a database behind it.
        pub(in super::super) fn url(&self, database: &Identifier) -> String {
            url::through_port(self.address, None, database)
        }
    }
}
