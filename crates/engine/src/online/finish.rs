//! The end: the old version goes, or the new one does. Either is one transaction, with its record.

use std::collections::VecDeque;
use std::time::Duration;

use limosa_plan::Carry;
use limosa_project::{Consumer, Script, TransactionMode};
use limosa_syntax::Diagnostic;

use super::carry::{again, map_standing};
use super::check::{hold, left_in_quarantine, nothing_strayed, stands};
use super::evidence::no_sign;
use super::expand::tell;
use super::followed::{follow, to_follow};
use super::meanwhile::{as_it_was_found, explained, held_by_others};
use super::order::{is_out_of_order, names_in_order, versions_in_order};
use super::owner::{MapStanding, Owners};
use super::ready::{clear_others, make_ready};
use super::record::{OnlineRecord, OnlineStanding, OnlineState, changes, end, standing};
use super::replicated::found;
use super::versions::{after_abort, refresh_current};
use crate::backfill::{Desk, give_up};
use crate::event::{Direction, Observer};
use crate::executor::{Executor, Job, Lookup, Placeholders, Surroundings};
use crate::history::{History, HistoryRow, MigrationRecord, Prepared, delete_row, insert_applied, not_begun};
use crate::lock::{Locked, take_to_write};
use crate::prepare::{Backfills, prepare};
use crate::run_error::RunError;
use crate::stop::StopSignal;
use crate::target::{Target, open, search_path};
use crate::up::leave_snapshot;

/// What `contract` and `abort` are asked for.
pub struct FinishOptions<'a> {
    /// The migration's version; all that wait where it is not said.
    pub version: Option<&'a str>,
    /// The reason to put on record.
    pub reason: Option<&'a str>,
    /// Who does it: the operating system's user and host.
    pub actor: &'a str,
    /// How long to wait for another run on the same target.
    pub wait: Duration,
    /// Values for placeholders, by name.
    pub values: &'a Lookup<'a>,
    /// How long to look for clients of the old version before it goes; `None` where they may be there.
    pub quiet_window: Option<Duration>,
    /// The applications that limosa.toml names: those that are of a version which goes count as signs of it.
    pub consumers: &'a [Consumer],
    /// Whether those are ready to whom tables are replicated.
    pub allows_replicated: bool,
    /// Whether rows may stay without a value for which an expression failed.
    pub leaves_quarantined: bool,
    /// Whether the catalog is kept afterwards, to tell drift by.
    pub leaves_snapshot: bool,
    /// Where the keys are that columns of this service refer to.
    pub owners: Owners<'a>,
    /// Whether old ids may still be made there.
    pub allows_open_owner: bool,
}

impl<'a> FinishOptions<'a> {
    /// In a shadow: nobody else is there whom one had to wait for or look out for, and rows are made up.
    pub(crate) fn in_shadow(version: Option<&'a str>, values: &'a Lookup<'a>) -> Self {
        Self {
            version,
            reason: None,
            actor: "shadow",
            wait: Duration::ZERO,
            values,
            quiet_window: None,
            consumers: &[],
            allows_replicated: true,
            leaves_quarantined: true,
            leaves_snapshot: false,
            owners: Owners::Shadow,
            allows_open_owner: true,
        }
    }
}

/// An online change that has come to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnlineEnd {
    /// The migration's version.
    pub version: String,
    /// What it did, statement by statement.
    pub operations: Vec<String>,
}

/// Takes the old version away. Gives what came to its end, oldest first.
///
/// # Errors
/// Rows that are not filled; what came to hang on a column that goes; locks that are not to be had. What was contracted
/// before stays so.
pub async fn contract(
    target: &Target,
    options: &FinishOptions<'_>,
    observer: &mut dyn Observer,
    stop: &StopSignal,
) -> Result<Vec<OnlineEnd>, RunError> {
    finish(target, options, observer, stop, OnlineState::Contracted).await
}

/// Takes an online change back, however far it has come, as long as the old version is there.
///
/// # Errors
/// A version that is not under way; locks that are not to be had.
pub async fn abort(
    target: &Target,
    options: &FinishOptions<'_>,
    observer: &mut dyn Observer,
    stop: &StopSignal,
) -> Result<Vec<OnlineEnd>, RunError> {
    finish(target, options, observer, stop, OnlineState::Aborted).await
}

async fn finish(
    target: &Target,
    options: &FinishOptions<'_>,
    observer: &mut dyn Observer,
    stop: &StopSignal,
    state: OnlineState,
) -> Result<Vec<OnlineEnd>, RunError> {
    let opened = open(target).await?;
    let found = chosen(changes(&opened.session, target.history()).await?, &opened.history, options.version, state)?;
    if found.is_empty() {
        opened.session.close().await;
        return Ok(Vec::new());
    }
    let (locked, actor) = take_to_write(target, (options.actor, options.wait), opened, observer, stop).await?;
    let result = finish_locked(target, options, observer, stop, &locked, &actor, state).await;
    locked.release().await;
    result
}

async fn finish_locked(
    target: &Target,
    options: &FinishOptions<'_>,
    observer: &mut dyn Observer,
    stop: &StopSignal,
    locked: &Locked,
    actor: &str,
    state: OnlineState,
) -> Result<Vec<OnlineEnd>, RunError> {
    let records = changes(&locked.worker, target.history()).await?;
    let records = chosen(records, &locked.history, options.version, state)?;
    let placeholders = Placeholders::new(options.values);
    let mut executor = Executor::new(target, locked, actor, &placeholders, observer, stop.clone());
    executor.surroundings = Surroundings {
        statement_timeout: target.statement_timeout,
        role: target.owner_role.clone(),
        search_path: search_path(target, &locked.worker),
        triggers_rest: false,
    };
    if !locked.pooled {
        // An end to the wait of what reads the schema beside tables that are locked.
        let wait = format!("SET lock_timeout = {}", target.retry.patience.as_millis().max(1));
        locked.worker.flight(&wait).await.map_err(|failure| failure.error)?;
    }
    // A contract that was cut off may have left this to do.
    follow(&executor, &changes(&locked.worker, target.history()).await?).await?;
    let mut ended = Vec::new();
    let mut result = Ok(());
    let mut waiting: VecDeque<&OnlineRecord> = records.iter().collect();
    let mut put_off = 0;
    while let Some(record) = waiting.pop_front() {
        if stop.is_asked() {
            result = Err(RunError::Stopped { resumable: None });
            break;
        }
        let row = locked.history.row(&record.version);
        let done = match state {
            OnlineState::Contracted => contract_one(&mut executor, target, record, &locked.history, options).await,
            OnlineState::Open | OnlineState::Aborted => {
                let row = AbortedRow::of(record, row);
                abort_in_run(&mut executor, target, record, row, options.reason).await
            }
        };
        match done {
            Ok(()) => {
                ended.push(OnlineEnd { version: record.version.clone(), operations: record.operations().to_vec() });
                put_off = 0;
            }
            // Another one of those that are asked for may have to come first.
            Err(error) if is_out_of_order(&error) && put_off < waiting.len() => {
                waiting.push_back(record);
                put_off += 1;
            }
            Err(error) => {
                result = Err(error);
                break;
            }
        }
    }
    if let Some(end) = ended.last()
        && let Some(problem) = refresh_current(&locked.worker, target).await
    {
        let notes = problem.notes.iter().chain(&problem.help).map(String::as_str).collect::<Vec<_>>().join("; ");
        tell(&mut executor, &end.version, format!("{} ({notes})", problem.message));
    }
    let last = executor.last.clone();
    if !ended.is_empty() && options.leaves_snapshot {
        // A snapshot that fails is missed by `drift`, which says so.
        let _ = leave_snapshot(target, locked, &last).await;
    }
    result.map(|()| ended)
}

/// What is to be ended, among all that there is.
fn chosen(
    records: Vec<OnlineRecord>,
    history: &History,
    version: Option<&str>,
    state: OnlineState,
) -> Result<Vec<OnlineRecord>, RunError> {
    let problem = |code: &'static str, message: String, help: &str| {
        Err(RunError::Refused(Box::new(Diagnostic::error(code, message).with_help(help.to_owned()))))
    };
    let is_open = |record: &OnlineRecord| standing(record, history) != OnlineStanding::Done;
    let open: Vec<OnlineRecord> = records.into_iter().filter(is_open).collect();
    let Some(version) = version else {
        let is_ready = |record: &OnlineRecord| standing(record, history) == OnlineStanding::Expanded;
        return Ok(open.into_iter().filter(is_ready).collect());
    };
    let Some(record) = open.into_iter().find(|record| record.version == version) else {
        return problem(
            "no-online-change",
            format!("no online change of version {version} is open"),
            "`limosa status` shows those that are",
        );
    };
    if state == OnlineState::Contracted && standing(&record, history) != OnlineStanding::Expanded {
        let verb = record.direction.word();
        return problem(
            "not-expanded",
            format!("{version} is applied only in part"),
            &format!("finish it first with `limosa {verb}`, or take it back with `limosa abort {version}`"),
        );
    }
    Ok(vec![record])
}

/// Verifies, and takes the old version away.
async fn contract_one(
    executor: &mut Executor<'_>,
    target: &Target,
    record: &OnlineRecord,
    history: &History,
    options: &FinishOptions<'_>,
) -> Result<(), RunError> {
    let subject = format!("{} cannot be contracted", record.version);
    stands(executor, record, &subject).await?;
    let others = changes(executor.worker, target.history()).await?;
    // As the contracts before have left it.
    let record = others.iter().find(|other| other.id == record.id).unwrap_or(record);
    let is_half_done = |other: &OnlineRecord| matches!(standing(other, history), OnlineStanding::Expanding { .. });
    versions_in_order(
        record,
        &others,
        |other| other.id < record.id || is_half_done(other),
        "contracted",
        "come to its end",
    )?;
    names_in_order(executor, record, &others).await?;
    for carry in record.carries() {
        owner_is_done(target, record, &carry, options).await?;
        again(executor, options.owners, record, &carry).await?;
    }
    hold(executor, &record.version, (&record.remaining(), &[], &str::to_owned), &subject).await?;
    for left in left_in_quarantine(executor, record, options.leaves_quarantined).await? {
        tell(executor, &record.version, format!("kept in {}.quarantine: {left}", executor.schema.for_people()));
    }
    if !options.allows_replicated {
        let desk = Desk::under(executor.worker, &executor.surroundings, None);
        let received = found(&desk, &record.sent_at_end(), &subject).await?;
        if !received.is_empty() {
            return Err(RunError::Problems(received));
        }
    }
    as_it_was_found(executor, record, &others).await?;
    if let Some(window) = options.quiet_window {
        no_sign(executor, record, options.consumers, window).await?;
    }
    if make_ready(executor, target, record, &others, options.reason).await? {
        // That took its time.
        as_it_was_found(executor, record, &others).await?;
    }
    let mut history = to_follow(executor, record, &others).await?;
    history.push(end(executor.schema, record.id, OnlineState::Contracted));
    let contracted = run(executor, target, record, (&record.contract, "contract"), history, options.reason).await;
    contracted.map_err(|error| explained(error, record))?;
    follow(executor, &changes(executor.worker, target.history()).await?).await
}

/// Refuses while ids are made in the database of the key that nobody here would know any more.
async fn owner_is_done(
    target: &Target,
    record: &OnlineRecord,
    carry: &Carry,
    options: &FinishOptions<'_>,
) -> Result<(), RunError> {
    // On the way back, this one comes first: the map goes with the end of that one.
    let standing = if carry.back { None } else { map_standing(target, options.owners, carry).await? };
    let Some(MapStanding::Open { version }) = standing else { return Ok(()) };
    if options.allows_open_owner {
        return Ok(());
    }
    let service = &carry.service;
    Err(RunError::Refused(Box::new(
        Diagnostic::error(
            "owner-open",
            format!("{} cannot be contracted before {service} has contracted {version}", record.version),
        )
        .with_note("clients there still make old ids, and rows may be taken back to them")
        .with_help(format!(
            "`limosa --service {service} contract {version}` comes first; `--allow owner-open` goes on without: rows \
             that come here by an old id of a row that is made there afterwards will refer to nothing"
        )),
    )))
}

/// The same within a run on a database in which nobody is at work yet.
pub(crate) async fn contract_in_run(
    executor: &mut Executor<'_>,
    target: &Target,
    history: &History,
    version: &str,
    values: &Lookup<'_>,
) -> Result<(), RunError> {
    let is_it = |record: &OnlineRecord| record.version == version && record.state == OnlineState::Open;
    let Some(record) = changes(executor.worker, target.history()).await?.into_iter().find(is_it) else {
        return Ok(());
    };
    contract_one(executor, target, &record, history, &FinishOptions::in_shadow(Some(version), values)).await?;
    tell(executor, version, "nobody is at work in this database yet: the old version went at once".to_owned());
    Ok(())
}

/// What becomes of the migration's row when its online change is aborted.
pub(crate) enum AbortedRow {
    /// The migration was being applied, or is: its row goes.
    Goes,
    /// It was being taken back: its row stays.
    Stays,
    /// It was taken back already: its row comes again.
    Comes,
}

impl AbortedRow {
    fn of(record: &OnlineRecord, row: Option<&HistoryRow>) -> Self {
        match (record.direction, row) {
            (Direction::Up, _) => Self::Goes,
            (Direction::Down, Some(_)) => Self::Stays,
            (Direction::Down, None) => Self::Comes,
        }
    }
}

/// Takes an online change back.
pub(crate) async fn abort_in_run(
    executor: &mut Executor<'_>,
    target: &Target,
    record: &OnlineRecord,
    row: AbortedRow,
    reason: Option<&str>,
) -> Result<(), RunError> {
    nothing_strayed(executor, record).await?;
    let schema = executor.schema;
    let others = changes(executor.worker, target.history()).await?;
    versions_in_order(record, &others, |other| other.id > record.id, "aborted", "be aborted")?;
    clear_others(executor, record, &others).await?;
    let mut abort = record.abort.clone();
    for statement in after_abort(executor.worker, target, &others, record).await? {
        abort.push_str(&format!("{statement};\n"));
    }
    let migration = migration(executor.service, record);
    let row = match row {
        AbortedRow::Goes => delete_row(schema, &migration),
        AbortedRow::Stays => not_begun(schema, &migration, true),
        AbortedRow::Comes => insert_applied(schema, &migration, Prepared::No),
    };
    let given_up = give_up(schema, executor.service, &record.version, record.direction);
    let end = end(schema, record.id, OnlineState::Aborted);
    let aborted = run(executor, target, record, (&abort, "abort"), vec![given_up, row, end], reason).await;
    aborted.map_err(|error| held_by_others(error, record))
}

pub(super) fn migration<'a>(service: &'a str, record: &'a OnlineRecord) -> MigrationRecord<'a> {
    let kept = &record.terms.migration;
    MigrationRecord {
        service,
        version: &record.version,
        repeatable: false,
        name: &kept.name,
        checksum: &kept.checksum,
        up: &kept.up,
        down: kept.down.as_deref(),
        path: &kept.path,
    }
}

/// The run of one of a change's scripts.
pub(super) fn job<'a>(
    service: &'a str,
    target: &Target,
    record: &'a OnlineRecord,
    (script, prepared): (&'a Script, &'a crate::prepare::Prepared),
    reason: Option<&'a str>,
) -> Job<'a> {
    Job {
        record: migration(service, record),
        direction: record.direction,
        source: &script.source,
        execution: &prepared.execution,
        verify: &[],
        unfinished: None,
        reason,
        opening: &[],
        asides: &[],
        retry: target.retry,
    }
}

/// Runs one of a change's scripts in one transaction with what is put on record.
async fn run(
    executor: &mut Executor<'_>,
    target: &Target,
    record: &OnlineRecord,
    (sql, kind): (&str, &'static str),
    history: Vec<String>,
    reason: Option<&str>,
) -> Result<(), RunError> {
    let script = Script::of_text(&format!("{} of {}", kind, record.version), sql);
    let prepared = prepare(&script, TransactionMode::Whole, Backfills::InBatches).map_err(RunError::Problems)?;
    let job = job(executor.service, target, record, (&script, &prepared), reason);
    let detail = serde_json::json!({ "online": record.id, "what": record.operations() }).to_string();
    executor.end_online(&job, kind, detail, history).await
}
