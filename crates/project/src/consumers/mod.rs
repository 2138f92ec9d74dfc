//! Consumers: the queries that applications run, read from their own files.

mod annotation;
mod read;
mod sql;
mod sqlx;

use std::path::PathBuf;
use std::sync::Arc;

use limosa_catalog::Identifier;
use limosa_syntax::{NumberedQuery, SourceFile, Span};

use crate::{AppName, ServiceName, Version};

pub use read::read_consumers;

/// An application, with the queries that it runs on one service's database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consumer {
    /// Its name.
    pub app: AppName,
    /// The role that it logs in as; `None` where nobody said.
    pub role: Option<Identifier>,
    /// Where it looks up unqualified names; empty where it is as with the service's migrations.
    pub search_path: Vec<Identifier>,
    /// The newest migration that it knows of; `None` where it goes along with every one.
    pub version: Option<Version>,
    /// Which changes of a result it minds.
    pub compare: Compare,
    /// Its queries, in the order of its files.
    pub queries: Vec<ConsumerQuery>,
}

/// Which changes of what a query takes and gives break an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Compare {
    /// None, as long as it prepares.
    Nothing,
    /// A column that is gone or has another type, a parameter of another type.
    #[default]
    Breaking,
    /// Any: also one column more, or another order.
    Everything,
}

/// One query of an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsumerQuery {
    /// What the application calls it, where its file says.
    pub name: Option<String>,
    /// The file; of queries that a file holds encoded, the query alone.
    pub source: Arc<SourceFile>,
    /// The query in it.
    pub span: Span,
    /// The same with its parameters numbered.
    pub numbered: NumberedQuery,
    /// The names of the columns that the application was built for, where its file says.
    pub built_for: Option<Vec<String>>,
}

/// What `[consumer.APP]` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConsumerSettings {
    pub(crate) app: AppName,
    /// Whose database it uses; `None` where there is but one service, or its folder tells.
    pub(crate) service: Option<ServiceName>,
    /// Where its queries are, relative to the project's root; empty where they are in the usual folder.
    pub(crate) paths: Vec<PathBuf>,
    pub(crate) role: Option<Identifier>,
    pub(crate) search_path: Vec<Identifier>,
    pub(crate) version: Option<Version>,
    pub(crate) compare: Compare,
    /// Where the file says it.
    pub(crate) span: Span,
}

impl ConsumerQuery {
    /// What people call it: its name, or the file.
    #[must_use]
    pub fn label(&self) -> String {
        match &self.name {
            Some(name) => format!("query `{name}`"),
            None => "query".to_owned(),
        }
    }
}
