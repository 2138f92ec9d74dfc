//! How often, and how long, a lock is tried for.

use std::time::Duration;

/// How long a try for a lock may last and how long to go on trying.
///
/// A session that waits for an exclusive lock holds up everybody who comes after it, for as long as it waits. So a try
/// is short, and patience is spent between tries, when nobody is held up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// `lock_timeout` of the first try.
    pub first_try: Duration,
    /// How long to go on, from the first try on, before giving up.
    pub patience: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { first_try: Duration::from_millis(100), patience: Duration::from_secs(60) }
    }
}

/// The next thing to do after a try failed for want of a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Wait so long, then try again with this `lock_timeout`.
    After {
        /// How long to wait before the next try.
        pause: Duration,
        /// The next try's `lock_timeout`.
        lock_timeout: Duration,
    },
    /// Patience has run out.
    GiveUp,
}

impl RetryPolicy {
    /// The longest pause between two tries.
    const LONGEST_PAUSE: Duration = Duration::from_secs(5);

    /// `lock_timeout` of the given try, counted from 0: the first try's, half as much again after every fourth try, and
    /// never more than five times the first. Longer tries pass a queue that short ones never get through.
    #[must_use]
    pub fn lock_timeout(&self, attempt: u32) -> Duration {
        let longest = self.first_try * 5;
        let grown = self.first_try.mul_f64(1.5_f64.powi(i32::try_from(attempt / 4).unwrap_or(i32::MAX).min(8)));
        grown.min(longest).min(self.patience.max(Duration::from_millis(1)))
    }

    /// What to do after the given try, counted from 0, failed. `jitter` is a random number in 0..1: with "full jitter"
    /// the pause is anywhere between nothing and an exponentially growing bound, so that runners that collided once do
    /// not collide for ever.
    #[must_use]
    pub fn after(&self, attempt: u32, elapsed: Duration, jitter: f64) -> Retry {
        if elapsed >= self.patience {
            return Retry::GiveUp;
        }
        let bound = (self.first_try * 2_u32.saturating_pow(attempt.min(16))).min(Self::LONGEST_PAUSE);
        let pause = bound.mul_f64(jitter.clamp(0.05, 1.0)).min(self.patience - elapsed);
        Retry::After { pause, lock_timeout: self.lock_timeout(attempt + 1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: RetryPolicy =
        RetryPolicy { first_try: Duration::from_millis(100), patience: Duration::from_secs(60) };

    #[test]
    fn tries_stay_short_and_never_pass_five_times_the_first() {
        assert_eq!(POLICY.lock_timeout(0), Duration::from_millis(100));
        assert_eq!(POLICY.lock_timeout(3), Duration::from_millis(100));
        assert_eq!(POLICY.lock_timeout(4), Duration::from_millis(150));
        assert_eq!(POLICY.lock_timeout(1000), Duration::from_millis(500));
    }

    #[test]
    fn pauses_grow_but_end_with_patience() {
        let Retry::After { pause, .. } = POLICY.after(0, Duration::ZERO, 1.0) else { panic!("gave up at once") };
        assert_eq!(pause, Duration::from_millis(100));
        let Retry::After { pause, .. } = POLICY.after(30, Duration::ZERO, 1.0) else { panic!("gave up at once") };
        assert_eq!(pause, Duration::from_secs(5));
        let Retry::After { pause, .. } = POLICY.after(30, Duration::from_secs(59), 1.0) else {
            panic!("gave up early")
        };
        assert_eq!(pause, Duration::from_secs(1));
        assert_eq!(POLICY.after(1, Duration::from_secs(60), 0.5), Retry::GiveUp);
    }
}
