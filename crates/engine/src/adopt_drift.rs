//! What somebody did by hand becomes a migration that is on record as applied.

use std::time::Duration;

use limosa_catalog::Fingerprint;
use limosa_project::Migration;
use limosa_syntax::Diagnostic;

use crate::drift::{DriftFound, look};
use crate::event::Observer;
use crate::executor::{Executor, Lookup, Placeholders};
use crate::history::MigrationRecord;
use crate::lock::{Locked, take_to_write};
use crate::run_error::RunError;
use crate::stop::StopSignal;
use crate::target::{Target, open};
use crate::up::leave_snapshot;

/// What is put on record.
pub struct DriftAdoption<'a> {
    /// The migration whose effect is there already.
    pub migration: &'a Migration,
    /// The catalog that it was made from; if the target is another by now, nothing is put on record.
    pub live: Fingerprint,
    /// The reason to put on record.
    pub reason: Option<&'a str>,
    /// Who does it: the operating system's user and host.
    pub actor: &'a str,
    /// How long to wait for another run on the same target.
    pub wait: Duration,
}

/// Puts a migration on record as applied, without running it, with an event `adopt` and a new snapshot. Gives what is
/// worth knowing and stopped nothing.
///
/// # Errors
/// A target that cannot be written to, or that has changed since it was looked at.
pub async fn adopt_drift(
    target: &Target,
    adoption: &DriftAdoption<'_>,
    observer: &mut dyn Observer,
    stop: &StopSignal,
) -> Result<Vec<Diagnostic>, RunError> {
    let opened = open(target).await?;
    let (locked, actor) = take_to_write(target, (adoption.actor, adoption.wait), opened, observer, stop).await?;
    let result = record(target, adoption, &actor, &locked, observer, stop).await;
    locked.release().await;
    result
}

async fn record(
    target: &Target,
    adoption: &DriftAdoption<'_>,
    actor: &str,
    locked: &Locked,
    observer: &mut dyn Observer,
    stop: &StopSignal,
) -> Result<Vec<Diagnostic>, RunError> {
    match look(&locked.worker, target, &[]).await? {
        DriftFound::Compared(compared) if compared.live.fingerprint() == adoption.live => {}
        _ => return Err(RunError::ChangedMeanwhile),
    }
    let migration = adoption.migration;
    let version = migration.version.to_string();
    let checksum = migration.checksum.to_string();
    let record = MigrationRecord {
        service: &target.service,
        version: &version,
        repeatable: false,
        name: migration.name.as_str(),
        checksum: &checksum,
        up: migration.up.text(),
        down: migration.down.as_ref().map(|down| down.text()),
        path: &migration.up.source.path,
    };
    let values: &Lookup<'_> = &|_| None;
    let placeholders = Placeholders::new(values);
    let mut executor = Executor::new(target, locked, actor, &placeholders, observer, stop.clone());
    executor.record_adopted(&record, adoption.reason).await?;
    let last = executor.last.clone();
    Ok(leave_snapshot(target, locked, &last).await.into_iter().collect())
}
