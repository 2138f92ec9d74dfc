//! A target's history: which migrations are in effect, and the append-only log of all that was done.

mod chain;
mod number;
mod place;
mod read;
mod record;
mod renumber;
mod replaced;
mod schema;

pub use chain::EventRecord;
pub(crate) use chain::{ChainLink, FIRST_LINK};
pub(crate) use number::{Numbered, next_number};
pub(crate) use place::HistoryPlace;
pub use read::{History, HistoryError, HistoryRow, RowState};
pub(crate) use read::{StoredSql, read_history, read_stored_sql};
pub(crate) use record::{
    MigrationRecord, Prepared, accept_edit, append_event, begin_stages, delete_row, delete_rows, finish_stages,
    forget_all, forget_snapshots, insert_adopted, insert_applied, mark_position, mend_down, not_begun, prepare_records,
    put_aside, put_back, upsert_repeatable,
};
pub(crate) use renumber::renumber;
pub(crate) use replaced::{ReplacedVersion, bring_back, read_replaced, replace};
pub use schema::FormatVersion;
pub(crate) use schema::{NEWEST_FORMAT, upgrade_sql};
