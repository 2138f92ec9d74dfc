//! How large the next batch is: a closed loop over how long the last ones took.

use std::time::Duration;

/// Between which sizes is steered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) least: u64,
    pub(crate) first: u64,
    pub(crate) most: u64,
}

/// The size of batches, steered towards a duration, and away from so much WAL that whoever commits next waits until
/// it is on disk.
#[derive(Debug, Clone)]
pub(crate) struct Steering {
    limits: Limits,
    wanted: Duration,
    size: u64,
    /// Seconds and bytes of WAL per unit of size, smoothed.
    cost: Option<(f64, f64)>,
}

/// A batch writes about so many bytes of WAL at most, unless it cannot be smaller. Those that touch a page for the
/// first time since a checkpoint write all of it, and ten times as much as others.
const MOST_WAL: f64 = 524_288.0;

/// How much the newest batch counts.
const WEIGHT: f64 = 0.4;
/// A batch is at most so much larger, or smaller, than the one before it.
const STEP: (f64, f64) = (0.5, 1.5);

impl Steering {
    pub(crate) fn new(limits: Limits, wanted: Duration) -> Self {
        Self { limits, wanted, size: limits.first.clamp(limits.least, limits.most), cost: None }
    }

    /// From here on, batches are to take so long.
    pub(crate) fn aim(&mut self, wanted: Duration) {
        self.wanted = wanted;
    }

    /// How many times as long as those before it a batch of this size took, which took so long.
    pub(crate) fn excess(&self, size: u64, took: Duration) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^53")]
        self.cost.map(|(cost, _)| took.as_secs_f64() / (cost * size.max(1) as f64).max(1e-6))
    }

    /// The size of the next batch.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// A batch of this size took so long, and so many bytes of WAL were written meanwhile.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "sizes are far below 2^53"
    )]
    pub(crate) fn took(&mut self, size: u64, took: Duration, wal: u64) {
        let each = |cost: f64| cost / size.max(1) as f64;
        let (time, wal) = (each(took.as_secs_f64()), each(wal as f64));
        let (mean, mean_wal) = self.cost.unwrap_or((time, wal));
        let cost = (mean + WEIGHT * (time - mean), mean_wal + WEIGHT * (wal - mean_wal));
        self.cost = Some(cost);
        let least = f64::MIN_POSITIVE;
        let wanted = (self.wanted.as_secs_f64() / cost.0.max(least)).min(MOST_WAL / cost.1.max(least));
        let now = self.size as f64;
        self.size = (wanted.clamp(now * STEP.0, now * STEP.1) as u64).clamp(self.limits.least, self.limits.most);
    }

    /// A batch failed for want of a lock, or took too long for the server: the next is half as large.
    pub(crate) fn failed(&mut self) {
        self.size = (self.size / 2).clamp(self.limits.least, self.limits.most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { least: 50, first: 1_000, most: 10_000 };

    #[test]
    fn batches_come_to_take_as_long_as_wanted() {
        for (row, expected) in [(4_u64, 10_000), (10, 4_000), (100, 400), (10_000, 50)] {
            let mut steering = Steering::new(LIMITS, Duration::from_millis(40));
            for _ in 0..30 {
                steering.took(steering.size(), Duration::from_micros(row * steering.size()), 0);
            }
            let size = steering.size();
            assert!(size.abs_diff(expected) <= expected / 20, "rows of {row} µs: {size} and not {expected}");
        }
    }

    #[test]
    fn batches_that_write_much_are_smaller() {
        for (row, expected) in [(100_u64, 4_000), (1_000, 524), (100_000, 50)] {
            let mut steering = Steering::new(LIMITS, Duration::from_millis(40));
            for _ in 0..30 {
                let size = steering.size();
                steering.took(size, Duration::from_micros(10 * size), row * size);
            }
            let size = steering.size();
            assert!(size.abs_diff(expected) <= expected / 20, "rows of {row} bytes: {size} and not {expected}");
        }
    }

    #[test]
    fn one_slow_batch_does_not_stop_the_rest() {
        let mut steering = Steering::new(LIMITS, Duration::from_millis(40));
        for _ in 0..30 {
            steering.took(steering.size(), Duration::from_micros(10 * steering.size()), 0);
        }
        let before = steering.size();
        steering.took(before, Duration::from_secs(10), 0);
        assert!(steering.size() >= before / 2);
        steering.failed();
        assert!(steering.size() >= before / 4);
    }

    #[test]
    fn no_time_at_all_is_no_reason_to_fail() {
        let mut steering = Steering::new(LIMITS, Duration::from_millis(40));
        (0..100).for_each(|_| steering.took(0, Duration::ZERO, 0));
        assert_eq!(steering.size(), LIMITS.most);
        (0..100).for_each(|_| steering.failed());
        assert_eq!(steering.size(), LIMITS.least);
    }
}
