//! `[log]`.

use crate::LogSettings;

use super::scalar::path;
use super::table::{Report, Table};

pub(super) fn read(table: &Table<'_>, report: &mut Report<'_>) -> LogSettings {
    table.only(&["migration", "backfill", "validation", "seed"], report);
    let mut file = |key| table.parsed(key, report, path);
    LogSettings {
        migration: file("migration"),
        backfill: file("backfill"),
        validation: file("validation"),
        seed: file("seed"),
    }
}
