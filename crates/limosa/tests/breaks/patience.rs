//! Waiting for what has to come, without resting a test on how long it takes.

use std::thread;
use std::time::{Duration, Instant};

/// How long what is certain to happen may take on a machine that does much else.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

/// Looks until there is something to see.
///
/// # Panics
/// It never comes; `what` says what.
pub(crate) fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(begun.elapsed() < DEADLINE, "waited in vain for {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Waits until it is so.
pub(crate) fn wait_until(what: &str, mut so: impl FnMut() -> bool) {
    wait_for(what, || so().then_some(()));
}
