//! What a trace saw, in the plan document.

use std::time::Duration;

use serde::Serialize;

use crate::trace::{Trace, TracedLock, TracedStatement, TracedWork};

/// What a trace of the same migration saw of a statement. It was measured in a shadow: how long it takes elsewhere
/// depends on the rows there.
#[derive(Debug, Serialize)]
pub struct PlannedTrace {
    /// The shadow's server, such as `PostgreSQL 18.1`.
    pub server: String,
    /// How many rows each table was to have.
    pub rows: u64,
    /// How long it took, in microseconds.
    #[serde(rename = "duration_us", serialize_with = "microseconds")]
    pub duration: Duration,
    /// The bytes that it wrote to the write-ahead log.
    pub wal_bytes: u64,
    /// The locks that it took.
    pub locks: Vec<TracedLock>,
    /// What it did with rows and files.
    pub work: Vec<TracedWork>,
}

impl PlannedTrace {
    /// What a trace saw of one of its statements.
    #[must_use]
    pub fn of(trace: &Trace, statement: &TracedStatement) -> Self {
        Self {
            server: trace.server.clone(),
            rows: trace.rows,
            duration: statement.duration,
            wal_bytes: statement.wal_bytes,
            locks: statement.locks.clone(),
            work: statement.work.clone(),
        }
    }
}

fn microseconds<S: serde::Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX))
}
