//! Randomness enough to keep runners that collided once from colliding for ever.

use std::hash::{BuildHasher, RandomState};

/// A number in 0..1. The standard library seeds each `RandomState` anew from the system's randomness.
pub(crate) fn jitter() -> f64 {
    let random = RandomState::new().hash_one(0_u8) >> 11;
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit a double exactly")]
    let fraction = random as f64 / (1_u64 << 53) as f64;
    fraction
}
