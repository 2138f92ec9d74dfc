//! The one transaction in which the seeds of a service are written.

use limosa_catalog::Literal;
use limosa_postgres::{ServerError, Session};

use crate::target::{Target, search_path};

/// Files are read in the same way in every database: a day is `2024-12-31`, and what has another order is refused
/// rather than taken for another day.
const PINNED: &str = "SET LOCAL datestyle = 'ISO, YMD';\nSET LOCAL intervalstyle = 'postgres'";

/// What a script is run with, as any other SQL in this database.
const UNPINNED: &str = "RESET datestyle; RESET intervalstyle";

/// Rows as text.
pub(super) type Rows = Vec<Vec<Option<String>>>;

/// A session, and what it says when the transaction begins.
pub(super) struct Transaction<'a> {
    pub(super) session: &'a Session,
    pub(super) target: &'a Target,
    /// What fails where the lock of this run has ended.
    pub(super) fence: Option<String>,
}

impl Transaction<'_> {
    /// Begins it.
    pub(super) async fn begin(&self) -> Result<(), ServerError> {
        let fence = self.fence.as_ref().map(|fence| format!(";\n{fence}")).unwrap_or_default();
        self.ask(&format!("BEGIN;\n{}{fence}", self.settings())).await.map(drop)
    }

    /// Takes back what is pinned for files, for a script to come.
    pub(super) async fn unpin(&self) -> Result<(), ServerError> {
        self.ask(UNPINNED).await.map(drop)
    }

    /// Puts back what a script may have set for the session.
    pub(super) async fn put_back_settings(&self) -> Result<(), ServerError> {
        let role = if self.target.owner_role.is_some() { "" } else { "RESET ROLE;\n" };
        self.ask(&format!("RESET SESSION AUTHORIZATION;\nRESET ALL;\n{role}{}", self.settings())).await.map(drop)
    }

    fn settings(&self) -> String {
        let patience = self.target.retry.patience.as_millis().clamp(1, i32::MAX as u128);
        let mut sql = vec![
            format!("SET LOCAL lock_timeout = {patience}"),
            // A role that sees some rows only would take the others for missing.
            "SET LOCAL row_security = off".to_owned(),
            PINNED.to_owned(),
        ];
        sql.extend(self.target.owner_role.as_ref().map(|role| format!("SET LOCAL ROLE {role}")));
        sql.extend(
            self.target.statement_timeout.map(|limit| format!("SET LOCAL statement_timeout = {}", limit.as_millis())),
        );
        sql.extend(
            search_path(self.target, self.session)
                .map(|path| format!("SELECT pg_catalog.set_config('search_path', {}, true)", Literal(&path))),
        );
        sql.join(";\n")
    }

    /// Runs statements in it, and gives the rows of the last that gives any; at most 1,000.
    pub(super) async fn ask(&self, sql: &str) -> Result<Rows, ServerError> {
        self.session.flight(sql).await.map(|flight| flight.rows).map_err(|failure| failure.error)
    }

    /// The number that statements give in the end.
    pub(super) async fn count(&self, sql: &str) -> Result<u64, ServerError> {
        Ok(number(&self.ask(sql).await?, 0))
    }

    pub(super) async fn commit(&self) -> Result<(), ServerError> {
        self.ask("COMMIT").await.map(drop)
    }

    /// Takes everything back. A connection that is lost has done so already.
    pub(super) async fn roll_back(&self) {
        let _ = self.ask("ROLLBACK").await;
    }
}

/// The number in a column of the first row.
pub(super) fn number(rows: &Rows, column: usize) -> u64 {
    rows.first().and_then(|row| row.get(column)?.as_deref()?.parse().ok()).unwrap_or_default()
}
