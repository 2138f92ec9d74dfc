//! The histories of all environments that can be reached, before and after.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use limosa_engine::{RenumberOptions, StopSignal, renumber};
use limosa_project::{
    AppliedMigration, Environment, EnvironmentName, Identity, Migration, OrderPolicy, Project, Version, VersionMove,
};
use limosa_syntax::Diagnostic;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::{Invocation, Part};
use crate::looking::look;
use crate::one_target::Patient;
use crate::serving::{Found, Missing, Serving, Waiting};

/// How long another run on a target is waited for.
const WAIT: Duration = Duration::from_secs(60);

/// What the environments say.
pub(super) struct Environments<'p> {
    pub(super) seen: Vec<SeenEnvironment<'p>>,
}

/// One environment.
pub(super) struct SeenEnvironment<'p> {
    pub(super) environment: &'p Environment,
    /// For each service, in their order.
    targets: Vec<SeenTarget>,
}

/// One target.
enum SeenTarget {
    /// There is no database yet, or none with a history.
    Empty,
    /// It has a history.
    There { applied: Vec<AppliedMigration>, dates: BTreeMap<Version, Timestamp>, due: Vec<VersionMove> },
    /// It cannot be read.
    OutOfReach(String),
}

/// What became of one target.
pub(super) struct PutRight {
    pub(super) environment: EnvironmentName,
    pub(super) service: String,
    pub(super) moved: Result<Vec<VersionMove>, Failure>,
}

impl PutRight {
    pub(super) fn exit(&self) -> Exit {
        self.moved.as_ref().map_or_else(|failure| failure.exit, |_| Exit::Done)
    }
}

impl<'p> Environments<'p> {
    /// Looks at all environments, the one that is meant first; at that one alone where the command line names it.
    pub(super) async fn look(
        invocation: &Invocation,
        project: &'p Project,
        parts: &[Part<'_>],
        files_only: bool,
    ) -> Result<Self, Failure> {
        let first = invocation.environment_of(project)?;
        let only_one = invocation.global.env.is_some() || invocation.global.url.is_some();
        let others = project.environments.iter().filter(|other| !only_one && other.name != first.name);
        let mut seen = Vec::new();
        for environment in std::iter::once(first).chain(others).filter(|_| !files_only) {
            let targets = match look(invocation, project, environment, parts, OrderPolicy::Any).await {
                Ok(found) => found.into_iter().map(|seen| SeenTarget::of(seen.status)).collect(),
                Err(failure) => parts.iter().map(|_| SeenTarget::OutOfReach(said(&failure))).collect(),
            };
            seen.push(SeenEnvironment { environment, targets });
        }
        Ok(Self { seen })
    }

    /// What is applied in each environment, of the services that are meant.
    pub(super) fn histories(
        &self,
        parts: &[Part<'_>],
        is_meant: impl Fn(&Part<'_>) -> bool,
    ) -> Vec<Vec<AppliedMigration>> {
        self.of(parts, is_meant).map(|(applied, _)| applied.clone()).filter(|it| !it.is_empty()).collect()
    }

    /// When versions were applied, in the environment that counts first.
    pub(super) fn dates(
        &self,
        parts: &[Part<'_>],
        is_meant: impl Fn(&Part<'_>) -> bool,
    ) -> BTreeMap<Version, Timestamp> {
        self.of(parts, is_meant).map(|(_, dates)| dates.clone()).find(|it| !it.is_empty()).unwrap_or_default()
    }

    fn of<'s>(
        &'s self,
        parts: &'s [Part<'_>],
        is_meant: impl Fn(&Part<'_>) -> bool + 's,
    ) -> impl Iterator<Item = (&'s Vec<AppliedMigration>, &'s BTreeMap<Version, Timestamp>)> {
        let targets = self.seen.iter().flat_map(move |seen| seen.targets.iter().zip(parts));
        targets.filter(move |(_, part)| is_meant(part)).filter_map(|(target, _)| match target {
            SeenTarget::There { applied, dates, .. } => Some((applied, dates)),
            SeenTarget::Empty | SeenTarget::OutOfReach(_) => None,
        })
    }

    /// How many rows have another version by what lies beside the migrations already.
    pub(super) fn due(&self) -> usize {
        let due = |target: &SeenTarget| match target {
            SeenTarget::There { due, .. } => due.len(),
            SeenTarget::Empty | SeenTarget::OutOfReach(_) => 0,
        };
        self.seen.iter().flat_map(|seen| &seen.targets).map(due).sum()
    }

    /// Puts every history right that was seen. A target that fails does not keep the others from it.
    pub(super) async fn put_right(
        &self,
        invocation: &Invocation,
        project: &Project,
        parts: &[Part<'_>],
        reason: Option<&str>,
        stop: &StopSignal,
    ) -> Result<Vec<PutRight>, Failure> {
        let actor = invocation.environment.actor();
        let mut done = Vec::new();
        for seen in &self.seen {
            let mut serving = Serving::new(invocation, project, seen.environment, parts);
            for (part, target) in parts.iter().zip(&seen.targets) {
                if stop.is_asked() || !matches!(target, SeenTarget::There { .. }) {
                    continue;
                }
                let mut waiting = Waiting { patience: WAIT, observer: &mut Patient, stop };
                let found = serving.target(part.service, Missing::Leave, &mut waiting).await;
                let options = RenumberOptions { reason, actor: &actor, wait: WAIT };
                let moved = match found {
                    Ok(Found::Target(target)) => {
                        renumber(&target, &part.set, &options, &mut Patient, stop).await.map_err(Failure::from)
                    }
                    Ok(Found::NotYet { .. }) => Ok(Vec::new()),
                    Err(failure) => Err(failure),
                };
                let (environment, service) = (seen.environment.name.clone(), part.service.name.to_string());
                done.push(PutRight { environment, service, moved });
            }
            serving.stop().await?;
        }
        Ok(done)
    }
}

impl SeenEnvironment<'_> {
    /// Why it cannot be reached, where any of its targets cannot.
    pub(super) fn out_of_reach(&self) -> Option<&str> {
        self.targets.iter().find_map(|target| match target {
            SeenTarget::OutOfReach(why) => Some(why.as_str()),
            SeenTarget::Empty | SeenTarget::There { .. } => None,
        })
    }

    /// Whether this very migration of one of these services is applied here, and not another of its version.
    pub(super) fn has(&self, services: &[usize], migration: &Migration) -> bool {
        let is_it = |record: &AppliedMigration| {
            let same = record.checksum == Some(migration.checksum) || record.name == migration.name;
            same && record.identity == Identity::Version(migration.version.clone())
        };
        let has = |number: &usize| match self.targets.get(*number) {
            Some(SeenTarget::There { applied, .. }) => applied.iter().any(is_it),
            _ => false,
        };
        services.iter().any(has)
    }

    /// Whether any of its targets has rows that are behind the record already.
    pub(super) fn is_behind(&self) -> bool {
        self.targets.iter().any(|target| matches!(target, SeenTarget::There { due, .. } if !due.is_empty()))
    }
}

impl SeenTarget {
    fn of(status: Result<limosa_engine::TargetStatus<'_>, Failure>) -> Self {
        let status = match status {
            Ok(status) => status,
            Err(failure) => return Self::OutOfReach(said(&failure)),
        };
        if status.history.format.is_none() {
            return Self::Empty;
        }
        let rows = status.history.rows.iter().filter(|row| !row.repeatable);
        let date = |row: &limosa_engine::HistoryRow| {
            let at = Timestamp::from_microsecond(row.applied_at.unwrap_or_default()).ok()?;
            Some((row.version.parse().ok()?, at))
        };
        let dates = rows.filter_map(date).collect();
        Self::There { applied: status.applied(), dates, due: status.renumbering }
    }
}

/// The first thing that is wrong, in a line.
fn said(failure: &Failure) -> String {
    failure.diagnostics.first().map_or_else(String::new, |it: &Diagnostic| it.message.clone())
}
