//! An online change, proven in its phases: begun, with both versions at work, contracted, and taken back online.

use std::time::Duration;

use futures_util::future::LocalBoxFuture;
use limosa_postgres::Session;
use limosa_project::Migration;
use limosa_syntax::{Diagnostic, Directive, Script};

use super::course::Course;
use super::difference::difference;
use super::proof::{ProofStep, ProofVerdict};
use super::state::State;
use crate::desired::{DesiredError, run_up};
use crate::down::{Back, DownOptions, down};
use crate::event::Silent;
use crate::loss::LossPolicy;
use crate::online::{FinishOptions, OnlineRecord, OnlineState, changes, contract, exercise};
use crate::prepare::Backfills;
use crate::run_error::RunError;
use crate::target::Target;
use crate::up::Extent;

/// What came of it.
pub(super) struct InPhases {
    /// What it led to.
    pub(super) contracted: State,
    /// What was there after it was taken back; `None` where there is no way back.
    pub(super) reverted: Option<State>,
}

/// Why it does not come to its end.
pub(super) enum Fault {
    /// The proof itself cannot go on.
    Proof(DesiredError),
    /// A phase fails.
    Step(ProofStep, Box<RunError>),
}

impl From<DesiredError> for Fault {
    fn from(error: DesiredError) -> Self {
        Self::Proof(error)
    }
}

/// Whether a migration says that it is to be run online.
pub(super) fn is_online(migration: &Migration) -> bool {
    let script = Script::parse_section(&migration.up.source.text, migration.up.section);
    script.directives.iter().any(|placed| matches!(placed.directive, Directive::Online))
}

impl Course<'_> {
    /// Runs all phases from where the shadow stands. Afterwards it stands there again, or where there is no way back,
    /// behind contract.
    pub(super) fn in_phases<'c>(&'c self, migration: &'c Migration) -> LocalBoxFuture<'c, Result<InPhases, Fault>> {
        Box::pin(self.run_in_phases(migration))
    }

    async fn run_in_phases(&self, migration: &Migration) -> Result<InPhases, Fault> {
        // As in a database that is in use.
        let target = Target { backfills: Backfills::InBatches, ..self.target.clone() };
        let version = migration.version.to_string();
        let to = Extent::To(migration.version.clone());
        match run_up(&target, self.set, self.replay, to, self.stop).await {
            Err(DesiredError::Replay(error)) => return Err(Fault::Step(ProofStep::Expand, error)),
            expanded => expanded?,
        }
        let record = self.open_change(&target, &version).await?;
        self.both_versions(&target, record.as_ref()).await?;
        self.contract(&target, &version).await?;
        let contracted = State::read(&target).await?;
        let has_way_back = migration.down.is_some() || record.is_some_and(|record| record.reverse.is_some());
        if !has_way_back {
            return Ok(InPhases { contracted, reverted: None });
        }
        let options = DownOptions {
            back: Back::Only(migration.version.clone()),
            from: None,
            reason: None,
            actor: "shadow",
            wait: Duration::ZERO,
            interrupted: None,
            values: self.replay.values,
            backup: None,
            loss: LossPolicy::Allow,
            allow_missing_values: false,
            leaves_snapshot: false,
            owners: crate::online::Owners::Shadow,
        };
        if let Some(error) = down(&target, self.set, &options, &mut Silent, self.stop).await.error {
            return Err(Fault::Step(ProofStep::Down, Box::new(error)));
        }
        let record = self.open_change(&target, &version).await?;
        self.both_versions(&target, record.as_ref()).await?;
        self.contract(&target, &version).await?;
        Ok(InPhases { contracted, reverted: Some(State::read(&target).await?) })
    }

    /// The newest change of a version, whether anything waits for its contract or not.
    async fn open_change(&self, target: &Target, version: &str) -> Result<Option<OnlineRecord>, DesiredError> {
        let session = Session::connect(&target.settings).await?;
        let all = changes(&session, target.history()).await;
        session.close().await;
        let all = all.map_err(|error| DesiredError::Replay(Box::new(error.into())))?;
        Ok(all.into_iter().find(|record| record.version == version && record.state == OnlineState::Open))
    }

    /// Lets both versions write and read.
    async fn both_versions(&self, target: &Target, record: Option<&OnlineRecord>) -> Result<(), Fault> {
        let Some(record) = record else { return Ok(()) };
        let session = Session::connect(&target.settings).await.map_err(DesiredError::from)?;
        let wrong = exercise(&session, record).await;
        session.close().await;
        match wrong.map_err(|error| DesiredError::Replay(Box::new(error)))? {
            None => Ok(()),
            Some(wrong) => {
                let problem =
                    Diagnostic::error("not-proven", format!("{}: both versions differ: {wrong}", record.version));
                Err(Fault::Step(ProofStep::BothVersions, Box::new(RunError::Refused(Box::new(problem)))))
            }
        }
    }

    async fn contract(&self, target: &Target, version: &str) -> Result<(), Fault> {
        let Some(record) = self.open_change(target, version).await? else { return Ok(()) };
        if !record.waits() {
            return Ok(());
        }
        let options = FinishOptions::in_shadow(Some(version), self.replay.values);
        match contract(target, &options, &mut Silent, self.stop).await {
            Ok(_) => Ok(()),
            Err(error) => Err(Fault::Step(ProofStep::Contract, Box::new(error))),
        }
    }
}

/// What contract led to has to be what the plain statements lead to.
pub(super) fn same_as_plain(plain: &State, contracted: &State) -> Option<ProofVerdict> {
    difference(ProofStep::Contract, &plain.catalog, &contracted.catalog)
        .map(|difference| ProofVerdict::Differs(Box::new(difference)))
}
