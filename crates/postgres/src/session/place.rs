//! A concrete place to connect to, once names are looked up.

use std::net::IpAddr;
#[cfg(unix)]
use std::path::PathBuf;

/// Where exactly a socket is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// Over TCP.
    Address {
        /// The host as it was named, which a certificate must be for.
        host: String,
        address: IpAddr,
        port: u16,
    },
    /// The file of a Unix socket.
    #[cfg(unix)]
    Socket(PathBuf),
}
