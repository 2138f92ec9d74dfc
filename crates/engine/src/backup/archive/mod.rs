//! Limosa's own file of tables: their rows as `COPY` writes them, compressed, with all that is needed to put them
//! back.
//!
//! ```text
//! limosa-backup 1\n                  16 bytes
//! blocks                             zstd frames: one for each table, one for the catalog
//! contents                           JSON: what is in which block
//! length of the contents             8 bytes, big-endian
//! SHA-256 of all before              32 bytes
//! limosa.\n                          8 bytes
//! ```
//!
//! The contents stand at the end, since counts and sums are known when the rows have passed. A file that was cut off
//! has no end, and is told by that.

mod contents;
mod reader;
mod writer;

pub use contents::{ArchivedColumn, ArchivedSequence, ArchivedTable, Contents, HistoryPosition, Scope};
pub use reader::{ArchiveReader, Unreadable, Verified};

pub(super) use contents::Block;
pub(super) use reader::lines;
pub(super) use writer::{ArchiveWriter, keep, temporary_beside};

/// What every archive begins with.
const BEGINNING: &[u8; 16] = b"limosa-backup 1\n";
/// The same without the version of the format.
const FAMILY: &[u8] = b"limosa-backup ";
/// What every whole archive ends with.
const END: &[u8; 8] = b"limosa.\n";
/// Length, sum and end.
const TRAILER_BYTES: u64 = 8 + 32 + 8;

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
