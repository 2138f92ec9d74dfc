//! Declared rows, written where they differ.
//!
//! Deciding is pure: how files and tables fit ([`work`]), in which order ([`order`]), what is sent ([`statement`],
//! [`encode`]). Doing is [`run`]: all seeds of a service in one transaction with their records.

mod copy_context;
mod difference;
mod encode;
mod error;
mod export;
mod import;
mod load;
mod order;
mod prepare;
mod relation;
mod replayed;
mod report;
mod room;
mod run;
mod script;
mod statement;
mod task;
mod tracking;
mod transaction;
mod work;

use std::time::Duration;

use limosa_project::Seed;

use self::prepare::Chosen;
use self::run::Runner;
use self::transaction::Transaction;
use crate::event::Observer;
use crate::executor::Lookup;
use crate::lock::take_to_write;
use crate::run_error::RunError;
use crate::stop::StopSignal;
use crate::target::{Target, connect, open};

pub use self::error::SeedError;
pub use self::export::{ExportError, ExportFormat, ExportWish, Exported, export_seed};
pub use self::import::{ImportError, Imported, import_seeds};
pub use self::prepare::seed_checksum;
pub(crate) use self::replayed::of_seeds;
pub use self::replayed::{SeedCheckError, check_seeds};
pub use self::report::{ChangedValue, NamedValue, RowDifference, SeedCounts, SeedOutcome, SeedReport, SeedState};

/// What is done with seeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeedRun {
    /// They are written.
    Write,
    /// They are written, shown, and taken back.
    DryRun,
    /// Files and rows are compared, and nothing is written.
    Verify,
}

/// Whether rows may be deleted that a file does not hold any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deletes {
    /// None.
    Refused,
    /// As many as `max_delete` lets pass.
    Limited,
    /// Any number.
    Allowed,
}

/// How seeds are run.
pub struct SeedOptions<'a> {
    /// What is done.
    pub run: SeedRun,
    /// Whether those are run, too, that are unchanged.
    pub force: bool,
    /// Whether rows may be deleted.
    pub deletes: Deletes,
    /// Who does it: the operating system's user and host.
    pub actor: &'a str,
    /// How long to wait for another run on the same target.
    pub wait: Duration,
    /// Values for variables, by name.
    pub values: &'a Lookup<'a>,
    /// The names of seeds that are for other environments.
    pub elsewhere: &'a [String],
}

/// Runs seeds of a service: those that are new or changed, all or none. `seeds` are all that are for the environment,
/// `only` those that are asked for. Where nothing changed this costs one query.
///
/// # Errors
/// See [`SeedError`]; nothing is in effect then.
pub async fn seed(
    target: &Target,
    seeds: &[Seed],
    only: &dyn Fn(&Seed) -> bool,
    options: &SeedOptions<'_>,
    observer: &mut dyn Observer,
    stop: &StopSignal,
) -> Result<SeedReport, SeedError> {
    let opened = open(target).await?;
    let tracked = tracking::read_tracked(&opened.session, target.history()).await?;
    let chosen = Chosen::new(seeds, only, &tracked, options)?;
    if chosen.is_settled() {
        opened.session.close().await;
        return Ok(chosen.report());
    }
    if options.run != SeedRun::Write {
        let transaction = Transaction { session: &opened.session, target, fence: None };
        let result = Runner::new(transaction, chosen, options, stop).look().await;
        opened.session.close().await;
        return result;
    }
    let (locked, actor) = take_to_write(target, (options.actor, options.wait), opened, observer, stop).await?;
    let result = async {
        // Another run may have done it while this one waited.
        let tracked = tracking::read_tracked(&locked.worker, target.history()).await?;
        let chosen = Chosen::new(seeds, only, &tracked, options)?;
        if chosen.is_settled() {
            return Ok(chosen.report());
        }
        let fence = locked.lease.as_ref().map(crate::lock::Lease::fence);
        let transaction = Transaction { session: &locked.worker, target, fence };
        Runner::new(transaction, chosen, options, stop).write(&actor, &locked.history.last, locked.clock).await
    }
    .await;
    locked.release().await;
    result
}

/// How the seeds of a service stand, without anything being written. Rows are neither read nor compared.
///
/// # Errors
/// The target cannot be reached, or its history not be read.
pub async fn seed_status(
    target: &Target,
    seeds: &[Seed],
    elsewhere: &[String],
    values: &Lookup<'_>,
) -> Result<SeedReport, RunError> {
    let session = connect(target).await?;
    let tracked = tracking::read_tracked(&session, target.history()).await;
    session.close().await;
    Ok(Chosen::states(seeds, &tracked?, elsewhere, values).report())
}
