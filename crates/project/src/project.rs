//! The project: what `limosa.toml` says, with every name and path checked.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use limosa_catalog::Identifier;
use limosa_syntax::{SourceFile, Span};

use crate::{
    BackupSettings, Environment, EnvironmentName, IdSettings, IgnoredObject, LogSettings, RunSettings, Service,
    ServiceName, Tenants,
};

/// A project, read and checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Project {
    /// The folder with `limosa.toml`, or the folder itself where there is none.
    pub root: PathBuf,
    /// Its name.
    pub name: String,
    /// The file it was read from; `None` where there is none.
    pub source: Option<Arc<SourceFile>>,
    /// The schema in each target that holds the history (`[project] schema`), `limosa` unless said otherwise.
    pub history_schema: Identifier,
    /// At least one, in the order of the file.
    pub services: Vec<Service>,
    /// At least one, in the order of the file; `dev` is there even where the file does not name it.
    pub environments: Vec<Environment>,
    /// The environment that is used when none is asked for; one of `environments`.
    pub default_environment: EnvironmentName,
    /// Many databases or schemas that get the same migrations.
    pub tenants: Option<Tenants>,
    /// How migrations run, where an environment does not say otherwise.
    pub run: RunSettings,
    /// Where backups are kept, and for how long.
    pub backup: BackupSettings,
    /// Log files.
    pub logs: Option<LogSettings>,
    /// The form of ids.
    pub ids: IdSettings,
    /// What comparisons leave out.
    pub ignore: Vec<IgnoredObject>,
    /// Tables whose content other parts of Limosa read: `policy`, `lint`, `seed` …
    pub raw: BTreeMap<String, RawTable>,
}

/// A known table of `limosa.toml` that is kept as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct RawTable {
    /// What it holds.
    pub values: toml::Table,
    /// Where it begins in the file.
    pub span: Span,
}

impl Project {
    /// The environment of a name.
    #[must_use]
    pub fn environment(&self, name: &EnvironmentName) -> Option<&Environment> {
        self.environments.iter().find(|environment| environment.name == *name)
    }

    /// The service of a name.
    #[must_use]
    pub fn service(&self, name: &ServiceName) -> Option<&Service> {
        self.services.iter().find(|service| service.name == *name)
    }

    /// Where a path of the file is on disk.
    #[must_use]
    pub fn path(&self, relative: &Path) -> PathBuf {
        self.root.join(relative)
    }
}
