//! A catalog that cannot be read because somebody has a table to himself.

use std::time::Duration;

use limosa_postgres::{ServerError, Session};
use limosa_syntax::Diagnostic;

use crate::event::{Blocker, blocker_of_row};
use crate::run_error::blocker_line;

/// Who has tables to himself.
const EXCLUSIVE_SQL: &str = include_str!("exclusive.sql");

/// A catalog that cannot be read because somebody has a table to himself that a view names, or another definition.
#[derive(Debug, thiserror::Error)]
#[error("the schema cannot be read beside others who have locked its tables: {error}")]
pub struct CatalogLocked {
    /// How long the reading took until it was given up.
    pub waited: Duration,
    /// Who has tables to himself, the oldest first; none where they have gone meanwhile.
    pub holders: Vec<Blocker>,
    /// What the server said.
    pub error: ServerError,
}

impl CatalogLocked {
    /// Looks who it is, over the session that waited. What is not to be known is left out: the error is told anyway.
    pub(super) async fn look(session: &Session, waited: Duration, error: ServerError) -> Self {
        let found = session.query(EXCLUSIVE_SQL, &[]).await.unwrap_or_default();
        Self { waited, holders: found.iter().map(blocker_of_row).collect(), error }
    }

    /// The error as people should see it.
    pub(crate) fn diagnostic(&self) -> Diagnostic {
        let mut diagnostic = Diagnostic::error(
            "locks-not-free",
            format!("the schema could not be read in {:.1} s: its tables are locked", self.waited.as_secs_f64()),
        );
        diagnostic.notes = self.holders.iter().map(blocker_line).collect();
        diagnostic.notes.push(
            "PostgreSQL prints the definition of a view, and some others, only when it may look at the tables that it \
             names"
                .to_owned(),
        );
        diagnostic.with_help(match self.holders.first() {
            None => "whoever held them is gone; run it again".to_owned(),
            Some(Blocker { pid: 0, .. }) => {
                "end the prepared transaction with `COMMIT PREPARED` or `ROLLBACK PREPARED`, then run it again"
                    .to_owned()
            }
            Some(holder) => format!(
                "run it again when that has ended; what nobody needs is ended by `SELECT pg_terminate_backend({})`",
                holder.pid
            ),
        })
    }
}
