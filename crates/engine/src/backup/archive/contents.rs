//! What an archive says of itself. Version 1 of the format; other parts of Limosa turn it into types of their own.

use serde::{Deserialize, Serialize};

/// What is in an archive, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// The version of Limosa that wrote it.
    pub limosa: String,
    /// The service.
    pub service: String,
    /// The environment.
    pub environment: String,
    /// The database's name on its server.
    pub database: String,
    /// The server's version, such as `18.1`.
    pub server: String,
    /// The moment that the rows are of, by the server's clock.
    pub taken_at: jiff::Timestamp,
    /// Where the server's log stood then, where it tells.
    pub wal_position: Option<String>,
    /// The transactions that its rows hold, as `pg_current_snapshot()` says it.
    pub snapshot: String,
    /// The fingerprint of the schema.
    pub fingerprint: String,
    /// Where the service's history stood.
    pub history: Option<HistoryPosition>,
    /// The run that it was made for, such as `before-up-20241220120000`; absent where somebody asked for it.
    pub before: Option<String>,
    /// Whether it holds the whole database.
    pub scope: Scope,
    /// The tables, in the order of their names.
    pub tables: Vec<ArchivedTable>,
    /// Where sequences stood.
    pub sequences: Vec<ArchivedSequence>,
    /// The catalog, as `limosa snapshot` writes it.
    pub(in crate::backup) catalog: Block,
}

/// How much of the database an archive holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Every table.
    Database,
    /// Some tables.
    Tables,
}

/// The newest event of a history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryPosition {
    /// Its number.
    pub seq: i64,
    /// Its hash.
    pub hash: String,
}

/// One table's rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchivedTable {
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// The columns in the order of the rows; those that the server computes are left out.
    pub columns: Vec<ArchivedColumn>,
    /// How many rows.
    pub rows: u64,
    /// Where they are.
    pub(in crate::backup) block: Block,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchivedColumn {
    /// Its name.
    pub name: String,
    /// Its type, as the server writes it.
    #[serde(rename = "type")]
    pub data_type: String,
}

/// Where a sequence stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchivedSequence {
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// The last value.
    pub last_value: i64,
    /// Whether that was handed out.
    pub is_called: bool,
}

/// A piece of the file: one zstd frame.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(in crate::backup) struct Block {
    /// Where it begins, in bytes from the file's beginning.
    pub(in crate::backup) offset: u64,
    /// How long it is in the file.
    pub(in crate::backup) length: u64,
    /// How long it is without compression.
    pub(in crate::backup) bytes: u64,
    /// SHA-256 of it without compression, in hexadecimal.
    pub(in crate::backup) sha256: String,
}

impl Contents {
    /// All rows.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }
}
