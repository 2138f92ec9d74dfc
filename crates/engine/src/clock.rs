//! The server's clock, read once: what is put on record must not depend on a laptop's.

use std::time::Instant;

use jiff::{SignedDuration, Timestamp};

/// The server's time at one moment, and how long ago that was.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ServerClock {
    server: Timestamp,
    read: Instant,
}

impl ServerClock {
    /// A clock that showed this many microseconds since 1970, UTC, just now.
    pub(crate) fn from_microseconds(micros: i64) -> Self {
        Self { server: Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH), read: Instant::now() }
    }

    /// What it shows now, in whole microseconds.
    pub(crate) fn now(self) -> Timestamp {
        let elapsed = SignedDuration::try_from(self.read.elapsed()).unwrap_or_default();
        let now = self.server.saturating_add(elapsed).unwrap_or(self.server);
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }
}
