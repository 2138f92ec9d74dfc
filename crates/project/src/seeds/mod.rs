//! Seeds: declared rows of tables as CSV, JSON or YAML, and scripts that may run again.
//!
//! Finding and hashing files is cheap and done for all of them; rows are read only of those whose hash a history does
//! not know yet.

mod csv;
mod file_name;
mod find;
mod held;
mod json;
mod node;
mod rows;
mod settings;
mod skeleton;
mod table_name;
mod yaml;

use std::fmt;
use std::sync::Arc;

use limosa_syntax::{Diagnostic, SourceFile};

use crate::{Checksum, EnvironmentName};

pub use find::{read_script, read_seeds};
pub use node::{ColumnForm, Node, Scalar};
pub use rows::{Cell, RowCursor, SeedColumn, SeedRows, Value};
pub use settings::{MaxDelete, SeedMode, TableSettings};
pub(crate) use settings::{SeedEntry, SeedSettings};
pub use skeleton::NewSeed;
pub(crate) use table_name::table_name;

/// What a seed is called: its path below the folder of seeds, without number and ending: `country`, `dev/patient`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeedName(String);

impl SeedName {
    /// The name as people write it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SeedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A file of seeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seed {
    /// Its name, which no other seed of the service has.
    pub name: SeedName,
    /// The number before its name, which decides the order where nothing else does.
    pub number: Option<u64>,
    /// The file.
    pub source: Arc<SourceFile>,
    /// Over the file and those settings that decide which rows come of it.
    pub checksum: Checksum,
    /// The environments that it is for.
    pub scope: SeedScope,
    /// The variables whose values may stand in it, as `${env:NAME}`. Elsewhere such text is text like any other.
    pub variables: Vec<String>,
    /// What it holds.
    pub content: SeedContent,
}

/// What a seed holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeedContent {
    /// Rows of one table.
    Table(TableSettings),
    /// Statements that may be run again.
    Script,
}

/// The environments that a seed is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeedScope {
    /// All in which nothing has to be confirmed and that are not protected, and those that ask for seeds.
    Usual,
    /// These.
    Named(Vec<EnvironmentName>),
}

impl Seed {
    /// Whether it is for an environment.
    #[must_use]
    pub fn is_for(&self, environment: &crate::Environment) -> bool {
        match &self.scope {
            SeedScope::Named(names) => names.contains(&environment.name),
            SeedScope::Usual => environment.takes_seeds(),
        }
    }

    /// Its rows, read and checked as far as that can be done without the table. A script has none.
    ///
    /// # Errors
    /// All that is wrong with the file, at most 20 findings.
    pub fn rows(&self) -> Result<Option<SeedRows>, Vec<Diagnostic>> {
        match &self.content {
            SeedContent::Table(settings) => SeedRows::read(&self.source, settings).map(Some),
            SeedContent::Script => Ok(None),
        }
    }
}
