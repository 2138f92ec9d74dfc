//! What came of a run, and what would come of it.

use limosa_syntax::Diagnostic;
use serde::Serialize;

/// How many rows were written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct SeedCounts {
    /// Added.
    pub inserted: u64,
    /// Changed.
    pub updated: u64,
    /// Deleted.
    pub deleted: u64,
}

impl SeedCounts {
    /// Whether anything was written.
    #[must_use]
    pub fn is_none(self) -> bool {
        self == Self::default()
    }
}

/// How a seed stands beside its last run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SeedState {
    /// It was run, and neither file nor settings changed since.
    Unchanged,
    /// It was never run here.
    New,
    /// File or settings changed since it was run.
    Changed,
    /// Its table was made anew since it was run.
    TableAnew,
}

/// A seed and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SeedOutcome {
    /// Its name.
    pub name: String,
    /// Its file.
    pub path: String,
    /// Its table, schema included; a script has none.
    pub table: Option<String>,
    /// How it stood before.
    pub state: SeedState,
    /// What was written, or would be; `None` where it was not run.
    pub counts: Option<SeedCounts>,
    /// The rows that were or would be written, as far as they were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<RowDifference>,
    /// What a dry run found that the run itself would be refused for.
    #[serde(skip)]
    pub warnings: Vec<Diagnostic>,
}

/// A row that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "difference", rename_all = "kebab-case")]
pub enum RowDifference {
    /// The file has it, the table not.
    Added {
        /// All values of the file.
        values: Vec<NamedValue>,
    },
    /// Both have it, with other values.
    Changed {
        /// What identifies it.
        key: Vec<NamedValue>,
        /// What differs.
        columns: Vec<ChangedValue>,
    },
    /// The table has it, the file not.
    Surplus {
        /// What identifies it.
        key: Vec<NamedValue>,
    },
    /// More of the same kind as the one before.
    More {
        /// How many.
        rows: u64,
    },
}

/// A column and its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NamedValue {
    /// The column.
    pub column: String,
    /// The value as text; `None` is NULL.
    pub value: Option<String>,
}

/// A column and its values in the table and in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangedValue {
    /// The column.
    pub column: String,
    /// In the table.
    pub table: Option<String>,
    /// In the file.
    pub file: Option<String>,
}

/// What came of all seeds of a service.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct SeedReport {
    /// In the order in which they were run.
    pub seeds: Vec<SeedOutcome>,
    /// Seeds that were run once, and whose files are gone.
    pub lost: Vec<String>,
}

impl SeedReport {
    /// How many were run.
    #[must_use]
    pub fn run(&self) -> usize {
        self.seeds.iter().filter(|seed| seed.counts.is_some()).count()
    }
}
