//! Holding back, and stopping, between batches.

use std::time::{Duration, Instant};

use super::error::BackfillError;
use super::event::BackfillEvent;
use super::job::HEARTBEAT;
use super::run::Runner;

/// How often throttles are asked.
const ASKED_EVERY: Duration = Duration::from_secs(1);

impl Runner<'_> {
    /// Waits while there is a reason to, and ends where somebody asks for it.
    pub(super) async fn hold(&mut self, asked: &mut Option<Instant>) -> Result<(), BackfillError> {
        let mut told = None;
        let mut seen = Instant::now();
        loop {
            if self.stop.is_asked() {
                return Err(BackfillError::Stopped { job: self.job.number, rows: self.job.rows });
            }
            if asked.is_some_and(|asked: Instant| asked.elapsed() < ASKED_EVERY) {
                return Ok(());
            }
            let reason = self.options.throttle.reason(&self.desk).await?;
            *asked = Some(Instant::now());
            let Some(reason) = reason else { return Ok(()) };
            if told.as_ref() != Some(&reason) {
                self.tell(BackfillEvent::Held { job: self.job.number, reason: reason.clone() });
                told = Some(reason);
            }
            if seen.elapsed() >= HEARTBEAT {
                seen = Instant::now();
                let schema = &self.target.history_schema;
                let own = self.work().is_own();
                let sql = format!("UPDATE {schema}.backfill SET seen_at = clock_timestamp() WHERE {own}");
                self.desk.ask(&sql).await?;
            }
            tokio::time::sleep(ASKED_EVERY).await;
            *asked = None;
        }
    }
}
