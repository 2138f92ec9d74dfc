//! `[run]`, and the same keys in an environment.

use std::time::Duration;

use limosa_syntax::Diagnostic;

use crate::{OrderPolicy, RunSettings};

use super::scalar::{duration, keeping_time};
use super::table::{Report, Table};

/// The keys of `[run]`; an environment takes them as well.
pub(super) const KEYS: &[&str] = &["lock_timeout", "patience", "statement_timeout", "set_aside", "order"];

const SENSIBLE: std::ops::RangeInclusive<Duration> = Duration::from_millis(50)..=Duration::from_millis(200);

/// What a table says, on top of `defaults`.
pub(super) fn read(table: &Table<'_>, defaults: &RunSettings, report: &mut Report<'_>) -> RunSettings {
    let order = [("linear", OrderPolicy::Linear), ("any", OrderPolicy::Any)];
    let settings = RunSettings {
        lock_timeout: table.parsed("lock_timeout", report, duration).unwrap_or(defaults.lock_timeout),
        patience: table.parsed("patience", report, duration).unwrap_or(defaults.patience),
        statement_timeout: table.parsed("statement_timeout", report, duration).or(defaults.statement_timeout),
        set_aside: table.parsed("set_aside", report, keeping_time).or(defaults.set_aside),
        order: table.choice("order", &order, report).unwrap_or(defaults.order),
    };
    if settings.lock_timeout != defaults.lock_timeout
        && !SENSIBLE.contains(&settings.lock_timeout)
        && let Some(text) = table.string("lock_timeout", report)
    {
        let warning = Diagnostic::warning("unusual-lock-timeout", format!("a first `lock_timeout` of {}", text.value))
            .with_note("a statement that waits for an exclusive lock holds up everybody who comes after it")
            .with_help("choose one between 50ms and 200ms; tries are repeated until `patience` is over");
        report.push(warning, text.span);
    }
    settings
}
