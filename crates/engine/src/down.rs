//! Takes applied migrations back, newest first, from the file or from what the history kept.

use std::time::{Duration, Instant};

use limosa_catalog::Literal;
use limosa_plan::{Execution, LossTerms, Stage, Step, later_mentions};
use limosa_postgres::{Session, Type};
use limosa_project::{MigrationSet, Script, TransactionMode, Version, is_history_table};
use limosa_syntax::Diagnostic;

use crate::adopt::GUARD;
use crate::aside::{AsideRecord, kept};
use crate::backup::{BackupBeforeRun, BackupMade, TouchingScript};
use crate::event::{Direction, Event, Observer, TargetOutcome};
use crate::executor::{Executor, InterruptedStatement, Job, Lookup, LossRules, Placeholders, Surroundings};
use crate::history::{
    ChainLink, History, HistoryRow, MigrationRecord, ReplacedVersion, RowState, StoredSql, read_replaced,
    read_stored_sql,
};
use crate::lock::{Locked, Request, take};
use crate::loss::{Baseline, LossPolicy};
use crate::online::{
    AbortedRow, Expansion, OnlineRecord, OnlineStanding, Owners, abort_in_run, changes, contract_in_run, expand,
    has_old_keys, refresh_current, standing,
};
use crate::pending::same_so_far;
use crate::prepare::{Backfills, Prepared, prepare};
use crate::put_right::{Who, bring_back, due, put_right_for_down};
use crate::run_error::RunError;
use crate::stop::StopSignal;
use crate::target::{Target, open, search_path};
use crate::up::{TargetReport, actor, leave_snapshot};

/// Which migrations are taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Back {
    /// The newest so many.
    Steps(usize),
    /// All that are newer than this version, which stays.
    To(Version),
    /// All of them.
    All,
    /// This one alone, if nothing later depends on it.
    Only(Version),
}

/// Which down script counts where file and history differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DownFrom {
    /// What lies in the checkout now.
    File,
    /// What was kept when the migration was applied.
    History,
}

/// What `down` is asked for.
pub struct DownOptions<'a> {
    /// Which migrations.
    pub back: Back,
    /// Which script counts where two differ; `None` makes that an error that asks.
    pub from: Option<DownFrom>,
    /// The reason to put on record.
    pub reason: Option<&'a str>,
    /// Who does it: the operating system's user and host.
    pub actor: &'a str,
    /// How long to wait for another run on the same target.
    pub wait: Duration,
    /// What somebody found out about a statement that was cut off.
    pub interrupted: Option<InterruptedStatement>,
    /// Values for placeholders, by name.
    pub values: &'a Lookup<'a>,
    /// Whether rows and values are set aside that a down script drops.
    pub loss: LossPolicy,
    /// Whether a column that was set aside may come back without the values that it demands.
    pub allow_missing_values: bool,
    /// What is saved before anything is changed.
    pub backup: Option<&'a BackupBeforeRun>,
    /// Whether the catalog is kept afterwards, to tell drift by.
    pub leaves_snapshot: bool,
    /// Where the keys are that columns of this service refer to.
    pub owners: Owners<'a>,
}

/// One migration that is to be taken back.
#[derive(Debug)]
pub(crate) struct BackJob {
    /// Its row.
    pub row: HistoryRow,
    /// What the history kept of it.
    stored: StoredSql,
    /// The down script that runs.
    pub script: Script,
    /// Its statements, and how they are run.
    pub prepared: Prepared,
    /// What it set aside.
    asides: Vec<AsideRecord>,
    /// Its online change, where the way back is an end of that, or one itself.
    online: Option<OnlineWay>,
}

/// How a migration that was run online is taken back.
#[derive(Debug)]
enum OnlineWay {
    /// The old version is still there: the change is aborted.
    Abort(Box<OnlineRecord>),
    /// The old version is gone: an online change of its own brings it back.
    Reverse,
}

/// Takes migrations back.
pub async fn down(
    target: &Target,
    set: &MigrationSet,
    options: &DownOptions<'_>,
    observer: &mut dyn Observer,
    stop: &StopSignal,
) -> TargetReport {
    let begun = Instant::now();
    let database = target.database();
    observer.on(&Event::TargetBegun { service: target.service.clone(), database: database.clone() });
    let mut reverted = 0;
    let mut warnings = Vec::new();
    let result = run(target, set, options, observer, stop, &mut reverted, &mut warnings).await;
    let outcome = TargetOutcome::of(&result, reverted);
    let took = begun.elapsed();
    observer.on(&Event::TargetDone { service: target.service.clone(), outcome, took });
    TargetReport {
        service: target.service.clone(),
        database,
        migrations: reverted,
        took,
        error: result.err(),
        warnings,
    }
}

async fn run(
    target: &Target,
    set: &MigrationSet,
    options: &DownOptions<'_>,
    observer: &mut dyn Observer,
    stop: &StopSignal,
    reverted: &mut usize,
    warnings: &mut Vec<Diagnostic>,
) -> Result<(), RunError> {
    let opened = open(target).await?;
    // What looks half done may be another run's work of this very moment; only under the lock can it be told apart.
    let replaced = read_replaced(&opened.session, target.history()).await?;
    let goes_behind = is_behind_baseline(&opened.history, &replaced, &options.back);
    let is_right = due(set, &opened.history)?.is_empty() && !goes_behind;
    if is_right && !opened.history.is_unsettled() && choose(&opened.history, &options.back)?.is_empty() {
        opened.session.close().await;
        return Ok(());
    }
    crate::target::refuse_read_only(target, &opened)?;
    if let Some(backup) = options.backup {
        backup.check()?;
    }
    let actor = actor(options.actor, &opened);
    let request = Request { target, actor: &actor, wait: options.wait };
    let mut locked = take(&request, opened, observer, stop).await?;
    let who = Who { actor: &actor, reason: options.reason };
    let put_right = async {
        if goes_behind {
            bring_back(target, &replaced, &mut locked, who, observer, stop).await?;
        }
        put_right_for_down(target, set, &mut locked, who, observer, stop).await
    }
    .await;
    let result = async {
        let set = put_right?;
        let jobs = back_jobs(target, set, &locked.worker, &locked.history, &options.back, options.from).await?;
        observer.on(&Event::Planned {
            service: target.service.clone(),
            direction: Direction::Down,
            migrations: jobs.len(),
        });
        let saved = match (options.backup, jobs.first()) {
            (Some(backup), Some(first)) => {
                let scripts = jobs
                    .iter()
                    .map(|job| TouchingScript { execution: &job.prepared.execution, text: &job.script.source.text });
                let run = (Direction::Down, first.row.version.as_str());
                backup.make(&locked.worker, target, run, scripts, observer, stop).await?
            }
            _ => None,
        };
        let mut last = locked.history.last.clone();
        let result =
            revert(target, options, observer, stop, &locked, &actor, jobs, saved.as_ref(), reverted, &mut last).await;
        if *reverted > 0 && crate::up::is_in_use(target, &locked.history) {
            warnings.extend(refresh_current(&locked.worker, target).await);
        }
        if *reverted > 0 && options.leaves_snapshot {
            warnings.extend(leave_snapshot(target, &locked, &last).await);
        }
        result
    }
    .await;
    locked.release().await;
    result
}

/// Whether the way back leads behind a baseline, to migrations whose place it has taken.
fn is_behind_baseline(history: &History, replaced: &[ReplacedVersion], back: &Back) -> bool {
    let Some(baseline) = replaced.iter().find_map(|it| history.row(&it.baseline)?.version.parse::<Version>().ok())
    else {
        return false;
    };
    let is_replaced = |version: &Version| replaced.iter().any(|it| it.version.parse().as_ref() == Ok(version));
    let later = history.rows.iter().filter(|row| !row.repeatable);
    let later = later.filter(|row| row.version.parse::<Version>().is_ok_and(|version| version > baseline)).count();
    match back {
        Back::All => true,
        Back::Steps(steps) => *steps > later,
        Back::To(version) => *version < baseline && is_replaced(version),
        Back::Only(version) => *version <= baseline && is_replaced(version),
    }
}

/// The rows that are to go, newest first. A down that is half done comes before all others.
fn choose(history: &History, back: &Back) -> Result<Vec<HistoryRow>, RunError> {
    let problem = |code: &'static str, message: String, help: &str| {
        Err(RunError::Down(Box::new(Diagnostic::error(code, message).with_help(help))))
    };
    let mut rows: Vec<(Version, &HistoryRow)> = history
        .rows
        .iter()
        .filter(|row| !row.repeatable)
        .filter_map(|row| Some((row.version.parse().ok()?, row)))
        .collect();
    rows.sort_by(|a, b| b.0.cmp(&a.0));
    if let Some((_, row)) = rows.iter().find(|(_, row)| row.state == RowState::Running) {
        return problem(
            "up-unfinished",
            format!("{} {} is applied only in part", row.version, row.name),
            "finish it first with `limosa up`",
        );
    }
    let half_done = rows.iter().position(|(_, row)| row.state == RowState::Reverting);
    if let Some(index) = half_done {
        let (_, row) = rows.remove(index);
        rows.insert(0, (row.version.parse().map_err(|_| unreadable(row))?, row));
    }
    let count = match back {
        Back::Steps(steps) => (*steps).min(rows.len()),
        Back::All => rows.len(),
        Back::To(version) => {
            if !rows.iter().any(|(applied, _)| applied == version) {
                return problem(
                    "not-applied",
                    format!("{version} is not applied, so there is no going back to it"),
                    "`limosa status -v` lists what is applied",
                );
            }
            rows.iter().filter(|(applied, _)| applied > version).count()
        }
        Back::Only(version) => {
            return match rows.iter().find(|(applied, _)| applied == version) {
                Some((_, row)) => Ok(vec![(*row).clone()]),
                None => problem(
                    "not-applied",
                    format!("{version} is not applied"),
                    "`limosa status -v` lists what is applied",
                ),
            };
        }
    };
    Ok(rows.into_iter().take(count).map(|(_, row)| row.clone()).collect())
}

fn unreadable(row: &HistoryRow) -> RunError {
    crate::history::HistoryError::Unreadable { what: format!("the version `{}`", row.version) }.into()
}

/// Decides which scripts run; all problems together, before anything runs. Reads the stored SQL in one round trip.
///
/// # Errors
/// No way back, two that differ, something later that depends on the one migration asked for, statements that cannot
/// run.
pub(crate) async fn back_jobs(
    target: &Target,
    set: &MigrationSet,
    session: &Session,
    history: &History,
    back: &Back,
    from: Option<DownFrom>,
) -> Result<Vec<BackJob>, RunError> {
    let rows = choose(history, back)?;
    let only = matches!(back, Back::Only(_));
    let wanted: Vec<String> = if only {
        history.rows.iter().filter(|row| !row.repeatable).map(|row| row.version.clone()).collect()
    } else {
        rows.iter().map(|row| row.version.clone()).collect()
    };
    let stored = read_stored_sql(session, target.history(), &wanted).await?;
    let records = kept(session, target.history()).await?;
    let changes = changes(session, target.history()).await?;
    let (mut jobs, mut errors) = (Vec::new(), Vec::new());
    for row in rows {
        let is_its_own = |record: &&AsideRecord| record.version == row.version && record.taken_back.is_none();
        let asides: Vec<_> = records.iter().filter(is_its_own).cloned().collect();
        let Some(kept) = stored.iter().find(|stored| stored.version == row.version).cloned() else {
            return Err(unreadable(&row));
        };
        if only {
            errors.extend(dependants(&row, &kept, &stored));
        }
        let online = changes.iter().find(|record| record.version == row.version);
        if let Some(record) = online
            .filter(|record| record.direction == Direction::Up && standing(record, history) == OnlineStanding::Expanded)
        {
            let script = Script::of_text(&format!("abort of {}", row.version), &record.abort);
            match prepare(&script, TransactionMode::Whole, target.backfills) {
                Ok(prepared) => {
                    let online = Some(OnlineWay::Abort(Box::new(record.clone())));
                    jobs.push(BackJob { row, stored: kept, script, prepared, asides: Vec::new(), online });
                }
                Err(problems) => errors.extend(problems),
            }
            continue;
        }
        let script = script_for(set, &row, &kept, from, target.backfills)?;
        let derived = || {
            // What is set aside comes back from there, and by no statement that makes it anew.
            if !asides.is_empty() {
                return None;
            }
            let reverse = online?.reverse.as_ref()?;
            Some(Script::of_text(&format!("{} (the way back)", kept.path), reverse))
        };
        let Some(script) = script.or_else(|| known_from_asides(&kept, &asides)).or_else(derived) else {
            errors.push(no_way_back(&row, &kept));
            continue;
        };
        let mode = row
            .version
            .parse()
            .ok()
            .and_then(|version| set.find(&version))
            .map_or(TransactionMode::Auto, |m| m.transaction);
        // A down script of a migration without a transaction is not thereby one without.
        let mode = if mode == TransactionMode::Off { TransactionMode::Auto } else { mode };
        match prepare(&script, mode, target.backfills) {
            Ok(mut prepared) => {
                leave_out_foreign_history(session, &mut prepared).await?;
                let surroundings = Surroundings {
                    statement_timeout: None,
                    role: target.owner_role.clone(),
                    search_path: search_path(target, session),
                    triggers_rest: false,
                };
                let is_online = prepared.online
                    && (crate::up::is_in_use(target, history)
                        || has_old_keys(session, &surroundings, &prepared).await?);
                let online = is_online.then_some(OnlineWay::Reverse);
                jobs.push(BackJob { row, stored: kept, script, prepared, asides, online });
            }
            Err(problems) => errors.extend(problems),
        }
    }
    if errors.is_empty() { Ok(jobs) } else { Err(RunError::Problems(errors)) }
}

fn script_for(
    set: &MigrationSet,
    row: &HistoryRow,
    kept: &StoredSql,
    from: Option<DownFrom>,
    backfills: Backfills,
) -> Result<Option<Script>, RunError> {
    let file = row.version.parse::<Version>().ok().and_then(|version| set.find(&version)).and_then(|m| m.down.as_ref());
    let history =
        kept.down.as_ref().map(|text| Script::of_text(&format!("{} (down, from the history)", kept.path), text));
    let same = |a: &Script, b: &Script| a.text().replace("\r\n", "\n").trim() == b.text().replace("\r\n", "\n").trim();
    // What is half done goes on with the script that began it, unless only the rest of it was mended.
    let from = match (row.state, &file, &history) {
        (RowState::Reverting, Some(file), Some(history))
            if same_so_far(history, file, TransactionMode::Auto, backfills, row) =>
        {
            Some(DownFrom::File)
        }
        (RowState::Reverting, ..) => Some(DownFrom::History),
        _ => from,
    };
    Ok(match (file, history, from) {
        (Some(file), Some(history), None) if !same(file, &history) => {
            return Err(RunError::DownsDiffer { version: row.version.clone(), path: file.source.path.clone() });
        }
        (Some(file), None, _) | (Some(file), Some(_), None | Some(DownFrom::File)) => Some(file.clone()),
        (_, Some(history), _) => Some(history),
        (None, None, _) => None,
    })
}

/// The way back of a migration that did nothing but set aside: it stands in the record.
fn known_from_asides(kept: &StoredSql, asides: &[AsideRecord]) -> Option<Script> {
    let up = prepare(&Script::of_text(&kept.path, &kept.up), TransactionMode::Auto, Backfills::InBatches).ok()?;
    let is_all = up.execution.steps().count() == asides.len();
    let path = format!("{} (down, from what is set aside)", kept.path);
    (is_all && !asides.is_empty()).then(|| Script::of_text(&path, ""))
}

fn no_way_back(row: &HistoryRow, kept: &StoredSql) -> Diagnostic {
    Diagnostic::error("no-down", format!("{} {} has no way back", row.version, row.name))
        .with_note(format!("neither the checkout nor the history holds a down script for `{}`", kept.path))
        .with_help("write one beside the migration; `limosa down` takes it from the file")
}

fn dependants(row: &HistoryRow, kept: &StoredSql, stored: &[StoredSql]) -> Option<Diagnostic> {
    let version: Version = row.version.parse().ok()?;
    let is_later = |stored: &&StoredSql| stored.version.parse::<Version>().is_ok_and(|other| other > version);
    let later: Vec<(&str, &str)> =
        stored.iter().filter(is_later).map(|stored| (stored.version.as_str(), stored.up.as_str())).collect();
    let mentions = later_mentions(&kept.up, &later);
    if mentions.is_empty() {
        return None;
    }
    let mut diagnostic =
        Diagnostic::error("later-depends", format!("later migrations depend on {} {}", row.version, row.name));
    for (later, object) in &mentions {
        diagnostic = diagnostic.with_note(format!("{later} names `{object}`"));
    }
    Some(diagnostic.with_help(format!("take them back too: `limosa down --to` the version before {}", row.version)))
}

/// Down scripts written for another tool end with a DELETE from that tool's history. On a database that never had it,
/// the table is not there, and there is nothing to delete; where Limosa guards it, it stays as that tool left it.
async fn leave_out_foreign_history(session: &Session, prepared: &mut Prepared) -> Result<(), RunError> {
    let foreign = |step: &Step| {
        step.tag == "DELETE" && step.table.as_ref().is_some_and(|table| is_history_table(table.name.as_str()))
    };
    let tables: Vec<String> = prepared
        .execution
        .steps()
        .filter(|step| foreign(step))
        .filter_map(|step| step.table.as_ref())
        .map(ToString::to_string)
        .collect();
    if tables.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "SELECT t FROM pg_catalog.unnest($1) AS t WHERE pg_catalog.to_regclass(t) IS NULL OR EXISTS (SELECT FROM \
         pg_catalog.pg_trigger g WHERE g.tgrelid = pg_catalog.to_regclass(t) AND g.tgname = {})",
        Literal(GUARD)
    );
    let rows = session.query(&sql, &[(&tables, Type::TEXT_ARRAY)]).await?;
    let missing: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    let keep =
        |step: &Step| !(foreign(step) && step.table.as_ref().is_some_and(|table| missing.contains(&table.to_string())));
    match &mut prepared.execution {
        Execution::Whole { steps, .. } => steps.retain(keep),
        Execution::Staged(stages) => {
            for stage in stages.iter_mut() {
                if let Stage::Transaction { steps, .. } = stage {
                    steps.retain(keep);
                }
            }
        }
    }
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "one call, and each of them is a thing of its own")]
async fn revert(
    target: &Target,
    options: &DownOptions<'_>,
    observer: &mut dyn Observer,
    stop: &StopSignal,
    locked: &Locked,
    actor: &str,
    jobs: Vec<BackJob>,
    saved: Option<&BackupMade>,
    reverted: &mut usize,
    last: &mut ChainLink,
) -> Result<(), RunError> {
    let placeholders = Placeholders::new(options.values);
    let mut executor = Executor::new(target, locked, actor, &placeholders, observer, stop.clone());
    executor.interrupted = options.interrupted;
    let may_lose = |step: &Step| step.losing.as_ref().is_some_and(|losing| losing.terms != LossTerms::Allowed);
    let steps = |job: &BackJob| job.prepared.execution.steps().any(may_lose);
    let rules = LossRules {
        policy: options.loss,
        baseline: match options.loss == LossPolicy::Refuse && jobs.iter().any(steps) {
            true => Baseline::read(&locked.worker).await?,
            false => Baseline::default(),
        },
        set_aside: Some(target.set_aside.unwrap_or(LossTerms::USUAL_KEEP)),
        hold_for_down: true,
        allow_missing: options.allow_missing_values,
    };
    executor.set_up_session(target).await?;
    if let Some(saved) = saved {
        executor.record_backup(saved, options.reason).await?;
    }
    for job in &jobs {
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
            version: &job.row.version,
            repeatable: false,
            name: &job.row.name,
            checksum: &job.row.checksum,
            up: &job.stored.up,
            down: Some(job.script.text()),
            path: &job.stored.path,
        };
        let unfinished = (job.row.state == RowState::Reverting).then_some(&job.row);
        // What an online change drops at its end is a copy.
        executor.loss = if job.online.is_some() { LossRules::default() } else { rules.clone() };
        match &job.online {
            Some(OnlineWay::Abort(online)) => {
                abort_in_run(&mut executor, target, online, AbortedRow::Goes, options.reason).await?;
                *last = executor.last.clone();
                *reverted += 1;
                continue;
            }
            Some(OnlineWay::Reverse) => {
                let expansion = Expansion {
                    record,
                    direction: Direction::Down,
                    script: &job.script,
                    verify: &job.prepared.verify,
                    unfinished,
                    coexistence: job.prepared.coexistence,
                    reason: options.reason,
                    retry: job.prepared.retry(target.retry),
                    max_growth: job.prepared.max_growth,
                    owners: options.owners,
                };
                expand(&mut executor, target, &expansion).await?;
                if !crate::up::is_in_use(target, &locked.history) {
                    let version = &job.row.version;
                    contract_in_run(&mut executor, target, &locked.history, version, options.values).await?;
                }
                *last = executor.last.clone();
                *reverted += 1;
                continue;
            }
            None => {}
        }
        executor
            .run(&Job {
                record,
                direction: Direction::Down,
                source: &job.script.source,
                execution: &job.prepared.execution,
                verify: &job.prepared.verify,
                unfinished,
                reason: options.reason,
                opening: &[],
                asides: &job.asides,
                retry: job.prepared.retry(target.retry),
            })
            .await?;
        *last = executor.last.clone();
        *reverted += 1;
    }
    Ok(())
}
