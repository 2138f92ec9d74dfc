//! How large the next batch is: a closed loop over how long the last ones took.

use std::time::Duration;

/// Between which sizes is steered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) least: u64,
    pub(crate) first: u64,
    pub(crate) most: u64,
}

/// The size of batches, steered towards a duration.
#[derive(Debug, Clone)]
pub(crate) struct Steering {
    limits: Limits,
    wanted: Duration,
    size: u64,
    /// Seconds per unit of size, smoothed.
    cost: Option<f64>,
}

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
        self.cost.map(|cost| took.as_secs_f64() / (cost * size.max(1) as f64).max(1e-6))
    }

    /// The size of the next batch.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// A batch of this size took so long.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "sizes are far below 2^53"
    )]
    pub(crate) fn took(&mut self, size: u64, took: Duration) {
        let cost = took.as_secs_f64() / size.max(1) as f64;
        let cost = self.cost.map_or(cost, |before| before + WEIGHT * (cost - before));
        self.cost = Some(cost);
        let wanted = self.wanted.as_secs_f64() / cost.max(f64::MIN_POSITIVE);
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
                steering.took(steering.size(), Duration::from_micros(row * steering.size()));
            }
            let size = steering.size();
            assert!(size.abs_diff(expected) <= expected / 20, "rows of {row} µs: {size} and not {expected}");
        }
    }

    #[test]
    fn one_slow_batch_does_not_stop_the_rest() {
        let mut steering = Steering::new(LIMITS, Duration::from_millis(40));
        for _ in 0..30 {
            steering.took(steering.size(), Duration::from_micros(10 * steering.size()));
        }
        let before = steering.size();
        steering.took(before, Duration::from_secs(10));
        assert!(steering.size() >= before / 2);
        steering.failed();
        assert!(steering.size() >= before / 4);
    }

    #[test]
    fn no_time_at_all_is_no_reason_to_fail() {
        let mut steering = Steering::new(LIMITS, Duration::from_millis(40));
        (0..100).for_each(|_| steering.took(0, Duration::ZERO));
        assert_eq!(steering.size(), LIMITS.most);
        (0..100).for_each(|_| steering.failed());
        assert_eq!(steering.size(), LIMITS.least);
    }
}
