//! Looking after the server's other guests while batches run, from a session of its own.

use std::time::{Duration, Instant};

use limosa_catalog::Literal;

use super::desk::{Answered, Desk};
use super::error::BackfillError;
use super::event::BackfillEvent;
use super::job::HEARTBEAT;
use super::placing::Pin;
use super::run::Runner;

/// How often throttles are asked.
pub(super) const ASKED_EVERY: Duration = Duration::from_secs(1);
/// How often is looked whether somebody waits for a batch.
const WAITERS_EVERY: Duration = Duration::from_millis(200);

const OTHERS_SQL: &str = include_str!("others.sql");

impl Runner<'_> {
    /// Asks the throttles, and opens or shuts the gate.
    pub(super) async fn look(&self, desk: &Desk<'_>, own: &[i32]) -> Result<(), BackfillError> {
        self.gate.asked.set(Some(Instant::now()));
        let relation = self.prepared.relation.oid;
        let mut looks = self.looks.take();
        let asked = self.options.throttle.reason(desk, relation, own, &mut looks).await;
        self.looks.replace(looks);
        let (reason, lag) = asked?;
        self.gate.lag.set(lag);
        self.hold(reason);
        Ok(())
    }

    /// Looks until all workers are home.
    pub(super) async fn watch(&self, desk: &Desk<'_>, own: &[i32]) -> Result<(), BackfillError> {
        let (mut asked, mut seen) = (Instant::now(), Instant::now());
        loop {
            tokio::select! {
                () = self.gate.finished.notified() => return Ok(()),
                () = tokio::time::sleep(WAITERS_EVERY) => {}
            }
            if asked.elapsed() >= ASKED_EVERY {
                asked = Instant::now();
                self.look(desk, own).await?;
            }
            self.heed(desk, own).await?;
            if seen.elapsed() >= HEARTBEAT {
                seen = Instant::now();
                self.beat(desk).await?;
            }
        }
    }

    /// Puts on record that this run lives, and learns how long the server's disk takes with so little.
    pub(super) async fn beat(&self, desk: &Desk<'_>) -> Result<(), BackfillError> {
        let (schema, own) = (&self.target.history_schema, self.is_own());
        let beat = format!("UPDATE {schema}.backfill SET seen_at = clock_timestamp() WHERE {own}");
        let asked = Instant::now();
        desk.batch(&beat, Pin::Free, Answered::OnDisk).await?;
        let took = asked.elapsed().saturating_sub(self.round_trip);
        self.on_disk.set(self.on_disk.get().min(took));
        Ok(())
    }

    /// Looks what sessions do that are not of this run, and steers batches by it.
    pub(super) async fn heed(&self, desk: &Desk<'_>, own: &[i32]) -> Result<(), BackfillError> {
        let own: Vec<String> = own.iter().map(ToString::to_string).collect();
        let own = Literal(&format!("{{{}}}", own.join(","))).to_string();
        let asks_work = self.options.workers.allowed(true) < self.workers() || self.batch_time.depends_on_others();
        let sql = OTHERS_SQL.replace("{own}", &own).replace("{asks_work}", &asks_work.to_string());
        let answer = desk.ask(sql.trim_end()).await?;
        let is = |column: usize| answer.first().and_then(|row| row.get(column)?.as_deref()) == Some("t");
        let (wait, work) = (is(0), is(1));
        self.gate.allow(self.options.workers.allowed(work));
        self.gate.aim(self.batch_time.while_others(work));
        self.gate.answered.set(self.batch_time.answered(work));
        if self.gate.steer(wait) {
            let remark = "others wait for rows of a batch, so batches become shorter".to_owned();
            self.tell(BackfillEvent::Remarked { job: self.job.number, remark });
        }
        Ok(())
    }
}
