//! Checks during `up`.

use std::pin::Pin;

use limosa_postgres::Session;

use super::outcome::CheckOutcome;

/// When `up` lets checks run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moment {
    /// After this migration, with others to come: what a check asks for may not be there yet.
    Between {
        /// Its version.
        version: String,
    },
    /// After the last of all that was pending.
    End,
}

/// Checks that [`up`](crate::up) runs on the session that migrated.
pub trait Checks {
    /// Whether there is anything to check at this moment.
    fn wanted(&self, moment: &Moment) -> bool;

    /// Runs them. Nothing of the run is undone for what they find; those that come after a failed one are not run.
    fn run<'a>(
        &'a self,
        session: &'a Session,
        moment: &'a Moment,
    ) -> Pin<Box<dyn Future<Output = Vec<CheckOutcome>> + 'a>>;
}
