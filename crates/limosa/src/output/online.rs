//! Online changes that are open, as a table and as JSON.

use jiff::Timestamp;
use limosa_engine::{Direction, OnlineSeen, OnlineStanding};
use serde::Serialize;

use super::{Alignment, Table};

/// An open online change, as `status` writes it.
#[derive(Debug, Serialize)]
pub(crate) struct OnlineJson<'a> {
    version: &'a str,
    direction: Direction,
    phase: &'static str,
    operations: &'a [String],
    opened_at: Option<String>,
    by: &'a str,
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
        }
    }
}

/// A line for each.
pub(crate) fn online_table(seen: &[OnlineSeen], width: Option<usize>) -> String {
    let columns = [Alignment::Left, Alignment::Left, Alignment::Left, Alignment::Left];
    let mut table = Table::new(columns).named(["version", "what", "phase", "since"]).firm(0).firm(3);
    for it in seen {
        let phase = match (it.standing, it.record.direction) {
            (OnlineStanding::Expanding { position }, Direction::Up) => format!("expanding, {position} steps done"),
            (OnlineStanding::Expanding { position }, Direction::Down) => format!("going back, {position} steps done"),
            (OnlineStanding::Expanded, Direction::Up) => "both versions work; waits for contract".to_owned(),
            (OnlineStanding::Expanded, Direction::Down) => "on its way back; waits for contract".to_owned(),
            (OnlineStanding::Done, _) => "done".to_owned(),
        };
        let at = Timestamp::from_microsecond(it.record.opened_at);
        let since = at.map_or_else(|_| "?".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M").to_string());
        let what = it.record.operations().join("; ");
        table.push([it.record.version.as_str().into(), what.into(), phase.into(), since.into()]);
    }
    table.render(width)
}
