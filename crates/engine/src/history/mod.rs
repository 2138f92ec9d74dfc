//! A target's history: which migrations are in effect, and the append-only log of all that was done.

mod chain;
mod read;
mod record;
mod schema;

pub use chain::{ChainLink, EventRecord, FIRST_LINK};
pub use read::{History, HistoryError, HistoryRow, RowState, StoredSql, read_history, read_stored_sql};
pub use record::{
    MigrationRecord, append_event, begin_stages, delete_row, finish_stages, insert_applied, mark_position,
    upsert_repeatable,
};
pub use schema::{FormatVersion, NEWEST_FORMAT, upgrade_sql};
