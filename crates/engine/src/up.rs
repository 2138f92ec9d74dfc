//! Applies what is pending on one target.

use std::time::{Duration, Instant};

use limosa_plan::{ApprovedTarget, Change, LossTerms, Step};
use limosa_project::{MigrationSet, OrderPolicy, Standing, Version};
use limosa_syntax::Diagnostic;

use crate::adopt::{OldHistoryPolicy, refuse_unadopted};
use crate::aside::taken_back;
use crate::backup::{BackupBeforeRun, BackupMade, TouchingScript};
use crate::checks::{CheckOutcome, Checks, ChecksFailed, Moment};
use crate::drift::{DriftFound, DriftPolicy, look};
use crate::event::{Direction, Event, Observer, TargetOutcome};
use crate::executor::{
    Executor, InterruptedStatement, Job, Lookup, LossRules, Placeholders, Surroundings, read_patiently,
};
use crate::history::{ChainLink, History, MigrationRecord, RowState, read_stored_sql};
use crate::lock::{Locked, Request, take};
use crate::loss::{Baseline, LossPolicy};
use crate::online::{
    Expansion, OpenChanges, Owners, carry_waiting, contract_in_run, expand, has_old_keys, is_carried_to,
    refresh_current,
};
use crate::pending::{Pending, pending, resume_is_safe};
use crate::plan::hold_to;
use crate::prepare::Backfills;
use crate::put_right::{Who, is_right, put_right, standing};
use crate::run_error::RunError;
use crate::snapshot;
use crate::stop::StopSignal;
use crate::target::{Opened, Target, open, search_path};

/// How far to go.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Extent {
    /// All that is pending, repeatable objects included.
    #[default]
    All,
    /// Up to and including this version.
    To(Version),
    /// So many migrations.
    Steps(usize),
}

/// What `up` is asked for.
pub struct UpOptions<'a> {
    /// How far to go.
    pub extent: Extent,
    /// What happens to a migration that arrives late.
    pub order: OrderPolicy,
    /// The reason to put on record.
    pub reason: Option<&'a str>,
    /// Who does it: the operating system's user and host.
    pub actor: &'a str,
    /// How long to wait for another run on the same target.
    pub wait: Duration,
    /// What somebody found out about a statement that was cut off.
    pub interrupted: Option<InterruptedStatement>,
    /// Values for placeholders, by name (`env:SMTP_PASSWORD`).
    pub values: &'a Lookup<'a>,
    /// What is done about drift.
    pub drift: DriftPolicy,
    /// What is done about another tool's history that was not taken over.
    pub old_history: OldHistoryPolicy,
    /// What is done about values that migrations would lose and say nothing of.
    pub loss: LossPolicy,
    /// The plan that the run is held to; anything else than what it says is refused.
    pub approved: Option<&'a ApprovedTarget>,
    /// What is saved before anything is changed.
    pub backup: Option<&'a BackupBeforeRun>,
    /// What is checked along the way and at the end.
    pub checks: Option<&'a dyn Checks>,
    /// Where the keys are that columns of this service refer to.
    pub owners: Owners<'a>,
}

/// How a run on one target ended.
#[derive(Debug)]
pub struct TargetReport {
    /// The service.
    pub service: String,
    /// The database as people name it.
    pub database: String,
    /// How many migrations were applied or reverted.
    pub migrations: usize,
    /// Wall time.
    pub took: Duration,
    /// Why it ended early.
    pub error: Option<RunError>,
    /// What is worth knowing and stopped nothing.
    pub warnings: Vec<Diagnostic>,
}

/// Applies what is pending.
///
/// Reads first, without a lock: a target with nothing to do costs one connection and one round trip. What is decided
/// then is decided again once the lock is held.
pub async fn up(
    target: &Target,
    set: &MigrationSet,
    options: &UpOptions<'_>,
    observer: &mut dyn Observer,
    stop: &StopSignal,
) -> TargetReport {
    let begun = Instant::now();
    let database = target.database();
    observer.on(&Event::TargetBegun { service: target.service.clone(), database: database.clone() });
    let mut applied = 0;
    let mut warnings = set.warnings.clone();
    let result = run(target, set, options, observer, stop, &mut applied, &mut warnings).await;
    let outcome = TargetOutcome::of(&result, applied);
    let took = begun.elapsed();
    observer.on(&Event::TargetDone { service: target.service.clone(), outcome, took });
    TargetReport { service: target.service.clone(), database, migrations: applied, took, error: result.err(), warnings }
}

async fn run(
    target: &Target,
    set: &MigrationSet,
    options: &UpOptions<'_>,
    observer: &mut dyn Observer,
    stop: &StopSignal,
    applied: &mut usize,
    warnings: &mut Vec<Diagnostic>,
) -> Result<(), RunError> {
    let opened = open(target).await?;
    // What looks half done may be another run's work of this very moment; only under the lock can it be told apart.
    if !opened.history.is_unsettled() && is_right(set, &opened.history)? {
        let set = match standing(set, &opened.history)? {
            Standing::Before(originals) => originals,
            Standing::Files | Standing::Past(_) => set,
        };
        let decided = decide(set, target, options, &opened.session, &opened.history).await?;
        // Only who refers to keys of others has a map that comes from there.
        let is_carried_to =
            !options.owners.are_none() && is_carried_to(&opened.session, target, &opened.history).await?;
        if decided.jobs.is_empty() && !is_carried_to && !is_upgraded(&opened, &options.drift) {
            if let Some(approved) = options.approved {
                hold_to(approved, &opened.history.last.hash, None, decided.jobs.iter())?;
            }
            warnings.extend(decided.warnings);
            opened.session.close().await;
            return Ok(());
        }
    }
    crate::target::refuse_read_only(target, &opened)?;
    refuse_unadopted(&opened.session, target, &opened.history, options.old_history).await?;
    if let Some(backup) = options.backup {
        backup.check()?;
    }
    let is_upgraded = is_upgraded(&opened, &options.drift);
    let service = target.service.clone();
    let actor = actor(options.actor, &opened);
    let request = Request { target, actor: &actor, wait: options.wait };
    let mut locked = take(&request, opened, observer, stop).await?;
    let planned_from = locked.history.last.hash.to_string();
    let who = Who { actor: &actor, reason: options.reason };
    let put_right = put_right(target, set, &mut locked, who, observer, stop).await;
    let result = async {
        let set = put_right?;
        let decided = decide(set, target, options, &locked.worker, &locked.history).await?;
        warnings.extend(decided.warnings);
        if let Some(approved) = options.approved {
            let first = decided.jobs.first().map_or("", |job| job.version.as_str());
            let read = async || snapshot::read(&locked.worker, target).await;
            let catalog = read_patiently((target, &locked, first), observer, stop, read).await?;
            let catalog = catalog.fingerprint().to_string();
            hold_to(approved, &planned_from, Some(&catalog), decided.jobs.iter())?;
        }
        let first = decided.jobs.first().map_or("", |job| job.version.as_str());
        let drift = read_patiently((target, &locked, first), observer, stop, async || {
            drifted(target, &options.drift, &locked, decided.jobs.is_empty()).await
        })
        .await?;
        observer.on(&Event::Planned { service, direction: Direction::Up, migrations: decided.jobs.len() });
        let saved = match (options.backup, decided.jobs.first()) {
            (Some(backup), Some(first)) => {
                let scripts = decided
                    .jobs
                    .iter()
                    .map(|job| TouchingScript { execution: &job.prepared.execution, text: &job.up.source.text });
                let run = (Direction::Up, first.version.as_str());
                backup.make(&locked.worker, target, run, scripts, observer, stop).await?
            }
            _ => None,
        };
        let before = Before { drift, saved };
        let mut last = locked.history.last.clone();
        let result =
            apply(target, options, observer, stop, &locked, &actor, &decided.jobs, &before, applied, &mut last).await;
        if *applied > 0 && is_in_use(target, &locked.history) {
            warnings.extend(refresh_current(&locked.worker, target).await);
        }
        if is_upgraded || *applied > 0 && !matches!(options.drift, DriftPolicy::Unwatched) {
            warnings.extend(leave_snapshot(target, &locked, &last).await);
        }
        result
    }
    .await;
    locked.release().await;
    result
}

/// Whether the last snapshot is of another major version of the server, which prints its catalog in its own way.
fn is_upgraded(opened: &Opened, drift: &DriftPolicy) -> bool {
    let now = i32::from(opened.facts.version.major().number());
    !matches!(drift, DriftPolicy::Unwatched) && opened.history.snapshot_major.is_some_and(|then| then != now)
}

/// What was changed by other means since the last run, as far as that is allowed.
async fn drifted(
    target: &Target,
    policy: &DriftPolicy,
    locked: &Locked,
    nothing_to_do: bool,
) -> Result<Vec<Change>, RunError> {
    let (ignore, allowed) = match policy {
        DriftPolicy::Refuse(ignore) => (ignore, false),
        DriftPolicy::Allow(ignore) => (ignore, true),
        DriftPolicy::Unwatched => return Ok(Vec::new()),
    };
    if nothing_to_do {
        return Ok(Vec::new());
    }
    match look(&locked.worker, target, ignore).await? {
        DriftFound::Compared(compared) if !compared.changes.is_empty() && !allowed => {
            // Where services share a database, what looks like drift may be the run of another one. `limosa drift`, at
            // rest, can tell; a run cannot, and does not refuse for it.
            let shared = snapshot::is_shared(&locked.worker, target.history(), &target.service).await?;
            if shared { Ok(Vec::new()) } else { Err(RunError::Drift(compared.changes)) }
        }
        DriftFound::Compared(compared) => Ok(compared.changes),
        DriftFound::NoSnapshot | DriftFound::Stale | DriftFound::Upgraded { .. } => Ok(Vec::new()),
    }
}

/// Keeps the catalog as it is now. Where that fails, what was applied stays applied, and drift cannot be told until the
/// next run.
pub(crate) async fn leave_snapshot(target: &Target, locked: &Locked, last: &ChainLink) -> Option<Diagnostic> {
    let error = snapshot::keep(&locked.worker, target, last).await.err()?;
    Some(
        Diagnostic::warning("no-snapshot", "the catalog could not be kept after the run")
            .with_note(error.to_string())
            .with_help("`limosa drift` has nothing to compare with until a run leaves a snapshot"),
    )
}

/// The operating system's user, and the role it works under.
pub(crate) fn actor(person: &str, opened: &Opened) -> String {
    format!("{person} as {}", opened.facts.session_user)
}

/// What is pending, restricted to what was asked for.
async fn decide<'s>(
    set: &'s MigrationSet,
    target: &Target,
    options: &UpOptions<'_>,
    session: &limosa_postgres::Session,
    history: &History,
) -> Result<Pending<'s>, RunError> {
    if let Some(row) = history.rows.iter().find(|row| row.state == RowState::Reverting) {
        return Err(RunError::Down(Box::new(
            Diagnostic::error("down-unfinished", format!("the way back of {} {} is half done", row.version, row.name))
                .with_help("finish it first with `limosa down`"),
        )));
    }
    let unfinished: Vec<String> =
        history.rows.iter().filter(|row| row.state == RowState::Running).map(|row| row.version.clone()).collect();
    let stored = if unfinished.is_empty() {
        Vec::new()
    } else {
        read_stored_sql(session, target.history(), &unfinished).await?
    };
    let may_resume = |row: &crate::history::HistoryRow| resume_is_safe(set, row, &stored, target.backfills);
    let pending = pending(set, history, options.order, target.backfills, &may_resume)?;
    pending.restricted(&options.extent, set)
}

/// Whether clients may be at work: where nothing was applied before this run, there is nothing to keep working.
pub(crate) fn is_in_use(target: &Target, history: &History) -> bool {
    target.backfills == Backfills::InBatches && !history.rows.is_empty()
}

/// What was found and done before the first migration.
struct Before {
    /// What was changed by other means, and is allowed.
    drift: Vec<Change>,
    /// What was saved.
    saved: Option<BackupMade>,
}

#[expect(clippy::too_many_arguments, reason = "one call, and each of them is a thing of its own")]
async fn apply(
    target: &Target,
    options: &UpOptions<'_>,
    observer: &mut dyn Observer,
    stop: &StopSignal,
    locked: &Locked,
    actor: &str,
    jobs: &[crate::pending::PendingJob<'_>],
    before: &Before,
    applied: &mut usize,
    last: &mut ChainLink,
) -> Result<(), RunError> {
    let placeholders = Placeholders::new(options.values);
    let mut executor = Executor::new(target, locked, actor, &placeholders, observer, stop.clone());
    executor.interrupted = options.interrupted;
    let may_lose = |step: &Step| step.losing.as_ref().is_some_and(|losing| losing.terms != LossTerms::Allowed);
    executor.loss = LossRules {
        policy: options.loss,
        baseline: match jobs.iter().flat_map(|job| job.prepared.execution.steps()).any(may_lose) {
            true => Baseline::read(&locked.worker).await?,
            false => Baseline::default(),
        },
        set_aside: target.set_aside,
        ..LossRules::default()
    };
    executor.set_up_session(target).await?;
    if !before.drift.is_empty() {
        executor.record_drift(&before.drift, options.reason).await?;
    }
    if let Some(saved) = &before.saved {
        executor.record_backup(saved, options.reason).await?;
    }
    let is_in_use = is_in_use(target, &locked.history);
    executor.surroundings = Surroundings {
        statement_timeout: target.statement_timeout,
        role: target.owner_role.clone(),
        search_path: search_path(target, &locked.worker),
        triggers_rest: false,
    };
    carry_waiting(&mut executor, target, &locked.history, options.owners).await?;
    let mut open = match is_in_use {
        true => OpenChanges::read(&locked.worker, target).await?,
        false => OpenChanges::default(),
    };
    let kept = match jobs.is_empty() {
        true => Vec::new(),
        false => taken_back(&locked.worker, target.history()).await?,
    };
    for (index, job) in jobs.iter().enumerate() {
        if stop.is_asked() {
            return Err(RunError::Stopped { resumable: None });
        }
        executor.surroundings = Surroundings {
            statement_timeout: job.prepared.statement_timeout.or(target.statement_timeout),
            role: target.owner_role.clone(),
            search_path: search_path(target, &locked.worker),
            triggers_rest: false,
        };
        let record = MigrationRecord {
            service: &target.service,
            version: &job.version,
            repeatable: job.repeatable,
            name: job.name,
            checksum: &job.checksum,
            up: job.up.text(),
            down: job.down.map(|down| down.text()),
            path: &job.up.source.path,
        };
        let has_clients = job.prepared.online && is_in_use;
        let is_run_online = has_clients || has_old_keys(executor.worker, &executor.surroundings, &job.prepared).await?;
        if is_run_online {
            if job.unfinished.is_none() {
                open.keep_online(job.up)?;
            }
            let expansion = Expansion {
                record,
                direction: Direction::Up,
                script: job.up,
                verify: &job.prepared.verify,
                unfinished: job.unfinished.as_ref(),
                coexistence: job.prepared.coexistence,
                reason: options.reason,
                retry: job.prepared.retry(target.retry),
                max_growth: job.prepared.max_growth,
                owners: options.owners,
            };
            expand(&mut executor, target, &expansion).await?;
            if !has_clients {
                contract_in_run(&mut executor, target, &locked.history, &job.version, options.values).await?;
            }
            open = OpenChanges::read(&locked.worker, target).await?;
        } else {
            open.keep(job.up)?;
            let asides = executor.comes_again((&job.version, &job.checksum), job.up, &job.prepared.execution, &kept);
            executor
                .run(&Job {
                    record,
                    direction: Direction::Up,
                    source: &job.up.source,
                    execution: &job.prepared.execution,
                    verify: &job.prepared.verify,
                    unfinished: job.unfinished.as_ref(),
                    reason: options.reason,
                    opening: &[],
                    asides: &asides,
                    retry: job.prepared.retry(target.retry),
                })
                .await?;
        }
        *last = executor.last.clone();
        *applied += 1;
        let left = jobs.len() - index - 1;
        // A run that stops short of the newest schema does not come to the end that checks are written for.
        let moment = match (left, &options.extent) {
            (0, Extent::All) => Moment::End,
            _ => Moment::Between { version: job.version.clone() },
        };
        if let Some(checks) = options.checks.filter(|checks| checks.wanted(&moment)) {
            let begun = Instant::now();
            let outcomes = checks.run(executor.worker, &moment).await;
            executor.observer.on(&Event::checked(&target.service, &moment, &outcomes, begun.elapsed()));
            if outcomes.iter().any(CheckOutcome::is_failed) {
                return Err(RunError::Checks(Box::new(ChecksFailed { outcomes, applied: *applied, left })));
            }
        }
    }
    Ok(())
}
