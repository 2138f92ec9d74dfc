//! Why no session could be opened, and what may help.

use std::error::Error as _;
use std::io::ErrorKind;
use std::time::Duration;

use tokio_postgres::error::SqlState;

use crate::server_error::DatabaseError;
use crate::settings::SslMode;
use crate::tls::TlsError;

/// Why no session could be opened. `Display` says what was tried and what was found, [`ConnectError::hint`] what to do
/// next. No message holds a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// Nothing listens there, or the network does not reach it.
    #[error("cannot reach a server at {server}: {reason}")]
    Unreachable {
        /// The server, as `host:port`, or `folder:port` for a socket.
        server: String,
        /// What the operating system said.
        reason: String,
    },
    /// The host's name has no address.
    #[error("the host of {server} is not known: {reason}")]
    UnknownHost {
        /// The server, as `host:port`.
        server: String,
        /// What the resolver said.
        reason: String,
    },
    /// No answer in time.
    #[error("{server} did not answer within {} seconds", after.as_secs())]
    Timeout {
        /// The server, as `host:port`.
        server: String,
        /// The limit, from `connect_timeout`.
        after: Duration,
    },
    /// The server asks for a password and none was given.
    #[error("{server} asks for a password of role {user}, and none was given")]
    PasswordMissing {
        /// The server, as `host:port`.
        server: String,
        /// The role.
        user: String,
    },
    /// The password is wrong, or the role has none, or does not exist: servers do not tell which.
    #[error("{server} does not accept the password of role {user}")]
    WrongPassword {
        /// The server, as `host:port`.
        server: String,
        /// The role.
        user: String,
    },
    /// The role does not exist or may not log in.
    #[error("{server} does not let role {user} in: {reason}")]
    UnknownRole {
        /// The server, as `host:port`.
        server: String,
        /// The role.
        user: String,
        /// What the server said.
        reason: String,
    },
    /// The server's own rules (`pg_hba.conf`) do not let this role in from here in this way.
    #[error("{server} does not let this connection in: {reason}")]
    NotAllowedFromHere {
        /// The server, as `host:port`.
        server: String,
        /// What the server said.
        reason: String,
    },
    /// The database does not exist.
    #[error("{server} has no database {database}")]
    UnknownDatabase {
        /// The server, as `host:port`.
        server: String,
        /// The database.
        database: String,
    },
    /// The role may not connect to the database.
    #[error("role {user} may not connect to database {database} on {server}: {reason}")]
    NoPrivilege {
        /// The server, as `host:port`.
        server: String,
        /// The role.
        user: String,
        /// The database.
        database: String,
        /// What the server said.
        reason: String,
    },
    /// All connections of the server, the role or the database are taken.
    #[error("{server} has no connection left: {reason}")]
    TooManyConnections {
        /// The server, as `host:port`.
        server: String,
        /// What the server said.
        reason: String,
    },
    /// The server is starting or recovering.
    #[error("{server} is starting up: {reason}")]
    StartingUp {
        /// The server, as `host:port`.
        server: String,
        /// What the server said.
        reason: String,
    },
    /// The server is going down.
    #[error("{server} is shutting down")]
    ShuttingDown {
        /// The server, as `host:port`.
        server: String,
    },
    /// TLS could not be set up or agreed on.
    #[error("no TLS connection to {server}: {source}")]
    Tls {
        /// The server, as `host:port`.
        server: String,
        /// Why.
        source: TlsError,
    },
    /// A pooler does not let a setting through that has to be sent when connecting.
    #[error("{server} is a pooler that does not let a setting through: {reason}")]
    UnsupportedStartupParameter {
        /// The server, as `host:port`.
        server: String,
        /// What the pooler said.
        reason: String,
    },
    /// The server wants to be shown who we are in a way that we cannot.
    #[error("cannot authenticate at {server}: {reason}")]
    UnsupportedAuthentication {
        /// The server, as `host:port`.
        server: String,
        /// What was asked for.
        reason: String,
    },
    /// What answers does not speak PostgreSQL's protocol, or hung up before it had said anything.
    #[error("what answers at {server} does not speak as a PostgreSQL server: {reason}")]
    NotPostgres {
        /// The server, as `host:port`.
        server: String,
        /// What happened.
        reason: String,
    },
    /// The server is not of the kind that `target_session_attrs` asks for.
    #[error("{server} is not what target_session_attrs={wanted} asks for")]
    Unsuitable {
        /// The server, as `host:port`.
        server: String,
        /// The kind that was asked for.
        wanted: &'static str,
    },
    /// The server refused for a reason of its own.
    #[error("{server} refuses the connection: {error}")]
    Refused {
        /// The server, as `host:port`.
        server: String,
        /// What the server said.
        error: Box<DatabaseError>,
    },
    /// Several servers were named and none let us in.
    #[error("none of {} servers can be used: {}", .0.len(), joined(.0))]
    AllFailed(Vec<ConnectError>),
}

impl ConnectError {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Unreachable { .. } => "check that the server runs, and host and port in the URL",
            Self::UnknownHost { .. } => "check the host in the URL",
            Self::Timeout { .. } => "check host, port and firewall; connect_timeout=SECONDS in the URL waits longer",
            Self::PasswordMissing { .. } => "give it in the URL, in PGPASSWORD, or in ~/.pgpass (mode 600)",
            Self::WrongPassword { .. } => {
                "check role and password; reserved characters in a URL must be percent-encoded"
            }
            Self::UnknownRole { .. } => "check the role in the URL, or create it with CREATE ROLE … LOGIN",
            Self::NotAllowedFromHere { .. } => {
                "check role, database and sslmode, or add a line to the server's pg_hba.conf"
            }
            Self::UnknownDatabase { .. } => "check the database in the URL, or create it with CREATE DATABASE",
            Self::NoPrivilege { .. } => "let its owner run GRANT CONNECT ON DATABASE … TO …",
            Self::TooManyConnections { .. } => {
                "wait until other connections close, or raise max_connections or the role's limit"
            }
            Self::StartingUp { .. } | Self::ShuttingDown { .. } => "wait a moment and try again",
            Self::Tls { source: TlsError::NotOffered { .. }, .. } => {
                "use sslmode=disable if the network is safe, or turn ssl on at the server"
            }
            Self::Tls { source: TlsError::Handshake(_), .. } => {
                "check sslrootcert and that the certificate is for this host; \
                 sslmode=require encrypts without verifying"
            }
            Self::UnsupportedStartupParameter { .. } => {
                "connect to the server itself, or name the setting in the pooler's ignore_startup_parameters"
            }
            Self::UnsupportedAuthentication { .. } => {
                "passwords (scram-sha-256, md5, plain), client certificates and trust are supported"
            }
            Self::NotPostgres { .. } => "check the port; if the server is PostgreSQL, its log says why it hung up",
            Self::Unsuitable { .. } => "name another host, or leave target_session_attrs out",
            Self::AllFailed(errors) => return errors.last().and_then(Self::hint),
            Self::Tls { .. } | Self::Refused { .. } => return None,
        })
    }

    /// Whether trying again a little later may help without anybody changing anything.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Timeout { .. }
            | Self::TooManyConnections { .. }
            | Self::StartingUp { .. }
            | Self::ShuttingDown { .. } => true,
            Self::AllFailed(errors) => errors.iter().any(Self::is_transient),
            _ => false,
        }
    }

    /// Whether another of several hosts is worth a try, as libpq has it: not once a server has refused the role.
    pub(super) fn leaves_other_hosts(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. }
                | Self::UnknownHost { .. }
                | Self::Timeout { .. }
                | Self::StartingUp { .. }
                | Self::ShuttingDown { .. }
                | Self::NotPostgres { .. }
                | Self::Tls { .. }
                | Self::Unsuitable { .. }
        )
    }
}

/// What is known of an attempt when its error is classified.
#[derive(Debug, Clone)]
pub(super) struct Circumstances {
    /// The endpoint, as `host:port`.
    pub(super) server: String,
    pub(super) user: String,
    pub(super) database: String,
    pub(super) mode: SslMode,
}

impl Circumstances {
    pub(super) fn timeout(&self, after: Duration) -> ConnectError {
        ConnectError::Timeout { server: self.server.clone(), after }
    }

    pub(super) fn tls(&self, source: TlsError) -> ConnectError {
        ConnectError::Tls { server: self.server.clone(), source }
    }

    /// Gives an error of the client library its meaning.
    pub(super) fn classify(&self, error: &tokio_postgres::Error) -> ConnectError {
        let server = self.server.clone();
        if let Some(database) = error.as_db_error() {
            return self.refused(DatabaseError::from(database));
        }
        let reason = error.source().map_or_else(|| error.to_string(), ToString::to_string);
        let io = error.source().and_then(|source| source.downcast_ref::<std::io::Error>());
        // The client library keeps the kind of its errors to itself and shows it in this text alone.
        match error.to_string().as_str() {
            "error connecting to server" => ConnectError::Unreachable { server, reason },
            "error performing TLS handshake" if reason == "server does not support TLS" => {
                self.tls(TlsError::NotOffered { mode: self.mode.as_str() })
            }
            "error performing TLS handshake" => self.tls(TlsError::Handshake(reason)),
            "invalid configuration" if reason == "password missing" => {
                ConnectError::PasswordMissing { server, user: self.user.clone() }
            }
            "authentication error" | "invalid configuration" => {
                ConnectError::UnsupportedAuthentication { server, reason }
            }
            // An alert about our certificate comes after the handshake in TLS 1.3.
            _ if io.is_some_and(|io| io.kind() == ErrorKind::InvalidData && reason.contains("alert")) => {
                self.tls(TlsError::Handshake(reason))
            }
            _ if error.is_closed() || io.is_some_and(|io| io.kind() == ErrorKind::UnexpectedEof) => {
                ConnectError::NotPostgres { server, reason: "it closed the connection".to_owned() }
            }
            _ => ConnectError::NotPostgres { server, reason },
        }
    }

    fn refused(&self, error: DatabaseError) -> ConnectError {
        let server = self.server.clone();
        let user = self.user.clone();
        let database = self.database.clone();
        let reason = error.message.clone();
        match &error.sqlstate {
            code if *code == SqlState::INVALID_PASSWORD => ConnectError::WrongPassword { server, user },
            code if *code == SqlState::INVALID_CATALOG_NAME => ConnectError::UnknownDatabase { server, database },
            code if *code == SqlState::INSUFFICIENT_PRIVILEGE => {
                ConnectError::NoPrivilege { server, user, database, reason }
            }
            code if *code == SqlState::TOO_MANY_CONNECTIONS => ConnectError::TooManyConnections { server, reason },
            // Messages are translated, names of routines are not.
            code if *code == SqlState::INVALID_AUTHORIZATION_SPECIFICATION => match error.routine.as_deref() {
                Some("InitializeSessionUserId") => ConnectError::UnknownRole { server, user, reason },
                _ => ConnectError::NotAllowedFromHere { server, reason },
            },
            code if *code == SqlState::ADMIN_SHUTDOWN => ConnectError::ShuttingDown { server },
            code if *code == SqlState::CANNOT_CONNECT_NOW && reason.contains("shutting down") => {
                ConnectError::ShuttingDown { server }
            }
            code if *code == SqlState::CANNOT_CONNECT_NOW => ConnectError::StartingUp { server, reason },
            // PgBouncer, which speaks English only, says most things under this code.
            code if *code == SqlState::PROTOCOL_VIOLATION => match reason.as_str() {
                text if text.contains("unsupported startup parameter") => {
                    ConnectError::UnsupportedStartupParameter { server, reason }
                }
                // As the pooler says it, and as it passes on what the server said.
                text if text.contains("no such database") || is_missing_database(text) => {
                    ConnectError::UnknownDatabase { server, database }
                }
                text if text.contains("no such user") => ConnectError::UnknownRole { server, user, reason },
                text if text.contains("authentication failed") => ConnectError::WrongPassword { server, user },
                text if text.contains("no more connections allowed") => {
                    ConnectError::TooManyConnections { server, reason }
                }
                _ => ConnectError::Refused { server, error: Box::new(error) },
            },
            _ => ConnectError::Refused { server, error: Box::new(error) },
        }
    }
}

fn joined(errors: &[ConnectError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn is_missing_database(message: &str) -> bool {
    message.starts_with("database ") && message.ends_with(" does not exist")
}
