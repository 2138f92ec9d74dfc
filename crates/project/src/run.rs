//! How migrations are run.

use std::time::Duration;

/// What happens to a migration that arrives late, with a version before one that is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OrderPolicy {
    /// It is refused: every database runs the same steps in the same order.
    #[default]
    Linear,
    /// It is applied, in the order of versions among those that are pending.
    Any,
}

/// The settings of `[run]`, or of an environment that changes some of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunSettings {
    /// How long the first try of a statement waits for a lock on a relation (`lock_timeout`). While it waits, everybody
    /// behind it waits too, so 50 to 200 ms are sensible.
    pub lock_timeout: Duration,
    /// How long tries are repeated before giving up.
    pub patience: Duration,
    /// The server's `statement_timeout`, where one is wanted.
    pub statement_timeout: Option<Duration>,
    /// How long what a migration drops is kept, where it says nothing of that itself; `None` lets nothing be kept.
    pub set_aside: Option<Duration>,
    /// What happens to a late migration.
    pub order: OrderPolicy,
}

impl Default for RunSettings {
    fn default() -> Self {
        Self {
            lock_timeout: Duration::from_millis(100),
            patience: Duration::from_secs(60),
            statement_timeout: None,
            set_aside: None,
            order: OrderPolicy::Linear,
        }
    }
}
