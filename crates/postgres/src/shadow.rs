//! Throw-away databases in which something is computed or proven.

use std::fmt;

use limosa_catalog::{Identifier, ServerMajor, ServerVersion};

use crate::provider::{Provider, ProviderError, ProviderKind};
use crate::session::Session;
use crate::settings::{ClientContext, ConnectionSettings};

/// Drops the roles that do not come with a server. One scan of `pg_roles`.
const FORGET_ROLES_SQL: &str = "\
DO $$ DECLARE role text; BEGIN
  FOR role IN SELECT rolname FROM pg_catalog.pg_roles WHERE oid >= 16384 AND rolname <> current_user LOOP
    EXECUTE pg_catalog.format('DROP ROLE %I', role);
  END LOOP;
END $$";

fn name(number: u32) -> String {
    format!("shadow_{number}")
}

/// Starts a server.
type Open = Box<dyn FnOnce() -> Result<Box<dyn Provider>, ProviderError> + Send>;

/// A server of our own, for databases that live as long as a question does. It is started by the first of them.
///
/// Where the server takes one connection at a time, each must be closed before the next database is asked for.
pub struct Shadow {
    server: Server,
    identity: ShadowIdentity,
    made: u32,
}

/// Which server computes, without starting it. Equal identities compute the same from the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShadowIdentity {
    /// How it is come by.
    pub kind: ProviderKind,
    /// Its version.
    pub version: ServerVersion,
}

impl fmt::Display for ShadowIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            ProviderKind::Binaries => "PostgreSQL",
            ProviderKind::Embedded => "embedded PostgreSQL",
        };
        write!(f, "{kind} {}", self.version)
    }
}

enum Server {
    Closed(Open),
    Running(Box<dyn Provider>),
    /// It works on another thread, or could not be started.
    Away,
}

impl Shadow {
    /// Shadows on the server that `open` starts. It is stopped, and if it is a throw-away one removed, with the last of
    /// them.
    #[must_use]
    pub fn on(
        identity: ShadowIdentity,
        open: impl FnOnce() -> Result<Box<dyn Provider>, ProviderError> + Send + 'static,
    ) -> Self {
        Self { server: Server::Closed(Box::new(open)), identity, made: 0 }
    }

    /// Which server it is.
    #[must_use]
    pub fn identity(&self) -> ShadowIdentity {
        self.identity
    }

    /// The server's major version.
    #[must_use]
    pub fn major(&self) -> ServerMajor {
        self.identity.version.major()
    }

    /// Whether the server takes one connection at a time.
    #[must_use]
    pub fn takes_one_connection(&self) -> bool {
        self.identity.kind == ProviderKind::Embedded
    }

    /// A new, empty database.
    ///
    /// # Errors
    /// The server cannot be started, or refuses.
    pub async fn database(&mut self) -> Result<ConnectionSettings, ProviderError> {
        self.made += 1;
        let ended = |message: String| ProviderError::Embedded { doing: "making a shadow", message, hint: None };
        let database = Identifier::new(name(self.made)).map_err(|error| ended(error.to_string()))?;
        let server = std::mem::replace(&mut self.server, Server::Away);
        // Off this thread, which may still have to finish closing the connection that the server waits for.
        let asked = tokio::task::spawn_blocking(move || {
            let mut provider = match server {
                Server::Closed(open) => open()?,
                Server::Running(provider) => provider,
                Server::Away => return Err(ended("its server is gone".to_owned())),
            };
            let url = provider.database_url(&database);
            Ok((provider, url))
        });
        let (provider, url) = asked.await.map_err(|error| ended(error.to_string()))??;
        self.server = Server::Running(provider);
        // Variables such as PGOPTIONS are meant for servers elsewhere.
        let settings = ConnectionSettings::resolve(&url?, &ClientContext::default());
        let settings = settings.map_err(|error| ended(error.to_string()))?;
        if self.made > 1 {
            self.forget_the_last(&settings).await;
        }
        Ok(settings)
    }

    /// Drops the database before this one and the roles that were made for it, which belong to the whole server. What
    /// cannot be dropped stays, and is in the way only of somebody who makes the same role again.
    async fn forget_the_last(&self, settings: &ConnectionSettings) {
        let Ok(session) = Session::connect(settings).await else { return };
        let last = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", name(self.made - 1));
        if session.flight(&last).await.is_ok() {
            let _ = session.flight(FORGET_ROLES_SQL).await;
        }
        session.close().await;
    }

    /// Stops the server, if it was started. Every connection must be closed.
    ///
    /// # Errors
    /// It does not stop.
    pub async fn stop(self) -> Result<(), ProviderError> {
        let Server::Running(provider) = self.server else { return Ok(()) };
        let stopped = tokio::task::spawn_blocking(move || provider.stop()).await;
        stopped.unwrap_or_else(|error| {
            Err(ProviderError::Embedded { doing: "stopping", message: error.to_string(), hint: None })
        })
    }
}
