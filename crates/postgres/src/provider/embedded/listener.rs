//! How clients reach the embedded server: a Unix socket in a private folder, or a loopback port where there are none.
//!
//! The server asks for no password, so the way to it must be closed to other users of the machine; a socket's folder
//! can be, a port cannot.

use std::path::Path;

use limosa_catalog::Identifier;
use pglite_oxide::PgliteProxy;
use tempfile::TempDir;

use super::super::{ProviderError, url};

#[cfg(not(unix))]
pub(super) use self::tcp::Listener;
#[cfg(unix)]
pub(super) use self::unix::Listener;

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::net::{UnixListener, UnixStream};
    use std::path::PathBuf;

    use super::super::super::socket;

    /// A Unix socket in a private folder.
    #[derive(Debug)]
    pub(in super::super) struct Listener {
        socket: UnixListener,
        folder: PathBuf,
    }

    impl Listener {
        /// Listens in a new private folder, which lasts as long as the value returned beside the listener.
        pub(in super::super) fn bind(temporary: &Path) -> Result<(Self, TempDir), ProviderError> {
            let folder = socket::private_folder(temporary)?;
            let file = socket::file(folder.path());
            let socket = UnixListener::bind(&file).map_err(ProviderError::file("listen on", &file))?;
            Ok((Self { socket, folder: folder.path().to_owned() }, folder))
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
        /// Listens on a free port; the folder returned beside the listener is of no use here.
        pub(in super::super) fn bind(temporary: &Path) -> Result<(Self, TempDir), ProviderError> {
            let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|socket| {
                let address = socket.local_addr()?;
                Ok(Self { socket, address })
            });
            let listener = bound.map_err(ProviderError::file("bind a port of", "127.0.0.1"))?;
            let folder = TempDir::new_in(temporary).map_err(ProviderError::file("make a folder in", temporary))?;
            Ok((listener, folder))
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
