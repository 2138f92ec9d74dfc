//! The owner of one database.

use std::path::PathBuf;
use std::sync::Arc;

use limosa_catalog::Identifier;
use limosa_syntax::{SourceFile, Span};

use crate::{CoexistenceSettings, DeclaredSchema, LayoutName, Reference, ServiceName, UrlTemplate, Version};

/// One service, as `limosa.toml` declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its name.
    pub name: ServiceName,
    /// Its migrations folder, relative to the project's root.
    pub migrations: PathBuf,
    /// The layout of the folder, where the file names one instead of leaving it to be recognised.
    pub layout: Option<LayoutName>,
    /// The services that are applied before it.
    pub after: Vec<ServiceName>,
    /// Where its database is, where that differs from the environment's URL.
    pub url: Option<UrlTemplate>,
    /// The name of its database: `database` in the file, else the service's name.
    pub database: Identifier,
    /// The role that its objects belong to.
    pub owner_role: Option<Identifier>,
    /// The schemas it owns; the first is where unqualified names go. Empty means the server's own `search_path`.
    pub schemas: Vec<Identifier>,
    /// Versions given to files whose names hold none.
    pub loose: Vec<LooseFile>,
    /// Columns that refer to rows of other services' databases, by value.
    pub references: Vec<Reference>,
    /// Its desired state.
    pub schema: Option<DeclaredSchema>,
    /// Its declared reference data, a folder relative to the project's root.
    pub seeds: Option<PathBuf>,
    /// Its queries that must return no rows, a folder relative to the project's root.
    pub checks: Option<PathBuf>,
    /// The queries of its applications, a folder relative to the project's root.
    pub consumers: Option<PathBuf>,
    /// How clients of two versions live side by side.
    pub coexistence: CoexistenceSettings,
    /// Where it is declared; `None` for a service that no file declares.
    pub declared: Option<(Arc<SourceFile>, Span)>,
}

/// A version that `limosa.toml` gives to a file in a migrations folder (`[service.NAME.loose]`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LooseFile {
    /// The file, relative to the migrations folder, forward slashes.
    pub file: String,
    /// The version it gets.
    pub version: Version,
    /// Where that is said.
    pub span: Span,
}
