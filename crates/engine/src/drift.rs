//! Drift: a database that is not what the last run left.

use limosa_catalog::{Catalog, ServerMajor};
use limosa_plan::{Change, DiffOptions, IgnoreRule, compare};
use limosa_postgres::Session;

use crate::run_error::RunError;
use crate::snapshot::{self, Snapshot};
use crate::target::{Target, open};

/// How a target compares with what the last run left.
#[derive(Debug)]
pub struct Drift {
    /// The service.
    pub service: String,
    /// The database as people name it.
    pub database: String,
    /// What was found.
    pub found: DriftFound,
}

/// What was found.
#[derive(Debug)]
pub enum DriftFound {
    /// No run has left a snapshot to compare with.
    NoSnapshot,
    /// The last run was cut off before it could look at what it left; the next one looks again.
    Stale,
    /// The server is of another major version than it was, and prints its catalog differently; the next run looks
    /// again.
    Upgraded {
        /// The version at the last run.
        from: i32,
        /// The version now.
        to: ServerMajor,
    },
    /// It was compared.
    Compared(Box<Compared>),
}

/// A comparison.
#[derive(Debug)]
pub struct Compared {
    /// When the last run ended, microseconds since 1970, UTC.
    pub since: i64,
    /// What the last run left.
    pub expected: Catalog,
    /// What is there.
    pub live: Catalog,
    /// What differs; none where nothing was changed by other means.
    pub changes: Vec<Change>,
}

/// What a run does about drift and snapshots.
#[derive(Debug, Clone, Default)]
pub enum DriftPolicy {
    /// Nothing runs over drift, and the run leaves a snapshot.
    Refuse(Vec<IgnoreRule>),
    /// Drift is put on record and run over; the run leaves a snapshot.
    Allow(Vec<IgnoreRule>),
    /// Nobody looks and nothing is left: the database is a shadow.
    #[default]
    Unwatched,
}

/// Compares a target with what the last run left. Reads only: one connection.
///
/// # Errors
/// What keeps the target from being read.
pub async fn drift(target: &Target, ignore: &[IgnoreRule]) -> Result<Drift, RunError> {
    let opened = open(target).await?;
    let found = match opened.history.format {
        Some(_) => look(&opened.session, target, ignore).await,
        None => Ok(DriftFound::NoSnapshot),
    };
    opened.session.close().await;
    Ok(Drift { service: target.service.clone(), database: target.database(), found: found? })
}

/// Looks over an open session.
pub(crate) async fn look(session: &Session, target: &Target, ignore: &[IgnoreRule]) -> Result<DriftFound, RunError> {
    let Some(snapshot) = snapshot::newest(session, target.history()).await? else {
        return Ok(DriftFound::NoSnapshot);
    };
    if snapshot.stale {
        return Ok(DriftFound::Stale);
    }
    let live = snapshot::read(session, target).await?;
    compared(&snapshot, live, ignore)
}

fn compared(snapshot: &Snapshot, live: Catalog, ignore: &[IgnoreRule]) -> Result<DriftFound, RunError> {
    if u32::try_from(snapshot.major).ok() != Some(live.major().number().into()) {
        return Ok(DriftFound::Upgraded { from: snapshot.major, to: live.major() });
    }
    let expected = match Catalog::from_snapshot(&snapshot.text) {
        Ok(expected) => expected,
        // Written by another version of Limosa, which said more or less of an object.
        Err(_) => return Ok(DriftFound::Stale),
    };
    let same = snapshot.fingerprint == live.fingerprint().to_string();
    let options = DiffOptions { ignore: ignore.to_vec(), ..DiffOptions::default() };
    let changes = if same { Vec::new() } else { compare(&expected, &live, &options) };
    Ok(DriftFound::Compared(Box::new(Compared { since: snapshot.taken_at, expected, live, changes })))
}
