//! Before anything runs: who am I, may I, what is there.
//!
//! Each check reads a little, in one round trip with all the others, and decides from what it has read. Nothing is
//! written, tried out or locked: rights are asked for with `has_…_privilege`, not found out by failing.

mod connection;
mod connections;
mod extensions;
mod finding;
mod history;
mod invalid_indexes;
mod lock;
mod old_history;
mod open_transactions;
mod ownership;
mod phrase;
mod pooler;
mod primary;
mod role;
mod schemas;
mod search_path;
mod set_role;
mod subject;
mod timeouts;
mod unfinished;
mod version;
mod wanted;

use futures_util::future::{BoxFuture, join_all};
use limosa_postgres::{FactsError, ServerError, Session, is_transaction_pooled};
use limosa_project::MigrationSet;
use serde::Serialize;

use crate::history::read_history;
use crate::target::Target;

pub use finding::{CheckName, Finding, FindingState};

use subject::{SecondSession, Subject};
use wanted::Wanted;

/// What was found about one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Examination {
    /// The service.
    pub service: String,
    /// The database as people name it.
    pub database: String,
    /// In a fixed order, from the connection to what lies in the database. A check that has nothing to say is left out.
    pub findings: Vec<Finding>,
}

impl Examination {
    /// The state of the worst finding.
    #[must_use]
    pub fn worst(&self) -> FindingState {
        self.findings.iter().map(|finding| finding.state).max().unwrap_or(FindingState::Good)
    }
}

/// One check. Its look is pipelined with those of the others, and `None` where there is nothing to say.
struct Check {
    name: CheckName,
    look: for<'a> fn(&'a Session, &'a Subject<'a>) -> Looking<'a>,
}

type Looking<'a> = BoxFuture<'a, Result<Option<Finding>, ServerError>>;

/// In the order in which people read them.
const CHECKS: &[Check] = &[
    connection::CHECK,
    pooler::CHECK,
    version::CHECK,
    primary::CHECK,
    role::CHECK,
    set_role::CHECK,
    history::CHECK,
    unfinished::CHECK,
    lock::CHECK,
    schemas::CHECK,
    ownership::CHECK,
    extensions::CHECK,
    old_history::CHECK,
    invalid_indexes::CHECK,
    open_transactions::CHECK,
    connections::CHECK,
    timeouts::CHECK,
];

/// Examines a target: whether it can be reached and migrated, and what may stand in the way. Reads only, and keeps no
/// lock.
///
/// Takes two sessions where the server has more than one, as a run does, and up to three round trips, plus four with
/// which a pooler is told apart. With `set`, what its pending migrations ask for is looked at as well.
///
/// A target that cannot be reached is a finding, too.
pub async fn doctor(target: &Target, set: Option<&MigrationSet>) -> Examination {
    let findings = match Session::connect(&target.settings).await {
        Ok(session) => {
            let findings = examine(target, &session, set).await;
            session.close().await;
            findings
        }
        Err(error) => vec![connection::failed(&error)],
    };
    Examination { service: target.service.clone(), database: target.database(), findings }
}

async fn examine(target: &Target, session: &Session, set: Option<&MigrationSet>) -> Vec<Finding> {
    let (facts, history) = tokio::join!(session.facts(), read_history(session, target.history()));
    let facts = match facts {
        Ok(facts) => facts,
        Err(FactsError::Server(error)) => return vec![connection::lost(&error)],
        Err(error) => return vec![version::unusable(&error)],
    };
    let wanted = set.map(|set| Wanted::of(set, history.as_ref().ok())).unwrap_or_default();
    let second = match second_session(target, session).await {
        Ok(second) => second,
        Err(error) => return vec![connection::lost(&error)],
    };
    let subject = Subject::new(target, session, facts, history, second, wanted);
    let looks = join_all(CHECKS.iter().map(|check| (check.look)(session, &subject))).await;
    let found = CHECKS.iter().zip(looks).filter_map(|(check, look)| match look {
        Ok(finding) => finding,
        Err(error) => Some(check.name.note(format!("could not be looked at: {error}"))),
    });
    found.collect()
}

/// Opens the second session that a run takes, and sees with it whether a transaction pooler stands in between.
async fn second_session(target: &Target, session: &Session) -> Result<SecondSession, ServerError> {
    if target.single_connection {
        return Ok(SecondSession::Impossible);
    }
    match Session::connect(&target.settings).await {
        Ok(other) => {
            let pooled = is_transaction_pooled(session, &other).await;
            other.close().await;
            Ok(SecondSession::Open { pooled: pooled? })
        }
        Err(error) => Ok(SecondSession::Refused(error)),
    }
}
