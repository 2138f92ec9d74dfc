//! What is known of a service besides its files.

use std::collections::BTreeMap;
use std::sync::Arc;

use limosa_catalog::{Catalog, Identifier, ServerMajor};
use limosa_lint::{File, Linter, Report, Settings, Sizes};
use limosa_plan::lock::Known;
use limosa_project::Service;

use super::{LintSettings, Live};

/// What is known of a service besides its files.
#[derive(Default)]
pub(crate) struct Facts {
    /// Where names without a schema go; `public` where nothing is said.
    search_path: Vec<Identifier>,
    sizes: Sizes,
    major: Option<ServerMajor>,
    start: Option<Known>,
    /// The schema before a file, by the file's number.
    catalogs: BTreeMap<usize, Arc<Catalog>>,
}

impl Facts {
    /// What limosa.toml says.
    pub(crate) fn of(service: &Service) -> Self {
        Self { search_path: service.schemas.clone(), ..Self::default() }
    }

    /// What the service's target shows.
    pub(crate) fn live(live: &Live) -> Self {
        Self {
            search_path: live.search_path.clone(),
            sizes: live.sizes.clone(),
            major: Some(live.major),
            start: Some(Known::of_catalog(&live.catalog, live.search_path.clone())),
            catalogs: BTreeMap::new(),
        }
    }

    /// With the schema before files, as a shadow has it.
    pub(crate) fn with_catalogs(self, catalogs: BTreeMap<usize, Arc<Catalog>>) -> Self {
        Self { catalogs, ..self }
    }

    /// Asks the rules about files that are for a server of this major version; where none is named, for the target's.
    pub(crate) fn lint(&self, settings: &LintSettings, major: Option<ServerMajor>, files: &[File]) -> Report {
        self.linter(&settings.rules, major).lint(files, &self.catalogs)
    }

    /// What asks the rules.
    pub(crate) fn linter<'a>(&'a self, rules: &'a Settings, major: Option<ServerMajor>) -> Linter<'a> {
        let search_path = match self.search_path.as_slice() {
            [] => Identifier::new("public").into_iter().collect(),
            given => given.to_vec(),
        };
        Linter {
            settings: rules,
            sizes: &self.sizes,
            major: major.or(self.major).unwrap_or(ServerMajor::NEWEST),
            start: self.start.clone().unwrap_or_else(|| Known::nothing(search_path.clone())),
            search_path,
        }
    }
}
