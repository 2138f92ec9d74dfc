//! Where the databases of the services are.

use limosa_syntax::BackfillManner;

use crate::{EnvironmentName, RunSettings, Service, UrlTemplate};

/// What is saved before anything is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Backup {
    /// Nothing.
    #[default]
    Off,
    /// The whole database (`backup = "before-up"`).
    BeforeUp,
    /// The tables that the pending migrations touch (`backup = "touched-tables"`).
    TouchedTables,
}

/// One environment: `dev`, `staging`, `prod` …
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// Its name.
    pub name: EnvironmentName,
    /// Where its databases are.
    pub url: UrlTemplate,
    /// Whether a person has to confirm before anything is applied.
    pub confirm: bool,
    /// What is saved before anything is applied.
    pub backup: Backup,
    /// Whether acts that lose data are refused outright, whatever is allowed on the command line.
    pub protected: bool,
    /// Whether seeds that name no environment are for this one; `None` where the file does not say.
    pub seeds: Option<bool>,
    /// How migrations run here: `[run]`, with what this environment changes.
    pub run: RunSettings,
    /// How batches follow each other here, where neither a directive nor the command line says otherwise.
    pub backfill: BackfillManner,
}

impl Environment {
    /// Whether seeds that name no environment are for this one: as the file says, else where nothing has to be
    /// confirmed and nothing is protected.
    #[must_use]
    pub fn takes_seeds(&self) -> bool {
        self.seeds.unwrap_or(!self.confirm && !self.protected)
    }

    /// Where the database of a service is in this environment: the service's own `url` where it has one, except in an
    /// embedded environment, which needs no URL.
    #[must_use]
    pub fn url_of<'a>(&'a self, service: &'a Service) -> &'a UrlTemplate {
        match (&self.url, &service.url) {
            (UrlTemplate::Embedded, _) | (_, None) => &self.url,
            (_, Some(own)) => own,
        }
    }
}
