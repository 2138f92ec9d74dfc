//! Batches in the plan document.

use std::num::NonZeroU32;
use std::time::Duration;

use serde::Serialize;

use crate::BackfillStep;

/// That a statement is run in batches, each of which commits by itself, and what its directive says of them. What it
/// does not say is as `limosa backfill run` does it.
#[derive(Debug, Serialize)]
pub struct PlannedBackfill {
    /// The column that gets ids which are made by Limosa, and their generator: `public_id=cuid2:pat_`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generate: Option<String>,
    /// How many workers change rows at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parallel: Option<NonZeroU32>,
    /// How long a batch should take, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch_time_ms: Option<u64>,
    /// Rows in a batch, at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch_rows: Option<u64>,
    /// The pause behind each batch, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pause_ms: Option<u64>,
    /// It holds while a standby is further behind, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_lag_ms: Option<u64>,
    /// It holds while more sessions are busy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_active: Option<u32>,
    /// It holds while the server writes more bytes of WAL in a second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_wal: Option<u64>,
    /// It holds while a transaction is older, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_transaction_age_ms: Option<u64>,
    /// Whether it holds while an autovacuum is at work on the table.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub yield_to_autovacuum: bool,
    /// It holds while this query gives true or a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold_while: Option<String>,
    /// What is done about a row that cannot be changed: `stop` or `skip`.
    pub on_error: &'static str,
}

impl PlannedBackfill {
    /// What a step says.
    pub(super) fn of(backfill: &BackfillStep) -> Self {
        let said = &backfill.directive.manner;
        let milliseconds =
            |time: Option<Duration>| time.map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
        let generate = backfill.directive.generate.as_ref();
        Self {
            generate: generate.map(|(column, generator)| format!("{}={generator}", column.for_people())),
            parallel: said.parallel,
            batch_time_ms: milliseconds(said.batch_time),
            batch_rows: said.batch_rows,
            pause_ms: milliseconds(said.pause),
            max_lag_ms: milliseconds(said.max_lag),
            max_active: said.max_active,
            max_wal: said.max_wal,
            max_transaction_age_ms: milliseconds(said.max_transaction_age),
            yield_to_autovacuum: said.yield_to_autovacuum.unwrap_or(false),
            hold_while: said.hold_while.clone(),
            on_error: if backfill.directive.skips_errors { "skip" } else { "stop" },
        }
    }
}
