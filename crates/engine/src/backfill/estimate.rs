//! What a backfill would cost, by a few batches that are taken back.

use std::time::Duration;

use super::BackfillOptions;
use super::cursor::{Cursor, Position};
use super::definition::BackfillDefinition;
use super::desk::{Desk, number};
use super::distance;
use super::error::BackfillError;
use super::id_source::IdSource;
use super::order::{Order, limits};
use super::placing::Pin;
use super::prepare::{ByIndex, Prepared};
use super::statement::{Batch, Work};
use super::steering::Steering;
use super::worker::key;
use crate::target::Target;

/// What it would cost, with one worker and nothing that holds it back.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Estimate {
    /// The time by the fastest batch that was tried.
    #[serde(rename = "least_ms", serialize_with = "crate::event::milliseconds")]
    pub least: Duration,
    /// The time by the slowest.
    #[serde(rename = "most_ms", serialize_with = "crate::event::milliseconds")]
    pub most: Duration,
    /// Bytes of WAL; what others wrote meanwhile is among them.
    pub wal: u64,
    /// How many batches were tried.
    pub batches: usize,
    /// How many rows they had.
    pub rows: u64,
}

/// What came of trying.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trial {
    /// Batches were changed and taken back.
    Tried(Estimate),
    /// A batch failed, as the real one would.
    Failed(String),
    /// There were no rows to try it with.
    NoRows,
}

/// A batch that was tried.
#[derive(Debug, Clone, Copy)]
struct Tried {
    rows: u64,
    took: Duration,
    wal: u64,
}

/// So many batches are tried, far apart, and each is taken back before the next one.
const BATCHES: u64 = 5;

/// Tries a few batches of real size. Each is a transaction of its own that is rolled back, and locks its rows for about
/// as long as a real one.
pub(super) async fn estimate(
    desk: &Desk<'_>,
    target: &Target,
    definition: &BackfillDefinition,
    prepared: &Prepared,
    rows: i64,
    options: &BackfillOptions<'_>,
) -> Result<Trial, BackfillError> {
    let relation = &prepared.relation;
    let work = Work {
        schema: &target.history_schema,
        service: &target.service,
        job: 0,
        runner: "",
        range: 0,
        relation,
        definition,
        condition: prepared.to_do.batch(1),
        asked_after: Some(prepared.to_do.batch(1)),
    };
    let round_trip = distance::round_trip(desk.session).await?;
    let mut steering = Steering::new(
        limits(prepared.order, relation, options.most_rows),
        distance::BatchTime::new(options.batch_time, round_trip).while_others(false),
    );
    let whole = Cursor::begin(prepared.order, 1, relation.pages);
    let bounds = match prepared.order {
        Order::Key => desk.ask(&work.bounds(None, None, BATCHES)).await?,
        Order::Stride => Vec::new(),
    };
    let bounds = bounds.iter().filter_map(|row| serde_json::from_str(row.first()?.as_deref()?).ok()).collect();
    let mut tried = Vec::new();
    for at in whole.at.parted(BATCHES, bounds) {
        let size = steering.size();
        let cursor = whole.moved(at.sized(size, size));
        let until = match &cursor.at {
            Position::Key { after, last } => {
                key(&desk.ask(&work.bound(after.as_deref(), last.as_deref(), size)).await?, 0)
            }
            _ => None,
        };
        let ids = match (IdSource::new(definition, prepared.numbers.as_ref())?, &prepared.numbers) {
            (None, _) => Vec::new(),
            // To draw numbers would be to use them up.
            (Some(_), Some(numbers)) => numbers.upcoming(desk, size).await?,
            (Some(mut source), None) => source.block(desk, size).await?,
        };
        let batch = Batch {
            cursor: &cursor,
            until: until.as_deref(),
            next: &cursor.at,
            look_ahead: size,
            ids: &ids,
            avoids_taken: false,
            busy_ms: 0.0,
        };
        let sql = rehearsal(&work.change(&batch, "true"));
        let pin = if prepared.by_index == ByIndex::Always { Pin::ByIndex } else { work.pin(&batch) };
        match desk.rehearse(&sql, pin).await {
            Ok(answer) => {
                let field = |index: usize| answer.first()?.get(index)?.as_deref()?.parse::<f64>().ok();
                let took = Duration::try_from_secs_f64(field(1).unwrap_or_default().max(0.0)).unwrap_or_default();
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bytes of a few batches")]
                let wal = field(2).unwrap_or_default().max(0.0) as u64;
                let rows = u64::try_from(number(&answer)).unwrap_or_default();
                steering.took(cursor.at.span().unwrap_or(size), took, wal);
                if rows > 0 {
                    tried.push(Tried { rows, took, wal });
                }
            }
            Err(error) if error.is_connection_lost() => return Err(error.into()),
            Err(error) => return Ok(Trial::Failed(error.to_string())),
        }
    }
    Ok(summed_up(&tried, u64::try_from(rows).unwrap_or_default()).map_or(Trial::NoRows, Trial::Tried))
}

/// Gives rows, seconds and bytes of WAL of a change.
fn rehearsal(change: &str) -> String {
    format!(
        "SELECT set_config('limosa.began', extract(epoch FROM clock_timestamp())::text, true), \
         set_config('limosa.lsn', pg_catalog.pg_current_wal_insert_lsn()::text, true);\n\
         WITH limosa_changed AS ({change}\nRETURNING 1) \
         SELECT set_config('limosa.rows', count(*)::text, true) FROM limosa_changed;\n\
         SELECT current_setting('limosa.rows'), \
         extract(epoch FROM clock_timestamp()) - current_setting('limosa.began')::numeric, \
         pg_catalog.pg_current_wal_insert_lsn() - current_setting('limosa.lsn')::pg_lsn"
    )
}

/// From batches to all rows.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an estimate, and far below 2^53"
)]
fn summed_up(tried: &[Tried], all: u64) -> Option<Estimate> {
    let rows: u64 = tried.iter().map(|it| it.rows).sum();
    let per_row = tried.iter().map(|it| it.took.as_secs_f64() / it.rows as f64);
    let (least, most) = per_row.fold((f64::MAX, 0.0_f64), |(least, most), it| (least.min(it), most.max(it)));
    let time = |per_row: f64| Duration::try_from_secs_f64(per_row * all as f64).unwrap_or(Duration::MAX);
    let wal: u64 = tried.iter().map(|it| it.wal).sum();
    (rows > 0).then(|| Estimate {
        least: time(least),
        most: time(most),
        wal: (wal as f64 / rows as f64 * all as f64) as u64,
        batches: tried.len(),
        rows,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_rows_cost_what_those_cost_that_were_tried() {
        let tried = |rows, ms, wal| Tried { rows, took: Duration::from_millis(ms), wal };
        let estimate = summed_up(&[tried(1_000, 10, 300_000), tried(1_000, 20, 500_000)], 100_000).unwrap();
        let expected = Estimate {
            least: Duration::from_secs(1),
            most: Duration::from_secs(2),
            wal: 40_000_000,
            batches: 2,
            rows: 2_000,
        };
        assert_eq!(estimate, expected);
        assert_eq!(summed_up(&[], 100), None);
    }
}
