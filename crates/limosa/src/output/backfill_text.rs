//! How far a change of rows in batches is, in words.

use std::time::{Duration, Instant};

use limosa_engine::{BackfillEvent, Order};

use super::duration::Calm;
use super::event_text::Level;
use super::one_line::one_line;

/// Where lines stay, a batch gets one so often.
const TOLD_EVERY: Duration = Duration::from_secs(10);

/// Keeps lines about batches few where they stay.
#[derive(Debug)]
pub(crate) struct NowAndThen(Instant);

impl Default for NowAndThen {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl NowAndThen {
    /// Whether the event gets a line.
    pub(crate) fn tells(&mut self, event: &BackfillEvent) -> bool {
        if matches!(event, BackfillEvent::Batch { .. }) && self.0.elapsed() < TOLD_EVERY {
            return false;
        }
        self.0 = Instant::now();
        true
    }
}

/// How much the event asks for attention.
pub(crate) fn backfill_level(event: &BackfillEvent) -> Level {
    match event {
        BackfillEvent::Held { .. } | BackfillEvent::Retrying { .. } => Level::Warn,
        _ => Level::Info,
    }
}

/// The event in one line.
pub(crate) fn backfill_line(event: &BackfillEvent) -> String {
    match event {
        BackfillEvent::Begun { job, table, order, rows, expected, workers } => {
            let order = match order {
                Order::Key => "in the order of the key",
                Order::Stride => "in windows of pages, strided",
            };
            let done = if *rows > 0 { format!(", {rows} of them done") } else { String::new() };
            let workers = if *workers > 1 { format!(", {workers} workers") } else { String::new() };
            format!("job {job}: about {expected} rows of {table}{done}, {order}{workers}")
        }
        BackfillEvent::Batch { rows, expected, rate, lag, beside_others, took, .. } => {
            #[expect(clippy::cast_precision_loss, reason = "for people")]
            let (share, left) = (*rows as f64 / (*expected).max(1) as f64, (expected - rows) as f64 / rate.max(1e-3));
            // Only the last look tells that all is done.
            let share = (share * 100.0).min(99.0);
            let left = Duration::try_from_secs_f64(left).unwrap_or(Duration::MAX);
            let lag = lag.map(|lag| format!("  standby {} behind", Calm(lag))).unwrap_or_default();
            let short = if *beside_others { ", short beside others" } else { "" };
            let (took, left) = (Calm(*took), Calm(left));
            format!("~{share:2.0} %  {rows} rows  {rate:.0}/s  batch {took}{short}{lag}  about {left} left")
        }
        BackfillEvent::Held { reason, .. } => format!("holding: {}", one_line(reason)),
        BackfillEvent::Released { .. } => "going on".to_owned(),
        BackfillEvent::Retrying { why, .. } => format!("a batch failed and is tried again: {}", one_line(why)),
        BackfillEvent::Remarked { remark, .. } => one_line(remark).into_owned(),
        BackfillEvent::Done { rows, rounds, checked, took, .. } => {
            let looked = match (checked, rounds) {
                (false, _) => "each visited once".to_owned(),
                (true, 1) => "none is left".to_owned(),
                (true, rounds) => format!("none is left after {rounds} rounds"),
            };
            format!("{rows} rows in {}, {looked}", Calm(*took))
        }
    }
}
