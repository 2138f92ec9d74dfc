//! `[backfill]` and `[env.NAME.backfill]`.

use limosa_syntax::{BackfillManner, Diagnostic, data_size};

use super::scalar::duration;
use super::table::{At, Report, Table};

const KEYS: &[&str] = &[
    "parallel",
    "batch_time",
    "batch_rows",
    "pause",
    "max_lag",
    "max_active",
    "max_wal",
    "max_transaction_age",
    "yield_to_autovacuum",
    "hold_while",
];

pub(super) fn read(table: &Table<'_>, report: &mut Report<'_>) -> BackfillManner {
    table.only(KEYS, report);
    BackfillManner {
        parallel: positive(table, "parallel", report).and_then(|number| number.try_into().ok()),
        batch_time: table.parsed("batch_time", report, duration),
        batch_rows: positive(table, "batch_rows", report).map(u64::from),
        pause: table.parsed("pause", report, duration),
        max_lag: table.parsed("max_lag", report, duration),
        max_active: table.number("max_active", report).map(|number| number.value),
        max_wal: table.parsed("max_wal", report, size),
        max_transaction_age: table.parsed("max_transaction_age", report, duration),
        yield_to_autovacuum: table.boolean("yield_to_autovacuum", report),
        hold_while: table.string("hold_while", report).map(|query| query.value.to_owned()),
    }
}

/// A whole number from 1 on.
fn positive(table: &Table<'_>, key: &str, report: &mut Report<'_>) -> Option<u32> {
    let At { value, span } = table.number(key, report)?;
    if value == 0 {
        report.push(Diagnostic::error("invalid-value", format!("`{key}` is 0; expected a number from 1 on")), span);
    }
    Some(value)
}

fn size(text: &str) -> Result<u64, String> {
    data_size(text).ok_or_else(|| format!("`{text}` is no size; expected one such as 500kB, 20MB or 1.5GB"))
}
