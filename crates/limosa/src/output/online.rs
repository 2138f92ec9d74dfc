//! Online changes that are open, as a table and as JSON.

use jiff::Timestamp;
use limosa_engine::{Direction, Job, OnlineSeen, OnlineStanding};
use serde::Serialize;

use super::{Alignment, Table, one_line};

/// An open online change, as `status` writes it.
#[derive(Debug, Serialize)]
pub(crate) struct OnlineJson<'a> {
    version: &'a str,
    direction: Direction,
    phase: &'static str,
    operations: &'a [String],
    opened_at: Option<String>,
    by: &'a str,
    backfill: Option<BackfillJson<'a>>,
    /// Signs that the old version is still at work.
    old_version_in_use: &'a [String],
}

/// How far the filling of rows is.
#[derive(Debug, Serialize)]
struct BackfillJson<'a> {
    table: &'a str,
    rows: i64,
    expected: i64,
    rows_per_second: Option<f64>,
    error: Option<&'a str>,
}

impl<'a> BackfillJson<'a> {
    fn of(job: &'a Job) -> Self {
        Self {
            table: &job.relation,
            rows: job.rows,
            expected: job.expected.max(job.rows),
            rows_per_second: rate(job),
            error: job.error.as_deref(),
        }
    }
}

/// Rows in a second that was spent in batches.
fn rate(job: &Job) -> Option<f64> {
    let seconds = job.busy.as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    (seconds > 0.0).then(|| (job.rows as f64 / seconds).round())
}

/// `, 120 of about 20000 rows, 60 %, 4000 rows/s`.
fn progress(job: &Job) -> String {
    let expected = job.expected.max(job.rows);
    let share = (job.rows * 100).checked_div(expected).unwrap_or(100);
    let rate = rate(job).map(|rate| format!(", {rate} rows/s")).unwrap_or_default();
    format!(", {} of about {expected} rows, {share} %{rate}", job.rows)
}

impl<'a> OnlineJson<'a> {
    pub(crate) fn of(seen: &'a OnlineSeen) -> Self {
        let record = &seen.record;
        Self {
            version: &record.version,
            direction: record.direction,
            phase: match seen.standing {
                OnlineStanding::Expanding { .. } => "expanding",
                OnlineStanding::Expanded => "expanded",
                OnlineStanding::Done => "done",
            },
            operations: record.operations(),
            opened_at: Timestamp::from_microsecond(record.opened_at).ok().map(|at| at.to_string()),
            by: &record.actor,
            backfill: seen.backfill.as_ref().map(BackfillJson::of),
            old_version_in_use: &seen.signs,
        }
    }
}

/// A line for each.
pub(crate) fn online_table(seen: &[OnlineSeen], width: Option<usize>) -> String {
    let columns = [Alignment::Left, Alignment::Left, Alignment::Left, Alignment::Left];
    let mut table = Table::new(columns).named(["version", "what", "phase", "since"]).firm(0).firm(3);
    for it in seen {
        let rows = it.backfill.as_ref().map(progress).unwrap_or_default();
        let phase = match (it.standing, it.record.direction) {
            (OnlineStanding::Expanding { position }, Direction::Up) => {
                format!("expanding, {position} steps done{rows}")
            }
            (OnlineStanding::Expanding { position }, Direction::Down) => {
                format!("going back, {position} steps done{rows}")
            }
            (OnlineStanding::Expanded, Direction::Up) => "both versions work; waits for contract".to_owned(),
            (OnlineStanding::Expanded, Direction::Down) => "on its way back; waits for contract".to_owned(),
            (OnlineStanding::Done, _) => "done".to_owned(),
        };
        let at = Timestamp::from_microsecond(it.record.opened_at);
        let since = at.map_or_else(|_| "?".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M").to_string());
        let what = it.record.operations().join("; ");
        table.push([it.record.version.as_str().into(), what.into(), phase.into(), since.into()]);
    }
    let mut text = table.render(width);
    for it in seen {
        for sign in &it.signs {
            text.push_str(&format!("  {}: the old version is in use: {}\n", it.record.version, one_line(sign)));
        }
    }
    text
}
