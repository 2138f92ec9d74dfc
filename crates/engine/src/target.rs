//! A target: one service's database in one environment.

use std::time::{Duration, Instant};

use limosa_catalog::{Identifier, ServerVersion};
use limosa_plan::RetryPolicy;
use limosa_postgres::{ConnectError, ConnectionSettings, ServerFacts, Session};
use limosa_project::CoexistenceSettings;
use limosa_syntax::BackfillManner;

use crate::history::{History, HistoryPlace, read_history};
use crate::jitter::jitter;
use crate::prepare::Backfills;
use crate::run_error::RunError;

/// Where and how one service is migrated.
#[derive(Debug, Clone)]
pub struct Target {
    /// The service.
    pub service: String,
    /// How to connect.
    pub settings: ConnectionSettings,
    /// The schema that holds the history.
    pub history_schema: Identifier,
    /// The role that is to own what migrations create.
    pub owner_role: Option<Identifier>,
    /// Where unqualified names go, in the form that `set_config` takes; `None` leaves it to the connection.
    pub search_path: Option<String>,
    /// How long locks are tried for.
    pub retry: RetryPolicy,
    /// The longest a statement may take; `None` leaves it to the role.
    pub statement_timeout: Option<Duration>,
    /// What is set aside where a migration says nothing of it, and for how long.
    pub set_aside: Option<Duration>,
    /// What is done with statements under `-- limosa: backfill`.
    pub backfills: Backfills,
    /// How batches follow each other where nobody says otherwise.
    pub manner: BackfillManner,
    /// How clients of two versions live side by side where a migration says nothing of it.
    pub coexistence: CoexistenceSettings,
    /// The schema of the functions that make ids.
    pub ids_schema: Identifier,
    /// Whether the server takes one connection at a time. Then the provider's lock file keeps other runners out,
    /// nothing can be cancelled, and nobody can be in the way.
    pub single_connection: bool,
}

impl Target {
    /// Where its history is.
    pub(crate) fn history(&self) -> HistoryPlace<'_> {
        HistoryPlace { schema: &self.history_schema, service: &self.service, owner: self.owner_role.as_ref() }
    }

    /// The database as people name it.
    #[must_use]
    pub fn database(&self) -> String {
        if self.single_connection {
            return format!("{} (embedded)", self.settings.database());
        }
        self.settings.to_string()
    }
}

/// A first connection, and what it saw.
pub(crate) struct Opened {
    pub(crate) session: Session,
    pub(crate) facts: ServerFacts,
    pub(crate) version: ServerVersion,
    pub(crate) history: History,
}

/// Connects and reads facts and history, in one round trip after connecting.
pub(crate) async fn open(target: &Target) -> Result<Opened, RunError> {
    let session = connect(target).await?;
    let (facts, history) = tokio::join!(session.facts(), read_history(&session, target.history()));
    let facts = facts?;
    let version = facts.version;
    Ok(Opened { session, facts, version, history: history? })
}

/// Connects; a server whose connections are all taken is asked again for as long as locks would be.
pub(crate) async fn connect(target: &Target) -> Result<Session, ConnectError> {
    let begun = Instant::now();
    loop {
        match Session::connect(&target.settings).await {
            Err(error) if has_no_room(&error) && begun.elapsed() < target.retry.patience => make_room().await,
            result => return result,
        }
    }
}

/// Connects a second time. Where there is no room for it, the first connection is given up as well, and both are tried
/// for again: many runs that keep one and want another would wait for each other.
pub(crate) async fn connect_pair(target: &Target, first: Session) -> Result<(Session, Session), ConnectError> {
    let begun = Instant::now();
    let mut first = first;
    loop {
        match Session::connect(&target.settings).await {
            Ok(second) => return Ok((first, second)),
            Err(error) if has_no_room(&error) && begun.elapsed() < target.retry.patience => {
                first.close().await;
                make_room().await;
                first = connect(target).await?;
            }
            Err(error) => return Err(error),
        }
    }
}

/// A pause of a random length, so that those who compete for the same connections come at different times.
async fn make_room() {
    tokio::time::sleep(Duration::from_millis(50) + Duration::from_millis(250).mul_f64(jitter())).await;
}

/// Whether the server is there and only has no connection to spare, or is about to be.
fn has_no_room(error: &ConnectError) -> bool {
    matches!(error, ConnectError::TooManyConnections { .. } | ConnectError::StartingUp { .. })
}

/// Refuses a server that takes no writes, before anything else is tried on it.
pub(crate) fn refuse_read_only(target: &Target, opened: &Opened) -> Result<(), RunError> {
    let why = if opened.facts.in_recovery {
        "it is a standby that follows a primary"
    } else if opened.facts.read_only {
        "default_transaction_read_only is on"
    } else {
        return Ok(());
    };
    Err(RunError::ReadOnly { database: target.database(), why: why.to_owned() })
}

/// Where unqualified names go: what the service says, else what the URL asked for and a pooler did not let through.
pub(crate) fn search_path(target: &Target, worker: &Session) -> Option<String> {
    target.search_path.clone().or_else(|| worker.unset_search_path().map(ToOwned::to_owned))
}
