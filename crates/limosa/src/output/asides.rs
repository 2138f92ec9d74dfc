//! What is set aside, as a table and as JSON.

use jiff::Timestamp;
use limosa_engine::{AsideSeen, bytes_for_people};
use serde::Serialize;

use super::{Alignment, Table};

/// What is set aside, as `status` and `purge` write it.
#[derive(Debug, Serialize)]
pub(crate) struct AsideJson {
    id: i64,
    version: String,
    /// `down` where a down script would have dropped it, so that `up` brings it back.
    by_verb: &'static str,
    what: Vec<String>,
    kept_as: Vec<String>,
    dropped: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    kept_at: Option<String>,
    due_at: Option<String>,
    due: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_use: Option<String>,
    by: String,
}

impl AsideJson {
    pub(crate) fn of(seen: &AsideSeen) -> Self {
        let at = |at: i64| Timestamp::from_microsecond(at).ok().map(|at| at.to_string());
        let record = &seen.record;
        Self {
            id: record.id,
            version: record.version.clone(),
            by_verb: if record.taken_back.is_some() { "down" } else { "up" },
            what: record.subjects(),
            kept_as: record.names(),
            dropped: record.dropped.clone(),
            rows: record.rows,
            bytes: seen.bytes.or(record.bytes),
            kept_at: at(record.kept_at),
            due_at: at(record.due_at),
            due: record.is_due,
            last_use: seen.last_use.and_then(at),
            by: record.actor.clone(),
        }
    }
}

/// A line for each.
pub(crate) fn aside_table(seen: &[AsideSeen], width: Option<usize>) -> String {
    let columns = [
        Alignment::Right,
        Alignment::Left,
        Alignment::Left,
        Alignment::Right,
        Alignment::Right,
        Alignment::Left,
        Alignment::Left,
    ];
    let names = ["aside", "what", "kept as", "rows", "size", "last use", "due"];
    let mut table = Table::new(columns).named(names).firm(0).firm(6);
    let day = |at: i64| {
        Timestamp::from_microsecond(at).map_or_else(|_| "?".to_owned(), |at| at.strftime("%Y-%m-%d").to_string())
    };
    for it in seen {
        let record = &it.record;
        let rows = record.rows.map_or_else(|| "?".to_owned(), |rows| rows.to_string());
        let size = it.bytes.or(record.bytes).map_or_else(|| "?".to_owned(), bytes_for_people);
        let due = if record.is_due { "due".to_owned() } else { day(record.due_at) };
        table.push([
            record.id.to_string().into(),
            record.subjects().join(", ").into(),
            record.names().join(", ").into(),
            rows.into(),
            size.into(),
            it.last_use.map_or_else(|| "not known".to_owned(), day).into(),
            due.into(),
        ]);
    }
    table.render(width)
}
