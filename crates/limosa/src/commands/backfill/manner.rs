//! How batches follow each other.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use limosa_catalog::Identifier;
use limosa_engine::{BackfillOptions, OnError, Throttle};

use super::super::up::duration;

/// How batches follow each other.
#[derive(Debug, Args)]
pub(super) struct Manner {
    /// So many workers at once, each with rows and a connection of its own; one more connection looks after others.
    #[arg(long, value_name = "N", default_value = "1")]
    parallel: NonZeroU32,
    /// How long a batch should take: its rows are locked for so long. Shorter while others wait for them.
    #[arg(long, value_name = "TIME", default_value = "40ms", value_parser = duration)]
    batch_time: Duration,
    /// Rows in a batch, at most.
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    batch_rows: u64,
    /// A pause behind each batch.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pause: Option<Duration>,
    /// Hold while a standby is further behind than this.
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration)]
    max_lag: Duration,
    /// Hold while more than so many sessions are busy.
    #[arg(long, value_name = "N")]
    max_active: Option<u32>,
    /// Hold while the server writes more WAL than this in a second: `20MB`.
    #[arg(long, value_name = "SIZE", value_parser = size)]
    max_wal: Option<u64>,
    /// Hold while a transaction of the database is older than this: what batches leave behind is cleared away only when
    /// it is over.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    max_transaction_age: Option<Duration>,
    /// Hold while an autovacuum clears the table of rows that batches left behind.
    #[arg(long)]
    yield_to_autovacuum: bool,
    /// Hold while this query gives true, or a text, which is then the reason.
    #[arg(long, value_name = "QUERY")]
    hold_while: Option<String>,
    /// What is done about a row that cannot be changed: stop, or leave it and put it on record.
    #[arg(long, value_enum, default_value_t = Failing::Stop)]
    on_error: Failing,
    /// How long to wait for another runner of the same job; the last batch of one that was killed may still be running.
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = duration)]
    wait: Duration,
    /// Append a line to this file for each batch, hold and end.
    #[arg(long, value_name = "FILE")]
    pub(super) log: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Failing {
    /// The job stops before its batch, and names the row.
    Stop,
    /// It is left as it is; `limosa backfill rejects` shows its key and the error.
    Skip,
}

impl Manner {
    pub(super) fn options<'a>(&self, actor: &'a str, ids: &'a Identifier) -> BackfillOptions<'a> {
        BackfillOptions {
            workers: self.parallel,
            batch_time: self.batch_time.max(Duration::from_millis(1)),
            most_rows: self.batch_rows.max(1),
            throttle: Throttle {
                pause: self.pause.unwrap_or_default(),
                most_lag: Some(self.max_lag),
                most_active: self.max_active,
                most_wal: self.max_wal,
                oldest_transaction: self.max_transaction_age,
                yields_to_autovacuum: self.yield_to_autovacuum,
                hold_while: self.hold_while.clone(),
            },
            on_error: match self.on_error {
                Failing::Stop => OnError::Stop,
                Failing::Skip => OnError::Skip,
            },
            wait: self.wait,
            ..BackfillOptions::usual(actor, ids)
        }
    }
}

/// `500kB`, `20MB`, `1.5GB`.
fn size(text: &str) -> Result<u64, String> {
    let wrong = || "expected a size such as 500kB, 20MB or 1.5GB".to_owned();
    let at = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(at);
    let unit = match unit {
        "B" | "" => 1.0,
        "kB" => 1e3,
        "MB" => 1e6,
        "GB" => 1e9,
        _ => return Err(wrong()),
    };
    let bytes = number.trim().parse::<f64>().map_err(|_| wrong())? * unit;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the range, by the condition")]
    if (0.0..1e18).contains(&bytes) { Ok(bytes as u64) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read() {
        for (text, bytes) in [("20MB", Ok(20_000_000)), ("1.5 GB", Ok(1_500_000_000)), ("7", Ok(7))] {
            assert_eq!(size(text), bytes, "for `{text}`");
        }
        for text in ["", "MB", "-1MB", "20 MiB", "infMB", "nan"] {
            assert!(size(text).is_err(), "for `{text}`");
        }
    }
}
