//! Backups: tables or whole databases in files, and back.
//!
//! Tables go into an archive of Limosa's own ([`archive`]) or into SQL ([`plain`]), read in one transaction ([`take`]).
//! [`restore`] puts an archive's rows back, beside what is there now.

mod archive;
mod before_run;
mod dump;
mod error;
mod event;
mod guards;
mod listing;
mod plain;
mod restore;
mod retention;
mod selection;
mod table;
mod take;
mod touched;

pub use archive::{
    ArchiveReader, ArchivedColumn, ArchivedSequence, ArchivedTable, Contents, HistoryPosition, Scope, Unreadable,
    Verified,
};
pub use before_run::{BackupBeforeRun, SavedBefore, prepare_backup_folder};
pub use dump::{
    ClientPrograms, DatabaseRestored, DumpFormat, DumpRecord, Place, back_up_database, make_database, restore_database,
    verify_dump,
};
pub use error::BackupError;
pub use event::BackupEvent;
pub use listing::{BackupFile, BackupForm, list_backups, look_at_backup};
pub use plain::verify as verify_plain;
pub use restore::{RestoreOptions, RestorePreview, RestoreWish, Restored, TableComparison, preview_restore, restore};
pub use selection::TableSelection;
pub use take::{BackupMade, BackupRequest, TableFormat, back_up_tables};
pub(crate) use touched::TouchingScript;
pub use touched::touched_tables;
