//! Asking the server, each question in a transaction of its own under the job's settings.

use limosa_catalog::Literal;
use limosa_postgres::{ServerError, Session};

use super::placing::Pin;
use super::reject::is_of_a_row;
use crate::executor::Surroundings;
use crate::target::{Target, search_path};

/// Rows as text.
pub(crate) type Rows = Vec<Vec<Option<String>>>;

/// How long a question waits for locks.
const LOCK_TIMEOUT: &str = "1s";
/// How long a batch waits for rows that others have locked. Short, since those that it has locked itself wait with it;
/// and shorter than the server's `deadlock_timeout`, so that of a batch and a client that wait for each other it is the
/// batch that gives way.
const BATCH_LOCK_TIMEOUT: &str = "200ms";

/// Compiling a plan takes 100 ms and more, many times what a batch takes; and a plan that the settings of [`Pin`] leave
/// no other way seems expensive enough for that to the planner (up to PostgreSQL 17).
const NO_JIT: &str = "SET LOCAL jit = off;\n";
/// How long a count may take; a larger table is estimated.
const COUNT_TIMEOUT: &str = "5s";

/// A session, and what is said at the beginning of each transaction.
pub(crate) struct Desk<'a> {
    pub(super) session: &'a Session,
    begin: String,
    /// What is asked next, and fails where another run has come in this one's place.
    fence: String,
}

impl<'a> Desk<'a> {
    pub(super) fn new(session: &'a Session, target: &Target) -> Self {
        let surroundings = Surroundings {
            role: target.owner_role.clone(),
            search_path: search_path(target, session),
            statement_timeout: target.statement_timeout,
            triggers_rest: false,
        };
        Self::under(session, &surroundings, None)
    }

    /// A session on which a migration's statements run; what has to hold in each transaction is asked at its beginning.
    pub(crate) fn under(session: &'a Session, surroundings: &Surroundings, fence: Option<&str>) -> Self {
        // Who counts with several processes at once takes the processors that others are to work on. A policy that
        // hides rows would leave them out without a word: the server refuses instead.
        let mut begin = format!(
            "BEGIN;\nSET LOCAL lock_timeout = '{LOCK_TIMEOUT}';\nSET LOCAL max_parallel_workers_per_gather = 0;\n\
             SET LOCAL row_security = off;\n"
        );
        if surroundings.triggers_rest {
            // As who connected: the role that owns the tables need not have the privilege, and a statement outside of
            // transactions may have left the session under it. Triggers that keep both versions in step fire always.
            if surroundings.role.is_some() {
                begin.push_str("SET LOCAL ROLE NONE;\n");
            }
            begin.push_str("SET LOCAL session_replication_role = replica;\n");
        }
        if let Some(role) = &surroundings.role {
            begin.push_str(&format!("SET LOCAL ROLE {role};\n"));
        }
        if let Some(path) = &surroundings.search_path {
            // The path is a list of names, each quoted where it has to be.
            begin.push_str(&format!("SET LOCAL search_path = {path};\n"));
        }
        if let Some(timeout) = surroundings.statement_timeout {
            begin.push_str(&format!("SET LOCAL statement_timeout = {};\n", timeout.as_millis()));
        }
        Self { session, begin, fence: fence.map(|fence| format!("{fence};\n")).unwrap_or_default() }
    }

    /// Another session for the same work. The fence stays with the first, since transactions that ask it wait for each
    /// other; batches of the others fail all the same where somebody has taken the job over.
    pub(super) fn beside(&self, session: &'a Session) -> Self {
        Self { session, begin: self.begin.clone(), fence: String::new() }
    }

    /// Runs statements as one transaction in one round trip, and gives the rows of the last that gives any.
    pub(crate) async fn ask(&self, sql: &str) -> Result<Rows, ServerError> {
        self.transaction("", sql).await
    }

    /// The same for what others have written, and must change nothing.
    pub(super) async fn read(&self, sql: &str) -> Result<Rows, ServerError> {
        self.transaction("SET LOCAL transaction_read_only = on;\n", sql).await
    }

    /// The same for a batch. It need not be on disk when it is answered: the job's mark is in the same transaction, so
    /// a server that crashes has both or neither.
    pub(super) async fn batch(&self, sql: &str, pin: Pin, answered: Answered) -> Result<Rows, ServerError> {
        let settings = format!(
            "SET LOCAL synchronous_commit = {};\nSET LOCAL lock_timeout = '{BATCH_LOCK_TIMEOUT}';\n{NO_JIT}{}",
            answered.sql(),
            pin.sql()
        );
        self.transaction(&settings, sql).await
    }

    /// Whether there is a plan for an `EXPLAIN (FORMAT JSON)` that reads what is joined by indexes: with the other ways
    /// forbidden, the planner takes one of them only where there is no index.
    pub(super) async fn finds_by_index(&self, explain: &str) -> Result<bool, ServerError> {
        let plan = self.transaction(Pin::ByIndex.sql(), explain).await?;
        let plan = plan.first().and_then(|row| row.first()?.as_deref()).unwrap_or_default();
        let joins = serde_json::from_str::<serde_json::Value>(plan).unwrap_or_default();
        Ok(reads_inner_sides_by_index(&joins[0]["Plan"]))
    }

    /// Runs a statement, and takes it back; checks that would come at the end of a transaction come at once.
    pub(super) async fn probe(&self, sql: &str) -> Result<(), ServerError> {
        self.ending(&format!("SET CONSTRAINTS ALL IMMEDIATE;\n{sql}"), "ROLLBACK").await.map(|_| ())
    }

    /// Runs statements, gives the rows of the last that gives any, and takes all back.
    pub(super) async fn rehearse(&self, sql: &str, pin: Pin) -> Result<Rows, ServerError> {
        let timeout = format!("SET LOCAL statement_timeout = {};\n", Literal(COUNT_TIMEOUT));
        self.ending(&format!("{timeout}{NO_JIT}{}{sql}", pin.sql()), "ROLLBACK").await
    }

    /// How many rows meet a condition; an estimate where they are too many to count.
    pub(super) async fn count(&self, table: &str, condition: &str) -> Result<Count, ServerError> {
        let timeout = format!("SET LOCAL statement_timeout = {};\n", Literal(COUNT_TIMEOUT));
        let counted = self.transaction(&timeout, &format!("SELECT count(*) FROM {table} WHERE {condition}")).await;
        match counted {
            Ok(rows) => Ok(Count { rows: number(&rows), is_exact: true, every_row_at: None }),
            // Where what is still to do depends on a value that cannot be worked out, the batch says which row it is.
            Err(error) if crate::server_words::is_cancelled(&error) || is_of_a_row(&error) => {
                let plan = self.ask(&format!("EXPLAIN (FORMAT JSON) SELECT FROM {table} WHERE {condition}")).await?;
                let plan = plan.first().and_then(|row| row.first()?.as_deref()).unwrap_or_default();
                let plan: serde_json::Value = serde_json::from_str(plan).unwrap_or_default();
                let rows = plan[0]["Plan"]["Plan Rows"].as_i64().unwrap_or_default();
                Ok(Count { rows, is_exact: false, every_row_at: None })
            }
            Err(error) => Err(error),
        }
    }

    /// The same, and whether they are all that there are.
    pub(super) async fn count_all(&self, table: &str, condition: &str) -> Result<Count, ServerError> {
        let timeout = format!("SET LOCAL statement_timeout = {};\n", Literal(COUNT_TIMEOUT));
        let sql = format!(
            "SELECT found, CASE WHEN found = rows \
             THEN pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())::text::pg_catalog.numeric \
             % 4294967296 END FROM (SELECT count(*) AS rows, count(*) FILTER (WHERE {condition}) AS found \
             FROM {table}) limosa_counted"
        );
        match self.transaction(&timeout, &sql).await {
            Ok(rows) => {
                let every_row_at = rows.first().and_then(|row| row.get(1)?.as_deref()?.parse().ok());
                Ok(Count { rows: number(&rows), is_exact: true, every_row_at })
            }
            Err(error) if error.is_connection_lost() => Err(error),
            Err(_) => self.count(table, condition).await,
        }
    }

    async fn transaction(&self, settings: &str, sql: &str) -> Result<Rows, ServerError> {
        self.ending(&format!("{settings}{sql}"), "COMMIT").await
    }

    async fn ending(&self, sql: &str, end: &str) -> Result<Rows, ServerError> {
        match self.session.flight(&format!("{}{}{sql};\n{end}", self.begin, self.fence)).await {
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

/// When a batch is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Answered {
    #[default]
    AtOnce,
    /// When its log is on the server's disk. Others who commit next have not to wait for it then, and work while the
    /// batch does: the slower the disk, the more room they have.
    OnDisk,
}

impl Answered {
    fn sql(self) -> &'static str {
        match self {
            Self::AtOnce => "off",
            // No standby is waited for, who may hang.
            Self::OnDisk => "local",
        }
    }
}

/// Whether every join of a plan is a loop whose inner side is an index scan.
fn reads_inner_sides_by_index(node: &serde_json::Value) -> bool {
    let children = node["Plans"].as_array().map(Vec::as_slice).unwrap_or_default();
    let own = match (node["Node Type"].as_str().unwrap_or_default(), children) {
        ("Nested Loop", [_, inner]) => {
            let kind = inner["Node Type"].as_str().unwrap_or_default();
            kind.contains("Index") || kind == "Memoize" || kind.contains("Bitmap")
        }
        ("Hash Join" | "Merge Join" | "Nested Loop", _) => false,
        _ => true,
    };
    own && children.iter().all(reads_inner_sides_by_index)
}

/// How many rows there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) rows: i64,
    /// Whether they were counted, and not estimated.
    pub(super) is_exact: bool,
    /// Where they were all rows: the transaction before which all had ended when they were counted.
    pub(super) every_row_at: Option<u32>,
}

/// The number in the first column of the first row.
pub(super) fn number(rows: &Rows) -> i64 {
    rows.first().and_then(|row| row.first()?.as_deref()?.parse().ok()).unwrap_or_default()
}
