//! Throw-away databases in which something is computed or proven.

use limosa_catalog::{Identifier, ServerMajor};

use crate::provider::{Provider, ProviderError};
use crate::settings::{ClientContext, ConnectionSettings};

/// A server of our own, for databases that live as long as a question does.
///
/// Where the server takes one connection at a time, each must be closed before the next database is asked for.
pub struct Shadow {
    /// `None` only while it works on another thread.
    provider: Option<Box<dyn Provider>>,
    made: u32,
}

impl Shadow {
    /// Shadows on this server, which is stopped, and if it is a throw-away one removed, with the last of them.
    #[must_use]
    pub fn on(provider: Box<dyn Provider>) -> Self {
        Self { provider: Some(provider), made: 0 }
    }

    /// The server's major version.
    #[must_use]
    pub fn major(&self) -> Option<ServerMajor> {
        self.provider.as_ref().map(|provider| provider.capabilities().major)
    }

    /// Whether the server takes one connection at a time.
    #[must_use]
    pub fn takes_one_connection(&self) -> bool {
        self.provider.as_ref().is_some_and(|provider| !provider.capabilities().concurrent_connections)
    }

    /// A new, empty database.
    ///
    /// # Errors
    /// The server cannot be started, or refuses.
    pub async fn database(&mut self) -> Result<ConnectionSettings, ProviderError> {
        self.made += 1;
        let name = format!("shadow_{}", self.made);
        let ended = |message: String| ProviderError::Embedded { doing: "making a shadow", message, hint: None };
        let database = Identifier::new(name).map_err(|error| ended(error.to_string()))?;
        let Some(mut provider) = self.provider.take() else { return Err(ended("its server is gone".to_owned())) };
        // Off this thread, which may still have to finish closing the connection that the server waits for.
        let asked = tokio::task::spawn_blocking(move || {
            let url = provider.database_url(&database);
            (provider, url)
        });
        let (provider, url) = asked.await.map_err(|error| ended(error.to_string()))?;
        self.provider = Some(provider);
        // Variables such as PGOPTIONS are meant for servers elsewhere.
        let settings = ConnectionSettings::resolve(&url?, &ClientContext::default());
        settings.map_err(|error| ended(error.to_string()))
    }

    /// Stops the server. Every connection must be closed.
    ///
    /// # Errors
    /// It does not stop.
    pub async fn stop(self) -> Result<(), ProviderError> {
        let Some(provider) = self.provider else { return Ok(()) };
        let stopped = tokio::task::spawn_blocking(move || provider.stop()).await;
        stopped.unwrap_or_else(|error| {
            Err(ProviderError::Embedded { doing: "stopping", message: error.to_string(), hint: None })
        })
    }
}
