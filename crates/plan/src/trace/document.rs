//! The trace: what was seen, in a versioned form of its own.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::wire;
use crate::lock::{KeptOut, LockMode};

/// What migrations were seen to do in a shadow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// The version of this format.
    pub format: u32,
    /// The service whose migrations they are.
    pub service: String,
    /// The server, such as `PostgreSQL 18.1`.
    pub server: String,
    /// How many rows each table was to have.
    pub rows: u64,
    /// The tables before the first traced statement.
    pub tables: Vec<TracedTable>,
    /// The migrations, in the order in which they ran.
    pub migrations: Vec<TracedMigration>,
}

impl Trace {
    /// The format that this build writes.
    pub const FORMAT: u32 = 1;

    /// Every statement.
    pub fn statements(&self) -> impl Iterator<Item = &TracedStatement> {
        self.migrations.iter().flat_map(TracedMigration::statements)
    }
}

/// A table, and the rows that were made for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TracedTable {
    /// Its name.
    pub name: String,
    /// How many rows it had.
    pub rows: u64,
    /// Why no rows could be made, where none could.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shortfall: Option<String>,
}

/// One migration, or one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TracedMigration {
    /// The version; a file that is no migration has none.
    pub version: Option<String>,
    /// What people call it.
    pub name: String,
    /// The file.
    pub path: String,
    /// Its transactions, and the statements that run outside one.
    pub transactions: Vec<TracedTransaction>,
}

impl TracedMigration {
    /// Its statements in order.
    pub fn statements(&self) -> impl Iterator<Item = &TracedStatement> {
        self.transactions.iter().flat_map(|transaction| &transaction.statements)
    }

    /// Whether every statement ran, and every transaction committed.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        let transactions = || self.transactions.iter();
        transactions().all(|transaction| transaction.failure.is_none())
            && self.statements().all(|statement| statement.failure.is_none())
    }
}

/// Statements that commit together, or one that commits by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TracedTransaction {
    /// Why its one statement ran outside a transaction, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alone: Option<String>,
    /// Its statements in order.
    pub statements: Vec<TracedStatement>,
    /// How long the commit took, in microseconds.
    #[serde(rename = "commit_us", with = "wire::microseconds")]
    pub commit: Duration,
    /// Why it could not be committed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<TracedFailure>,
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TracedStatement {
    /// The line it begins on, counted from 1.
    pub line: usize,
    /// What people call it.
    pub tag: String,
    /// Its text in one line; at most 200 characters.
    pub summary: String,
    /// How long it took, in microseconds.
    #[serde(rename = "duration_us", with = "wire::microseconds")]
    pub duration: Duration,
    /// The bytes that it wrote to the write-ahead log. What the server writes for itself at the same time counts too.
    pub wal_bytes: u64,
    /// The locks that it took, or made stronger; not those that its transaction had already.
    pub locks: Vec<TracedLock>,
    /// What it did with rows and files.
    pub work: Vec<TracedWork>,
    /// Why it failed. What it did is taken back, and the next statement runs as if it were not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<TracedFailure>,
    /// Where it did something else than was known of such statements: an error in Limosa's table.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<TraceDifference>,
}

/// A lock on one relation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TracedLock {
    /// On what, by the name under which others know it.
    pub relation: TracedRelation,
    /// How.
    #[serde(with = "wire::mode")]
    pub mode: LockMode,
    /// How long it was held, in microseconds: from the beginning of its statement to the end of the transaction.
    #[serde(rename = "held_us", with = "wire::microseconds")]
    pub held: Duration,
    /// How it was seen.
    pub seen: Seen,
    /// What another session could do meanwhile.
    pub probed: Probed,
}

impl TracedLock {
    /// Who has to wait: those of whom it was proven, and where nothing could be tried those who would by the mode.
    #[must_use]
    pub fn keeps_out(&self) -> KeptOut {
        let waits = |probe: &Probe, needs: LockMode| match probe {
            Probe::Blocked => true,
            Probe::Passes | Probe::Impossible(_) => false,
            Probe::Untried => self.mode.conflicts_with().contains(&needs),
        };
        if waits(&self.probed.reads, LockMode::AccessShare) {
            KeptOut::Everybody
        } else if waits(&self.probed.writes, LockMode::RowExclusive) {
            KeptOut::Writers
        } else if waits(&self.probed.schema_changes, LockMode::ShareUpdateExclusive) {
            KeptOut::SchemaChanges
        } else {
            KeptOut::Nobody
        }
    }

    /// Whether those who are kept out were tried, each of them.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        let tried = |probe: &Probe| *probe != Probe::Untried;
        tried(&self.probed.schema_changes) && tried(&self.probed.writes) && tried(&self.probed.reads)
    }
}

/// A relation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TracedRelation {
    /// Its name with its schema.
    pub name: String,
    /// What it is.
    pub kind: TracedKind,
    /// The table of an index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
}

/// The kinds of relations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TracedKind {
    /// A table, or a partition.
    Table,
    /// A table whose rows are in its partitions.
    PartitionedTable,
    /// A table elsewhere.
    ForeignTable,
    /// A view.
    View,
    /// A materialized view.
    MaterializedView,
    /// A sequence.
    Sequence,
    /// An index.
    Index,
}

impl TracedKind {
    /// The kind of this letter in `pg_class.relkind`; `None` for TOAST tables, which nobody comes to but through their
    /// tables, and for composite types.
    #[must_use]
    pub fn of_letter(letter: &str) -> Option<Self> {
        Some(match letter {
            "r" => Self::Table,
            "p" => Self::PartitionedTable,
            "f" => Self::ForeignTable,
            "v" => Self::View,
            "m" => Self::MaterializedView,
            "S" => Self::Sequence,
            "i" | "I" => Self::Index,
            _ => return None,
        })
    }

    /// As `COMMENT ON` spells it.
    #[must_use]
    pub fn sql(self) -> &'static str {
        match self {
            Self::Table | Self::PartitionedTable => "TABLE",
            Self::ForeignTable => "FOREIGN TABLE",
            Self::View => "VIEW",
            Self::MaterializedView => "MATERIALIZED VIEW",
            Self::Sequence => "SEQUENCE",
            Self::Index => "INDEX",
        }
    }
}

/// How a lock was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Seen {
    /// At the end of its statement, with the transaction open: everything that it holds is there.
    InTransaction,
    /// While another session's weak lock kept the statement waiting.
    HeldUp,
    /// By looking again and again while the statement ran; what was held for less than a look is missed.
    Passing,
    /// Not at all, since the statement was too short: it is what such statements were measured to lock.
    Expected,
}

/// What another session could do with a relation while the lock was held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probed {
    /// `SELECT`
    pub reads: Probe,
    /// `DELETE`
    pub writes: Probe,
    /// `COMMENT`, which takes the weakest lock of all changes of a schema.
    pub schema_changes: Probe,
}

impl Probed {
    /// Nothing was tried.
    #[must_use]
    pub fn untried() -> Self {
        Self { reads: Probe::Untried, writes: Probe::Untried, schema_changes: Probe::Untried }
    }
}

/// What came of one try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Probe {
    /// It had to wait.
    Blocked,
    /// It went through.
    Passes,
    /// Nobody can do that with this relation, as the server says.
    Impossible(String),
    /// It was not tried: the lock was too short, or somebody else was in the way.
    Untried,
}

/// What a statement did with the rows or the file of a relation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TracedWork {
    /// The relation.
    pub relation: TracedRelation,
    /// What was done.
    pub kind: WorkKind,
    /// The rows that were read, or that the relation has.
    pub rows: u64,
    /// The bytes of the new file.
    pub bytes: u64,
    /// Why the table was rewritten, as the server says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
}

/// What is done with rows and files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WorkKind {
    /// Every row was written to a new file.
    Rewritten,
    /// An index was built anew.
    Rebuilt,
    /// A new index was built.
    Built,
    /// The relation has a new, empty file.
    Emptied,
    /// Every row was read, or most of them.
    Scanned,
    /// Some rows were read.
    Read,
}

/// Why something failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TracedFailure {
    /// The server's words.
    pub message: String,
    /// Its five-character code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sqlstate: Option<String>,
    /// The line in the file that it points at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
}

/// Where a statement did something else than was known of such statements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceDifference {
    /// The relation.
    pub relation: String,
    /// The lock that was expected, where one was.
    #[serde(default, with = "wire::optional_mode")]
    pub expected: Option<LockMode>,
    /// The lock that was taken, where one was.
    #[serde(default, with = "wire::optional_mode")]
    pub traced: Option<LockMode>,
    /// In words.
    pub what: String,
}
