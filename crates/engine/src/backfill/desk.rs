//! Asking the server, each question in a transaction of its own under the job's settings.

use limosa_catalog::Literal;
use limosa_postgres::{ServerError, Session};

use crate::target::{Target, search_path};

/// Rows as text.
pub(super) type Rows = Vec<Vec<Option<String>>>;

/// How long a batch waits for rows that others have locked. Short, since those that it has locked itself wait with it.
const LOCK_TIMEOUT: &str = "1s";
/// How long a count may take; a larger table is estimated.
const COUNT_TIMEOUT: &str = "5s";

/// A session, and what is said at the beginning of each transaction.
pub(super) struct Desk<'a> {
    pub(super) session: &'a Session,
    begin: String,
}

impl<'a> Desk<'a> {
    pub(super) fn new(session: &'a Session, target: &Target) -> Self {
        let mut begin = format!("BEGIN;\nSET LOCAL lock_timeout = '{LOCK_TIMEOUT}';\n");
        if let Some(role) = &target.owner_role {
            begin.push_str(&format!("SET LOCAL ROLE {role};\n"));
        }
        if let Some(path) = search_path(target, session) {
            // The path is a list of names, each quoted where it has to be.
            begin.push_str(&format!("SET LOCAL search_path = {path};\n"));
        }
        if let Some(timeout) = target.statement_timeout {
            begin.push_str(&format!("SET LOCAL statement_timeout = {};\n", timeout.as_millis()));
        }
        Self { session, begin }
    }

    /// Runs statements as one transaction in one round trip, and gives the rows of the last that gives any.
    pub(super) async fn ask(&self, sql: &str) -> Result<Rows, ServerError> {
        self.transaction("", sql).await
    }

    /// The same for a batch. It need not be on disk when it is answered: the job's mark is in the same transaction, so
    /// a server that crashes has both or neither.
    pub(super) async fn batch(&self, sql: &str, pinned: bool) -> Result<Rows, ServerError> {
        // Rows that were just looked up are found again by their place. A plan that looked for them elsewhere would
        // take longer by orders of magnitude, and statistics of a column that is being filled mislead.
        let pins = "SET LOCAL enable_hashjoin = off;\nSET LOCAL enable_mergejoin = off;\n\
                    SET LOCAL enable_seqscan = off;\nSET LOCAL enable_material = off;\n";
        let settings = format!("SET LOCAL synchronous_commit = off;\n{}", if pinned { pins } else { "" });
        self.transaction(&settings, sql).await
    }

    /// Runs a statement, and takes it back; checks that would come at the end of a transaction come at once.
    pub(super) async fn probe(&self, sql: &str) -> Result<(), ServerError> {
        let sql = format!("{}SET CONSTRAINTS ALL IMMEDIATE;\n{sql};\nROLLBACK", self.begin);
        match self.session.flight(&sql).await {
            Ok(_) => Ok(()),
            Err(failure) => {
                if !failure.error.is_connection_lost() {
                    self.session.flight("ROLLBACK").await.map_err(|failure| failure.error)?;
                }
                Err(failure.error)
            }
        }
    }

    /// How many rows meet a condition; an estimate where they are too many to count.
    pub(super) async fn count(&self, table: &str, condition: &str) -> Result<i64, ServerError> {
        let timeout = format!("SET LOCAL statement_timeout = {};\n", Literal(COUNT_TIMEOUT));
        let counted = self.transaction(&timeout, &format!("SELECT count(*) FROM {table} WHERE {condition}")).await;
        match counted {
            Ok(rows) => Ok(number(&rows)),
            Err(error) if crate::server_words::is_cancelled(&error) => {
                let plan = self.ask(&format!("EXPLAIN (FORMAT JSON) SELECT FROM {table} WHERE {condition}")).await?;
                let plan = plan.first().and_then(|row| row.first()?.as_deref()).unwrap_or_default();
                let plan: serde_json::Value = serde_json::from_str(plan).unwrap_or_default();
                Ok(plan[0]["Plan"]["Plan Rows"].as_i64().unwrap_or_default())
            }
            Err(error) => Err(error),
        }
    }

    async fn transaction(&self, settings: &str, sql: &str) -> Result<Rows, ServerError> {
        let answer = self.session.flight(&format!("{}{settings}{sql};\nCOMMIT", self.begin)).await;
        match answer {
            Ok(flight) => Ok(flight.rows),
            Err(failure) => {
                if !failure.error.is_connection_lost() {
                    self.session.flight("ROLLBACK").await.map_err(|failure| failure.error)?;
                }
                Err(failure.error)
            }
        }
    }
}

/// The number in the first column of the first row.
pub(super) fn number(rows: &Rows) -> i64 {
    rows.first().and_then(|row| row.first()?.as_deref()?.parse().ok()).unwrap_or_default()
}
