//! How batches follow each other, as directives, limosa.toml and the command line say it.

use std::num::NonZeroU32;
use std::time::Duration;

/// What is said of how batches follow each other, and when they hold; `None` where nothing is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BackfillManner {
    /// `parallel 2`: so many workers at once, each with a connection of its own.
    pub parallel: Option<NonZeroU32>,
    /// `batch-time 50ms`: how long a batch should take.
    pub batch_time: Option<Duration>,
    /// `batch-rows 5000`: rows in a batch, at most.
    pub batch_rows: Option<u64>,
    /// `pause 10ms`: a pause behind each batch.
    pub pause: Option<Duration>,
    /// `max-lag 5s`: hold while a standby is further behind.
    pub max_lag: Option<Duration>,
    /// `max-active 20`: hold while more sessions are busy.
    pub max_active: Option<u32>,
    /// `max-wal 20MB`: hold while the server writes more WAL in a second; in bytes.
    pub max_wal: Option<u64>,
    /// `max-transaction-age 10min`: hold while a transaction is older.
    pub max_transaction_age: Option<Duration>,
    /// `yield-to-autovacuum`: hold while an autovacuum is at work on the table.
    pub yield_to_autovacuum: Option<bool>,
    /// `hold-while <query>`: hold while it gives true, or a text, which is then the reason.
    pub hold_while: Option<String>,
}

impl BackfillManner {
    /// What this says, and `usual` where it says nothing.
    #[must_use]
    pub fn or(self, usual: &Self) -> Self {
        Self {
            parallel: self.parallel.or(usual.parallel),
            batch_time: self.batch_time.or(usual.batch_time),
            batch_rows: self.batch_rows.or(usual.batch_rows),
            pause: self.pause.or(usual.pause),
            max_lag: self.max_lag.or(usual.max_lag),
            max_active: self.max_active.or(usual.max_active),
            max_wal: self.max_wal.or(usual.max_wal),
            max_transaction_age: self.max_transaction_age.or(usual.max_transaction_age),
            yield_to_autovacuum: self.yield_to_autovacuum.or(usual.yield_to_autovacuum),
            hold_while: self.hold_while.or_else(|| usual.hold_while.clone()),
        }
    }
}

/// Reads `500kB`, `20MB` or `1.5GB`, in bytes; a bare number is bytes.
pub fn data_size(text: &str) -> Option<u64> {
    let at = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(at);
    let unit = match unit {
        "B" | "" => 1.0,
        "kB" => 1e3,
        "MB" => 1e6,
        "GB" => 1e9,
        _ => return None,
    };
    let bytes = number.trim().parse::<f64>().ok()? * unit;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the range, by the condition")]
    (0.0..1e18).contains(&bytes).then_some(bytes as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read() {
        for (text, bytes) in [("20MB", 20_000_000), ("1.5 GB", 1_500_000_000), ("7", 7)] {
            assert_eq!(data_size(text), Some(bytes), "for `{text}`");
        }
        for text in ["", "MB", "-1MB", "20 MiB", "infMB", "nan"] {
            assert_eq!(data_size(text), None, "for `{text}`");
        }
    }

    #[test]
    fn what_is_not_said_is_as_usual() {
        let said = BackfillManner { max_active: Some(3), ..BackfillManner::default() };
        let usual = BackfillManner {
            max_active: Some(9),
            max_wal: Some(7),
            yield_to_autovacuum: Some(true),
            ..BackfillManner::default()
        };
        assert_eq!(said.or(&usual), BackfillManner { max_active: Some(3), ..usual });
    }
}
