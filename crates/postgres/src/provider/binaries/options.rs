//! How a cluster is made, run and stopped.

/// Whether the data of a cluster is worth keeping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// Written without fsync and removed at the end, even if this process is killed.
    #[default]
    ThrowAway,
    /// Kept, with all of PostgreSQL's care for it.
    Kept,
}

/// Who may reach a server besides the owner of its private socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TcpAccess {
    /// Nobody: it listens on no port.
    #[default]
    None,
    /// Whoever knows the random password, on a free port of 127.0.0.1.
    Loopback,
}

/// How a cluster is made and run.
#[derive(Debug, Clone, Default)]
pub struct ClusterOptions {
    /// Whether the data is worth keeping.
    pub durability: Durability,
    /// Whether it listens on a port.
    pub tcp: TcpAccess,
    /// Further server settings, such as `("max_connections", "200")`.
    pub settings: Vec<(String, String)>,
}

/// How a server is asked to stop; each becomes the next one when the server does not obey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shutdown {
    /// Wait for the clients to leave.
    Smart,
    /// End the clients' transactions, then stop in order.
    Fast,
    /// Stop at once; the next start recovers.
    Immediate,
}
