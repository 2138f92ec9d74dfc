//! What happens while a backup is made or put back.

use std::time::Duration;

use serde::Serialize;

use crate::event::milliseconds;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum BackupEvent {
    /// It is known what will be saved.
    Begun {
        /// The database as people name it.
        database: String,
        /// How many tables; `None` where a program of PostgreSQL saves all of it.
        tables: Option<usize>,
    },
    /// More was written, several times a second.
    Progress {
        /// The table whose rows are on their way; absent where a program of PostgreSQL is at work.
        table: Option<String>,
        /// Tables that are done.
        tables_done: usize,
        /// Rows so far, of all tables.
        rows: u64,
        /// Bytes so far: of the rows, or of the file that a program writes.
        bytes: u64,
        /// Wall time so far.
        #[serde(rename = "took_ms", serialize_with = "milliseconds")]
        took: Duration,
    },
    /// Everything is written, and read again.
    Verifying,
    /// Something that is worth knowing.
    Remarked {
        /// What.
        remark: String,
    },
}
