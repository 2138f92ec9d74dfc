//! What a proof finds.

use std::fmt;

use limosa_catalog::{Identifier, ObjectName};
use limosa_plan::Change;
use serde::{Deserialize, Serialize};

use crate::filling::FilledTable;
use crate::run_error::RunError;

/// What was found out about one migration.
#[derive(Debug)]
pub struct Proof {
    /// The version.
    pub version: String,
    /// The name.
    pub name: String,
    /// The file, relative to the project.
    pub path: String,
    /// How it came out.
    pub verdict: ProofVerdict,
    /// What differs and is no failure, such as the order of columns.
    pub notes: Vec<String>,
    /// The rows with which it was proven.
    pub rows: ProofRows,
    /// Values that were there before it and are not after its way back.
    pub losses: Vec<Loss>,
    /// Whether the answer is that of an earlier proof of the same texts.
    pub known: bool,
}

/// How a proof came out.
#[derive(Debug)]
pub enum ProofVerdict {
    /// Taken back, catalog and rows are as they were before, but for losses that are allowed; applied again, as they
    /// were after.
    Proven,
    /// It has no down script.
    NoDown,
    /// The up script fails on the rows of an environment.
    UpFails(Box<RunError>),
    /// A phase of an online change fails.
    OnlineFails(ProofStep, Box<RunError>),
    /// The down script fails.
    DownFails(Box<RunError>),
    /// Applied again after it was taken back, or a second time on top of itself, the up script fails.
    UpFailsAgain(ProofStep, Box<RunError>),
    /// What is left after a step is not what should be there.
    Differs(Box<ProofDifference>),
    /// Applied on top of itself it changes rows, or again after its way back it makes more or fewer.
    RowsDiffer {
        /// When it was seen.
        after: ProofStep,
        /// The tables whose rows became more or fewer.
        counts: Vec<RowCount>,
        /// The values that became others.
        values: Vec<Loss>,
    },
    /// It loses values that its way back does not bring back, and nothing allows that; see [`Proof::losses`].
    LosesData,
}

/// The rows that were there when a migration was proven.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProofRows {
    /// The tables before it, each with its rows, and with the reason where it has none or lacks some.
    pub tables: Vec<FilledTable>,
    /// The seeds whose rows are not among them.
    pub left_out: Vec<LeftOutSeed>,
    /// Why it was proven without rows after all: what the server said when it ran with them.
    pub refused: Option<String>,
}

/// A seed that does not go into the tables as they are before a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOutSeed {
    /// Its name.
    pub seed: String,
    /// What is in the way.
    pub reason: String,
}

/// Values of a table that are gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// The table, as it is called before the migration.
    pub table: ObjectName,
    /// What of it.
    pub what: Lost,
    /// How many values, or rows.
    pub count: u64,
    /// One of them, where there is something to compare it with.
    pub example: Option<Example>,
}

/// What of a table is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lost {
    /// Whole rows.
    Rows,
    /// Values of one column; null is a value too.
    Values {
        /// Which.
        column: Identifier,
    },
}

/// A value before a migration and after its way back; `None` is null.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// What it was.
    pub before: Option<String>,
    /// What it is.
    pub after: Option<String>,
}

/// `20 values of public.patient.ssn`
impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.count == 1 { "" } else { "s" };
        let table = format!("{}.{}", self.table.schema.for_people(), self.table.name.for_people());
        match &self.what {
            Lost::Rows => write!(f, "{} row{plural} of {table}", self.count),
            Lost::Values { column } => write!(f, "{} value{plural} of {table}.{}", self.count, column.for_people()),
        }
    }
}

/// The first difference of a proof.
#[derive(Debug)]
pub struct ProofDifference {
    /// When it was seen.
    pub after: ProofStep,
    /// The objects that differ, as the wanted catalog has them against the one that was found.
    pub changes: Vec<Change>,
    /// The SQL that would put it right; empty where none can be planned.
    pub sql: String,
}

/// A table whose rows became more or fewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowCount {
    /// Which.
    pub table: ObjectName,
    /// How many there were.
    pub before: i64,
    /// How many there are.
    pub after: i64,
}

/// A step of a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofStep {
    /// Online: both versions become able to work.
    Expand,
    /// Online: both versions write, and read what the other one wrote.
    BothVersions,
    /// Online: the old version goes.
    Contract,
    /// The second time up, on top of the first.
    UpTwice,
    /// The way back.
    Down,
    /// Up again, after the way back.
    UpAgain,
}
