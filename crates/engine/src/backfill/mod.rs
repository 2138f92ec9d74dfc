//! Changes of many rows, in batches that each commit with a mark of how far the job has come.
//!
//! Deciding is pure: the order of the rows ([`order`]), how far a job is ([`cursor`]), how large the next batch is
//! ([`steering`]), what it says ([`statement`]). Doing is [`run`].

mod cursor;
mod definition;
mod desk;
mod distance;
mod error;
mod estimate;
mod event;
mod failure;
mod gate;
mod id_source;
mod ids;
mod job;
mod of_migration;
mod order;
mod owner;
mod placing;
mod prepare;
mod prepared_batch;
mod preview;
mod range;
mod record;
mod reject;
mod relation;
mod run;
mod statement;
mod steering;
mod stored;
mod throttle;
mod to_do;
mod watch;
mod worker;
mod workers;

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use limosa_catalog::Literal;
use limosa_syntax::BackfillManner;

use self::cursor::Cursor;
pub(crate) use self::desk::Rows;
use self::gate::Gate;
use self::job::question;
use self::owner::Owner;
use self::prepare::{Prepared, prepare, try_some};
use self::range::{Range, give};
use self::run::Runner;
use crate::jitter::jitter;
use crate::lock::ensure_history;
use crate::server_words::is_lock_failure;
use crate::stop::StopSignal;
use crate::target::{Opened, Target, open, refuse_read_only};
use crate::up::actor;

pub use self::definition::{Assignment, BackfillDefinition, InvalidAssignment, RowChange, column_name};
pub(crate) use self::desk::Desk;
pub use self::error::BackfillError;
pub(crate) use self::error::{ROWS_HIDDEN, sees_all_rows};
pub use self::estimate::{Estimate, Trial};
pub use self::event::BackfillEvent;
pub use self::failure::BackfillFailure;
pub use self::job::{Job, JobState};
pub(crate) use self::of_migration::{backfill_of_migration, generator_problem};
pub use self::order::Order;
pub use self::owner::JobMigration;
pub(crate) use self::owner::{MigrationStatement, give_up, has_open_job, settle};
pub use self::preview::{Preview, preview_backfill};
pub use self::reject::{OnError, Reject};
pub use self::throttle::Throttle;
pub use self::workers::Workers;

/// How a job is worked on.
#[derive(Debug, Clone)]
pub struct BackfillOptions<'a> {
    /// Who does it: the operating system's user and host.
    pub actor: &'a str,
    /// How many workers change rows at once; one on a server that takes one connection.
    pub workers: Workers,
    /// How long a batch should take on the server: as long as others may have to wait for one of its rows. Where
    /// nothing is said, 0.5 ms while others work and 5 ms else, longer where the server is farther away.
    pub batch_time: Option<Duration>,
    /// Rows in a batch, at most.
    pub most_rows: u64,
    /// When it holds back.
    pub throttle: Throttle,
    /// What is done about a row that cannot be changed.
    pub on_error: OnError,
    /// How long to wait for another process that is at the same job.
    pub wait: Duration,
}

impl<'a> BackfillOptions<'a> {
    /// What is said of batches; where nothing is, they are of 20,000 rows at most, and hold while a standby is 10 s
    /// behind. A row that cannot be changed stops the job.
    #[must_use]
    pub fn new(actor: &'a str, manner: BackfillManner) -> Self {
        Self {
            actor,
            workers: manner.parallel.into(),
            batch_time: manner.batch_time,
            most_rows: manner.batch_rows.unwrap_or(20_000).max(1),
            throttle: Throttle {
                pause: manner.pause.unwrap_or_default(),
                most_lag: Some(manner.max_lag.unwrap_or(Duration::from_secs(10))),
                most_active: manner.max_active,
                most_wal: manner.max_wal,
                oldest_transaction: manner.max_transaction_age,
                yields_to_autovacuum: manner.yield_to_autovacuum.unwrap_or(false),
                hold_while: manner.hold_while,
            },
            on_error: OnError::Stop,
            wait: Duration::from_secs(5),
        }
    }
}

/// Begins a backfill, or goes on with the one of the same definition that has not ended.
///
/// # Errors
/// See [`BackfillError`]. What is done when it fails stays done.
pub async fn backfill(
    target: &Target,
    definition: &BackfillDefinition,
    options: &BackfillOptions<'_>,
    observer: &mut dyn FnMut(&BackfillEvent),
    stop: &StopSignal,
) -> Result<Job, BackfillError> {
    let opened = ready(target).await?;
    let actor = actor(options.actor, &opened);
    let options = BackfillOptions { actor: &actor, ..options.clone() };
    let desk = Desk::new(&opened.session, target);
    let prepared = prepare(&desk, definition, &target.ids_schema).await?;
    options.on_error.suits(definition, &prepared.relation)?;
    options.throttle.ask_to_hold(&desk).await?;
    let number = job_of(&desk, target, definition, &prepared, &Owner::Person, &actor).await?;
    let result = work(desk, target, (definition, &Owner::Person), (number, prepared), &options, observer, stop).await;
    opened.session.close().await;
    result
}

/// Goes on with a job: the one of this number, or the only one that has not ended.
///
/// # Errors
/// See [`BackfillError`].
pub async fn resume_backfill(
    target: &Target,
    number: Option<i32>,
    options: &BackfillOptions<'_>,
    observer: &mut dyn FnMut(&BackfillEvent),
    stop: &StopSignal,
) -> Result<Job, BackfillError> {
    let opened = ready(target).await?;
    let actor = actor(options.actor, &opened);
    let options = BackfillOptions { actor: &actor, ..options.clone() };
    let desk = Desk::new(&opened.session, target);
    let job = open_job(&desk, target, number).await?;
    if let Some(JobMigration { version, direction }) = job.migration {
        return Err(BackfillError::OfMigration { job: job.number, version, direction });
    }
    let definition = job.definition.ok_or(BackfillError::Unreadable { job: job.number })?;
    let prepared = prepare(&desk, &definition, &target.ids_schema).await?;
    options.on_error.suits(&definition, &prepared.relation)?;
    options.throttle.ask_to_hold(&desk).await?;
    let result =
        work(desk, target, (&definition, &Owner::Person), (job.number, prepared), &options, observer, stop).await;
    opened.session.close().await;
    result
}

/// All jobs of a service, the newest first.
///
/// # Errors
/// See [`BackfillError`].
pub async fn backfill_jobs(target: &Target) -> Result<Vec<Job>, BackfillError> {
    let opened = open(target).await?;
    let desk = Desk::new(&opened.session, target);
    let jobs = jobs(&desk, target, "ORDER BY job DESC").await;
    opened.session.close().await;
    jobs
}

/// The runner of a job that is nobody's.
const NOBODY: &str = "";

/// The rows that a job left as they are, since they could not be changed: of the job of this number, or of all.
///
/// # Errors
/// See [`BackfillError`].
pub async fn backfill_rejects(target: &Target, number: Option<i32>) -> Result<Vec<Reject>, BackfillError> {
    let opened = open(target).await?;
    let desk = Desk::new(&opened.session, target);
    let rows = match desk.ask(&reject::question(&target.history_schema, &target.service, number)).await {
        Err(error) if crate::server_words::is_missing(&error) => Vec::new(),
        answer => answer?,
    };
    opened.session.close().await;
    Ok(rows.iter().filter_map(|row| Reject::decode(row)).collect())
}

/// What is asked of a job from elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackfillWish {
    /// Stop behind the batch that is running, to go on some time.
    Pause,
    /// Stop behind the batch that is running, for good. What was changed stays.
    Cancel,
}

/// Asks something of a job: of the one of this number, or of the only one that has not ended. Waits for the batch that
/// is running. `person` is the operating system's user and host.
///
/// # Errors
/// See [`BackfillError`].
pub async fn ask_backfill(
    target: &Target,
    number: Option<i32>,
    wish: BackfillWish,
    person: &str,
) -> Result<Job, BackfillError> {
    let opened = ready(target).await?;
    let desk = Desk::new(&opened.session, target);
    let job = open_job(&desk, target, number).await?;
    let (state, ended) = match wish {
        BackfillWish::Pause => ("paused", "NULL"),
        BackfillWish::Cancel => ("cancelled", "clock_timestamp()"),
    };
    let sql = format!(
        "UPDATE {0}.backfill SET state = {1}, ended_at = {ended} \
         WHERE service = {2} AND job = {3} AND state IN ('running', 'paused', 'failed');\n{4}",
        target.history_schema,
        Literal(state),
        Literal(&target.service),
        job.number,
        give(&target.history_schema, &target.service, job.number, NOBODY, "true"),
    );
    desk.ask(&sql).await?;
    let job = find_job(&desk, target, job.number).await?;
    if job.state == JobState::Cancelled {
        record::record(&desk, target, &actor(person, &opened), &job, job.state.word(), None).await?;
    }
    opened.session.close().await;
    Ok(job)
}

/// A connection to a target that can be written to and has a place for jobs.
async fn ready(target: &Target) -> Result<Opened, BackfillError> {
    let opened = open(target).await?;
    refuse_read_only(target, &opened)?;
    ensure_history(target, &opened.session, &opened.history).await?;
    Ok(opened)
}

pub(crate) async fn jobs(desk: &Desk<'_>, target: &Target, more: &str) -> Result<Vec<Job>, BackfillError> {
    let rows = match desk.ask(&question(&target.history_schema, &target.service, more)).await {
        Err(error) if crate::server_words::is_missing(&error) => return Ok(Vec::new()),
        answer => answer?,
    };
    let number = |row: &[Option<String>]| row.first()?.as_deref()?.parse().ok();
    let read = |row: &Vec<Option<String>>| {
        Job::decode(row).ok_or_else(|| BackfillError::Unreadable { job: number(row).unwrap_or_default() })
    };
    rows.iter().map(read).collect()
}

/// The job of a number.
async fn find_job(desk: &Desk<'_>, target: &Target, number: i32) -> Result<Job, BackfillError> {
    let found = jobs(desk, target, &format!("AND job = {number}")).await?;
    found.into_iter().next().ok_or(BackfillError::NoJob { job: Some(number) })
}

/// The job of a number, or the only one, that has not ended.
async fn open_job(desk: &Desk<'_>, target: &Target, number: Option<i32>) -> Result<Job, BackfillError> {
    let mut found = jobs(desk, target, "AND state IN ('running', 'paused', 'failed') ORDER BY job DESC").await?;
    found.retain(|job| number.is_none_or(|number| job.number == number));
    match (found.pop(), found.as_slice()) {
        (Some(job), []) => Ok(job),
        (Some(job), others) => {
            let others = others.iter().rev().map(|other| other.number);
            Err(BackfillError::SeveralJobs { jobs: std::iter::once(job.number).chain(others).collect() })
        }
        (None, _) => Err(BackfillError::NoJob { job: number }),
    }
}

/// The number of the job that has this definition and has not ended, or of a new one.
async fn job_of(
    desk: &Desk<'_>,
    target: &Target,
    definition: &BackfillDefinition,
    prepared: &Prepared,
    owner: &Owner<'_>,
    actor: &str,
) -> Result<i32, BackfillError> {
    let (schema, service) = (&target.history_schema, Literal(&target.service));
    let stored = owner.stored(definition, prepared);
    let picks = owner.picks(definition, prepared);
    let same = format!("SELECT job FROM {schema}.backfill WHERE service = {service} AND {picks}");
    let found = desk.ask(&same).await?;
    if !found.is_empty() {
        return Ok(i32::try_from(desk::number(&found)).unwrap_or_default());
    }
    try_some(desk, definition, prepared).await?;
    let relation = &prepared.relation;
    let (table, left) = (relation.table(), prepared.to_do.left());
    let counted = match prepared.to_do.may_be_counted_once() {
        true => desk.count_all(&table, left).await?,
        false => desk.count(&table, left).await?,
    };
    let expected = counted.rows;
    let cursor = Cursor {
        once: !prepared.to_do.ends,
        counted_at: counted.every_row_at,
        ..Cursor::begin(prepared.order, 1, relation.pages)
    };
    // The table's lock keeps two that begin the same thing at once from making two jobs of it.
    let sql = format!(
        "LOCK TABLE {schema}.backfill IN SHARE ROW EXCLUSIVE MODE;\n\
         WITH new AS (INSERT INTO {schema}.backfill \
         (service, job, relation, relation_oid, definition, key, state, expected, actor, runner, runner_pid, version, \
         direction) \
         SELECT {service}, (SELECT COALESCE(max(job), 0) + 1 FROM {schema}.backfill WHERE service = {service}), \
         {}, {}, {}, {}, 'running', {expected}, {}, '{NOBODY}', 0, {} WHERE NOT EXISTS ({same}) \
         RETURNING service, job)\n\
         INSERT INTO {schema}.backfill_range (service, job, range, runner, cursor) \
         SELECT service, job, 1, '{NOBODY}', {} FROM new;\n{same}",
        Literal(&relation.name.to_string()),
        relation.oid,
        Literal(&stored),
        Literal(&relation.key_json()),
        Literal(actor),
        owner.values(),
        Literal(&cursor.to_json()),
    );
    Ok(i32::try_from(desk::number(&desk.ask(&sql).await?)).unwrap_or_default())
}

/// Takes a job over and works on it.
async fn work(
    desk: Desk<'_>,
    target: &Target,
    (definition, owner): (&BackfillDefinition, &Owner<'_>),
    (number, mut prepared): (i32, Prepared),
    options: &BackfillOptions<'_>,
    observer: &mut dyn FnMut(&BackfillEvent),
    stop: &StopSignal,
) -> Result<Job, BackfillError> {
    let begun = Instant::now();
    let found = loop {
        let found = find_job(&desk, target, number).await?;
        // What is left of an earlier run of a migration changes nothing any more when it is taken over.
        if owner.is_migration() || !found.is_busy() {
            break found;
        }
        if begun.elapsed() >= options.wait || stop.is_asked() {
            return Err(BackfillError::Busy { job: number, actor: found.actor, seen: found.seen });
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    // It was waited for, and is done.
    if found.state == JobState::Done {
        return Ok(found);
    }
    if found.relation_oid != prepared.relation.oid {
        return Err(BackfillError::OtherTable { job: number, table: found.relation });
    }
    if found.key.as_ref().is_some_and(|key| *key != prepared.relation.key_json()) {
        return Err(BackfillError::OtherKey { job: number, table: found.relation });
    }
    // Two runs of one person on one machine are still two.
    let runner = format!("{:016x}", jitter().to_bits() ^ jitter().to_bits().rotate_left(23));
    let rows = take_over(&desk, target, &found, &runner).await?;
    if rows.is_empty() {
        let job = find_job(&desk, target, number).await?;
        return Err(BackfillError::TakenAway { job: Box::new(job) });
    }
    let ranges: Option<Vec<Range>> = rows.iter().map(|row| Range::decode(row)).collect();
    let mut ranges = ranges.ok_or(BackfillError::Unreadable { job: number })?;
    ranges.sort_by_key(|range| range.number);
    if ranges.iter().any(|range| range.cursor.once) {
        prepared.to_do.ends = false;
    }
    if let Some(counted_at) = ranges.first().and_then(|range| range.cursor.counted_at) {
        prepared.to_do = prepared.to_do.counted_at(counted_at, prepared.relation.row());
    }
    let job = Job { runner, state: JobState::Running, ..find_job(&desk, target, number).await? };
    let counted = format!(
        "SELECT count(*) FROM {}.backfill_reject WHERE service = {} AND job = {number}",
        target.history_schema,
        Literal(&target.service)
    );
    let rejects = u32::try_from(desk::number(&desk.ask(&counted).await?)).unwrap_or(u32::MAX);
    let round_trip = distance::round_trip(desk.session).await?;
    let batch_time = distance::BatchTime::new(options.batch_time, round_trip);
    let runner = Runner {
        desk,
        target,
        definition,
        owner,
        options,
        observer: RefCell::new(observer),
        stop,
        prepared,
        rows: Cell::new(job.rows),
        job,
        ranges,
        queue: RefCell::default(),
        rejects: Cell::new(rejects),
        round_trip,
        on_disk: Cell::new(Duration::MAX),
        batch_time,
        gate: Gate::new(batch_time.while_others(false)),
        looks: Cell::default(),
        has_watcher: false,
        keeps_statements: false,
        statements: Cell::new(0),
        begun: Instant::now(),
    };
    runner.run().await
}

/// Makes a runner the one whose batches count, and gives the job's ranges; none where somebody else was faster.
async fn take_over(desk: &Desk<'_>, target: &Target, found: &Job, runner: &str) -> Result<Rows, BackfillError> {
    let (schema, service, number) = (&target.history_schema, &target.service, found.number);
    let own =
        |runner: &str| format!("service = {} AND job = {number} AND runner = {}", Literal(service), Literal(runner));
    let is_ours = format!("EXISTS (SELECT FROM {schema}.backfill WHERE {})", own(runner));
    let sql = format!(
        "UPDATE {schema}.backfill SET state = 'running', error = NULL, ended_at = NULL, runner = {}, \
         runner_pid = pg_backend_pid(), seen_at = clock_timestamp() \
         WHERE {} AND state IN ('running', 'paused', 'failed');\n{}",
        Literal(runner),
        own(&found.runner),
        give(schema, service, number, runner, &is_ours),
    );
    // The ranges are waited for: a batch of a runner that was killed may still be running, and moves its range's mark.
    let begun = Instant::now();
    loop {
        match desk.ask(&sql).await {
            Err(error) if is_lock_failure(&error) && begun.elapsed() < target.retry.patience => {}
            answer => return Ok(answer?),
        }
    }
}
