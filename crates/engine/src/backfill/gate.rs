//! What workers of one run have to know of each other and of the server's other guests.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::desk::Answered;
use super::error::BackfillError;
use super::event::BackfillEvent;
use super::run::Runner;

/// How often workers look whether the reason to hold is gone.
const LOOKED_EVERY: Duration = Duration::from_millis(50);

/// Between batches, every worker passes here.
#[derive(Debug, Default)]
pub(super) struct Gate {
    /// Why to hold now.
    pub(super) held: RefCell<Option<String>>,
    /// How far the slowest standby is behind.
    pub(super) lag: Cell<Option<Duration>>,
    /// When was asked last, where no watcher asks.
    pub(super) asked: Cell<Option<Instant>>,
    /// Whether another worker has failed, so that the rest goes home.
    is_closed: Cell<bool>,
    /// Wakes the watcher when all workers are home.
    pub(super) finished: Notify,
    /// How long a batch should take while nobody waits for its rows.
    wanted: Cell<Duration>,
    /// How much of that it takes, since somebody does.
    shortened: Cell<f64>,
    /// When a batch is answered.
    pub(super) answered: Cell<Answered>,
    /// How many batches may be on their way at once.
    allowed: Cell<u32>,
    /// How many are.
    on_the_way: Cell<u32>,
    /// Wakes a worker that waits for another one's batch.
    left: Notify,
}

/// A batch on its way; it is over when this is dropped.
pub(super) struct OnTheWay<'g>(&'g Gate);

impl Drop for OnTheWay<'_> {
    fn drop(&mut self) {
        self.0.on_the_way.set(self.0.on_the_way.get() - 1);
        self.0.left.notify_one();
    }
}

/// Batches become shorter by this while somebody waits for them, and longer while nobody does.
const SHORTER: f64 = 0.7;
const LONGER: f64 = 1.05;
/// A batch shorter than this costs more than it spares.
const LEAST_BATCH_TIME: Duration = Duration::from_millis(2);

impl Gate {
    pub(super) fn new(wanted: Duration) -> Self {
        let gate = Self { shortened: Cell::new(1.0), ..Self::default() };
        gate.aim(wanted);
        gate.allow(u32::MAX);
        gate
    }

    /// From here on, a batch should take so long.
    pub(super) fn aim(&self, wanted: Duration) {
        self.wanted.set(wanted);
    }

    /// From here on, so many batches may be on their way at once.
    pub(super) fn allow(&self, batches: u32) {
        self.allowed.set(batches);
    }

    fn has_room(&self) -> bool {
        self.on_the_way.get() < self.allowed.get()
    }

    /// A batch begins.
    pub(super) fn enter(&self) -> OnTheWay<'_> {
        self.on_the_way.set(self.on_the_way.get() + 1);
        OnTheWay(self)
    }

    pub(super) fn batch_time(&self) -> Duration {
        self.wanted.get().mul_f64(self.shortened.get())
    }

    /// Others were seen to wait for rows of a batch, or were not. Tells whether batches become shorter for the first
    /// time since nobody waited.
    pub(super) fn steer(&self, somebody_waits: bool) -> bool {
        let before = self.shortened.get();
        let least = LEAST_BATCH_TIME.as_secs_f64() / self.wanted.get().as_secs_f64();
        let factor = if somebody_waits { SHORTER } else { LONGER };
        let after = (before * factor).clamp(least.min(1.0), 1.0);
        self.shortened.set(after);
        before >= 1.0 && after < 1.0
    }

    /// Waits for all workers, where no watcher does.
    pub(super) async fn wait(&self) -> Result<(), BackfillError> {
        self.finished.notified().await;
        Ok(())
    }

    /// Sends all workers home.
    pub(super) fn close(&self) {
        self.is_closed.set(true);
    }

    pub(super) fn open(&self) {
        self.is_closed.set(false);
    }
}

/// What a worker is told at the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pass {
    GoOn,
    GoHome,
}

impl Runner<'_> {
    /// Waits while there is a reason to, and fails where somebody asks for a stop.
    pub(super) async fn pass(&self) -> Result<Pass, BackfillError> {
        loop {
            if self.stop.is_asked() {
                return Err(BackfillError::Stopped { job: self.job.number, rows: self.rows.get() });
            }
            if self.gate.is_closed.get() {
                return Ok(Pass::GoHome);
            }
            if !self.has_watcher
                && self.gate.asked.get().is_none_or(|asked| asked.elapsed() >= super::watch::ASKED_EVERY)
            {
                self.look(&self.desk, &[]).await?;
                self.heed(&self.desk, &[]).await?;
            }
            if self.gate.held.borrow().is_some() {
                tokio::time::sleep(LOOKED_EVERY).await;
            } else if self.gate.has_room() {
                return Ok(Pass::GoOn);
            } else {
                // Whether to stop is looked at meanwhile as well.
                let _ = tokio::time::timeout(LOOKED_EVERY, self.gate.left.notified()).await;
            }
        }
    }

    /// Holds for a reason, or no longer.
    pub(super) fn hold(&self, reason: Option<String>) {
        let before = self.gate.held.replace(reason.clone());
        match (before, reason) {
            (None, Some(reason)) => self.tell(BackfillEvent::Held { job: self.job.number, reason }),
            (Some(_), None) => self.tell(BackfillEvent::Released { job: self.job.number }),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_are_shorter_while_somebody_waits_for_them() {
        let wanted = Duration::from_millis(40);
        let gate = Gate::new(wanted);
        assert!(gate.steer(true), "it is told once");
        assert!(!gate.steer(true));
        assert!(gate.batch_time() < Duration::from_millis(20));
        (0..20).for_each(|_| assert!(!gate.steer(true)));
        assert_eq!(gate.batch_time(), LEAST_BATCH_TIME);
        (0..100).for_each(|_| assert!(!gate.steer(false)));
        assert_eq!(gate.batch_time(), wanted);
        // One that was wanted shorter than the least stays as it is.
        let gate = Gate::new(Duration::from_millis(1));
        assert!(!gate.steer(true), "they do not become shorter");
        assert_eq!(gate.batch_time(), Duration::from_millis(1));
        gate.aim(wanted);
        assert_eq!(gate.batch_time(), wanted);
    }

    #[test]
    fn no_more_batches_are_on_their_way_than_are_allowed() {
        let gate = Gate::new(Duration::from_millis(5));
        let first = gate.enter();
        assert!(gate.has_room(), "as long as nobody says how many");
        gate.allow(1);
        assert!(!gate.has_room());
        drop(first);
        assert!(gate.has_room());
    }
}
