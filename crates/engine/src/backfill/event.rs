//! What happens while a job is worked on.

use std::time::Duration;

use serde::Serialize;

use super::order::Order;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum BackfillEvent {
    /// Work begins, or goes on.
    Begun {
        /// The job.
        job: i32,
        /// The table, quoted.
        table: String,
        /// In which order its rows are visited.
        order: Order,
        /// Rows that are done already.
        rows: i64,
        /// Rows that are to be done in all, perhaps by estimate.
        expected: i64,
        /// How many workers there are.
        workers: usize,
    },
    /// A batch is done.
    Batch {
        /// The job.
        job: i32,
        /// Rows that are done.
        rows: i64,
        /// Rows that are to be done in all, perhaps by estimate; never fewer than are done.
        expected: i64,
        /// Rows in a second, since this run began.
        rate: f64,
        /// The number of its range, where there are several.
        range: i32,
        /// How many rows it changed.
        changed: i64,
        /// How far the slowest standby is behind, where that is looked at.
        #[serde(rename = "lag_ms", serialize_with = "some_milliseconds")]
        lag: Option<Duration>,
        /// Whether batches are kept short, since other clients are at work.
        beside_others: bool,
        /// How long this batch took.
        #[serde(rename = "took_ms", serialize_with = "crate::event::milliseconds")]
        took: Duration,
    },
    /// It holds back.
    Held {
        /// The job.
        job: i32,
        /// Why.
        reason: String,
    },
    /// It goes on behind a hold.
    Released {
        /// The job.
        job: i32,
    },
    /// A batch failed and is tried again, smaller.
    Retrying {
        /// The job.
        job: i32,
        /// Why, in the server's words.
        why: String,
    },
    /// Something else that is worth knowing.
    Remarked {
        /// The job.
        job: i32,
        /// What.
        remark: String,
    },
    /// All rows are done.
    Done {
        /// The job.
        job: i32,
        /// Rows that were changed.
        rows: i64,
        /// Rounds over the table; the last found nothing left.
        rounds: u32,
        /// Whether it was looked that no row is left. Where rows do not tell that they are done, it cannot be.
        checked: bool,
        /// How long this run took.
        #[serde(rename = "took_ms", serialize_with = "crate::event::milliseconds")]
        took: Duration,
    },
}

fn some_milliseconds<S: serde::Serializer>(duration: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    match duration {
        Some(duration) => crate::event::milliseconds(duration, serializer),
        None => serializer.serialize_none(),
    }
}

impl BackfillEvent {
    /// The same, with secrets taken out of what the server says.
    pub(crate) fn masked(&self, mask: &dyn Fn(&str) -> String) -> Self {
        let mut event = self.clone();
        match &mut event {
            Self::Held { reason: text, .. }
            | Self::Retrying { why: text, .. }
            | Self::Remarked { remark: text, .. } => {
                *text = mask(text);
            }
            Self::Begun { .. } | Self::Batch { .. } | Self::Released { .. } | Self::Done { .. } => {}
        }
        event
    }
}
