//! Before anything runs: who am I, may I, what is there.
//!
//! Each check reads a little, in one round trip with all the others, and decides from what it has read. Nothing is
//! written, tried out or locked: rights are asked for with `has_…_privilege`, not found out by failing.

mod connection;
mod finding;
mod primary;
mod role;
mod search_path;
mod subject;
mod version;
mod wanted;

use futures_util::future::{BoxFuture, join_all};
use limosa_postgres::{FactsError, ServerError, Session, is_transaction_pooled};
use limosa_project::MigrationSet;
use serde::Serialize;

use crate::history::read_history;
use crate::target::Target;

pub use finding::{CheckName, Finding, FindingState};

use subject::Subject;
use wanted::Wanted;

/// What was found about one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Examination {
    /// The service.
    pub service: String,
    /// The database as people name it.
    pub database: String,
    /// In a fixed order, from the connection to what lies in the database. A check that has nothing to say is not there.
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
const CHECKS: &[Check] = &[connection::CHECK, version::CHECK, role::CHECK, primary::CHECK];

/// Examines a target: whether it can be reached and migrated, and what may stand in the way. Reads only, and keeps no lock.
///
/// Takes two sessions for a moment where the server has more than one, as a run does, and four round trips, plus four
/// with which a pooler is told apart. With `set`, what its pending migrations ask for is looked at as well.
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
    let (facts, history) =
        tokio::join!(session.facts(), read_history(session, &target.history_schema, &target.service));
    let facts = match facts {
        Ok(facts) => facts,
        Err(FactsError::Server(error)) => return vec![connection::lost(&error)],
        Err(error) => return vec![version::unusable(&error)],
    };
    let wanted = set.map(|set| Wanted::of(set, history.as_ref().ok())).unwrap_or_default();
    let (pooled, mut first) =
        if target.single_connection { (Some(false), None) } else { second(target, session).await };
    let subject = Subject::new(target, session, facts, history, pooled, wanted);
    let looks = join_all(CHECKS.iter().map(|check| (check.look)(session, &subject))).await;
    let found = CHECKS.iter().zip(looks).filter_map(|(check, look)| match look {
        Ok(finding) => finding,
        Err(error) => Some(check.name.note(format!("could not be looked at: {error}"))),
    });
    first.take().into_iter().chain(found).collect()
}

/// Whether a transaction pooler stands in between, for which a second session is needed. A run needs one as well, so
/// that it cannot be had is a finding.
async fn second(target: &Target, session: &Session) -> (Option<bool>, Option<Finding>) {
    match Session::connect(&target.settings).await {
        Ok(other) => {
            let pooled = is_transaction_pooled(session, &other).await;
            other.close().await;
            (pooled.ok(), None)
        }
        Err(error) => (None, Some(connection::no_second(&error))),
    }
}
