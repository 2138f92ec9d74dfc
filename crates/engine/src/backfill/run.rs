//! Working on a job: rounds over the table, each by workers side by side.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use limosa_catalog::Literal;
use limosa_postgres::{ServerError, Session, is_transaction_pooled};

use super::cursor::{Cursor, Position};
use super::definition::BackfillDefinition;
use super::desk::{Answered, Desk, number};
use super::distance::{self, BatchTime};
use super::error::BackfillError;
use super::event::BackfillEvent;
use super::gate::Gate;
use super::id_source::IdSource;
use super::job::Job;
use super::order::Order;
use super::owner::Owner;
use super::prepare::{Prepared, without_end};
use super::range::{Range, store};
use super::reject::{FailingRow, is_of_a_row};
use super::relation::Relation;
use super::statement::Work;
use super::throttle::Looks;
use super::worker::{Home, Worker};
use super::{BackfillOptions, find_job};
use crate::stop::StopSignal;
use crate::target::{Target, connect};

/// More rounds than this mean that somebody undoes what is done.
const MOST_ROUNDS: u32 = 50;
/// A round may change nothing where others were quicker, but not several of them.
const MOST_FRUITLESS: u32 = 2;
/// So many ranges for each worker, so that one whose ranges are done early finds others.
const RANGES_PER_WORKER: u32 = 4;

/// Transactions that may hold rows of a table.
const HOLDERS_SQL: &str = include_str!("holders.sql");

/// One run of a job: what its workers share.
pub(super) struct Runner<'a> {
    pub(super) desk: Desk<'a>,
    pub(super) target: &'a Target,
    pub(super) definition: &'a BackfillDefinition,
    pub(super) owner: &'a Owner<'a>,
    pub(super) options: &'a BackfillOptions<'a>,
    pub(super) observer: RefCell<&'a mut dyn FnMut(&BackfillEvent)>,
    pub(super) stop: &'a StopSignal,
    pub(super) prepared: Prepared,
    pub(super) job: Job,
    /// All ranges as they were when this round was begun.
    pub(super) ranges: Vec<Range>,
    /// Those that no worker has taken yet.
    pub(super) queue: RefCell<Vec<Range>>,
    /// Rows that are done, by this run and those before it.
    pub(super) rows: Cell<i64>,
    /// Rows that are left as they are, since they could not be changed.
    pub(super) rejects: Cell<u32>,
    /// How long an answer takes that costs the server nothing.
    pub(super) round_trip: Duration,
    /// How long it takes at least until what was written is on the server's disk, as far as anybody has looked.
    pub(super) on_disk: Cell<Duration>,
    /// How long a batch should take on the server.
    pub(super) batch_time: BatchTime,
    pub(super) gate: Gate,
    pub(super) looks: Cell<Looks>,
    /// Whether a session looks after the server's other guests.
    pub(super) has_watcher: bool,
    /// Whether a session still has what it had in the transaction before: no pooler gives it to others in between.
    pub(super) keeps_statements: bool,
    /// How many statements were given to sessions to keep.
    pub(super) statements: Cell<u32>,
    pub(super) begun: Instant,
}

impl Runner<'_> {
    /// A name for a statement that no session has had yet, of this run or of another one.
    pub(super) fn name_of_statement(&self) -> String {
        self.statements.set(self.statements.get() + 1);
        format!("limosa_{}_{}", self.job.runner, self.statements.get())
    }

    /// Who may hold the rows that are waited for; nobody where that cannot be asked.
    pub(super) async fn holders(&self) -> Vec<String> {
        let table = limosa_catalog::Literal(&self.definition.table).to_string();
        let rows = self.desk.ask(HOLDERS_SQL.trim_end().replace("$1", &table).as_str()).await.unwrap_or_default();
        rows.into_iter().filter_map(|row| row.into_iter().next().flatten()).collect()
    }

    /// How long a batch that is answered so takes beside its work.
    pub(super) fn waited(&self, answered: Answered) -> Duration {
        match answered {
            Answered::AtOnce => self.round_trip,
            Answered::OnDisk => self.round_trip.saturating_add(self.on_disk.get()),
        }
    }

    /// Where its ids come from.
    pub(super) fn ids(&self) -> Result<Option<IdSource>, BackfillError> {
        IdSource::new(self.definition, self.prepared.numbers.as_ref())
    }

    /// Works until all is done. Where it is asked to stop, the job is left as one that was paused.
    pub(super) async fn run(mut self) -> Result<Job, BackfillError> {
        let others = self.other_sessions().await?;
        let result = self.rounds(&others).await;
        for session in others {
            session.close().await;
        }
        match &result {
            Err(BackfillError::Stopped { .. }) => self.mark("paused", None).await?,
            Err(
                error @ (BackfillError::NoOrder { .. }
                | BackfillError::KeyChanges { .. }
                | BackfillError::HoldWhile { .. }),
            ) => {
                self.end("failed", Some(&error.to_string())).await?;
            }
            _ => {}
        }
        result
    }

    /// Sessions beside the first one: for the other workers, and one to look after the server's other guests.
    async fn other_sessions(&mut self) -> Result<Vec<Session>, BackfillError> {
        let mut sessions = Vec::new();
        if self.target.single_connection {
            return Ok(sessions);
        }
        for _ in 0..self.workers() {
            sessions.push(connect(self.target).await?);
        }
        self.has_watcher = true;
        if let Some(other) = sessions.first() {
            self.keeps_statements = !is_transaction_pooled(self.desk.session, other).await?;
        }
        Ok(sessions)
    }

    async fn rounds(&mut self, others: &[Session]) -> Result<Job, BackfillError> {
        let mut own = Vec::new();
        for session in others {
            own.push(process(&self.desk.beside(session)).await?);
        }
        own.push(process(&self.desk).await?);
        self.divide().await?;
        for _ in 0..distance::ASKED {
            self.beat(&self.desk).await?;
        }
        self.tell(BackfillEvent::Begun {
            job: self.job.number,
            table: self.job.relation.clone(),
            order: self.order(),
            rows: self.job.rows,
            expected: self.job.expected,
            workers: others.len().max(1),
        });
        let mut fruitless = 0;
        loop {
            let rows_before = self.rows.get();
            match self.round(others, &own).await {
                Ok(()) => {}
                Err(Home::StillToDo) => {
                    self.visit_once().await?;
                    continue;
                }
                Err(Home::Failed(error, row)) => return Err(self.failed(error, row).await),
                Err(Home::Ends(error)) => return Err(error),
            }
            if self.visits_once() {
                break;
            }
            let left = self.left().await?;
            if left == 0 {
                break;
            }
            let round = self.round_number();
            fruitless = if self.rows.get() == rows_before { fruitless + 1 } else { 0 };
            if fruitless >= MOST_FRUITLESS || round >= MOST_ROUNDS {
                let error = BackfillError::Left { job: self.job.number, left };
                self.end("failed", Some(&error.to_string())).await?;
                return Err(error);
            }
            self.remark(format!("{left} rows were written meanwhile; they follow now"));
            let (order, pages) = (self.order_of_rest(), self.pages().await?);
            self.begin(Cursor::begin(order, round + 1, pages)).await?;
        }
        // The end of a migration's job is put on record with the migration's position.
        if !self.owner.is_migration() {
            self.end("done", None).await?;
        }
        self.tell(BackfillEvent::Done {
            job: self.job.number,
            rows: self.rows.get(),
            rounds: self.round_number(),
            checked: !self.visits_once(),
            took: self.begun.elapsed(),
        });
        find_job(&self.desk, self.target, self.job.number).await
    }

    /// How many workers there are.
    pub(super) fn workers(&self) -> u32 {
        if self.target.single_connection { 1 } else { self.options.workers.of(&self.prepared.relation) }
    }

    /// One round over the ranges that are open.
    async fn round(&mut self, others: &[Session], own: &[i32]) -> Result<(), Home> {
        let mut open: Vec<Range> = self.ranges.iter().filter(|range| range.is_open()).cloned().collect();
        open.reverse();
        self.queue.replace(open);
        self.gate.open();
        let desks: Vec<Desk<'_>> = others.iter().map(|session| self.desk.beside(session)).collect();
        // The last of the other sessions watches, and the first one works.
        let (watcher, helpers) = match desks.split_last() {
            Some((watcher, helpers)) => (Some(watcher), helpers),
            None => (None, [].as_slice()),
        };
        let looker = watcher.unwrap_or(&self.desk);
        self.look(looker, own).await?;
        self.heed(looker, own).await?;
        let mut workers = Vec::new();
        for desk in [&self.desk].into_iter().chain(helpers) {
            let Some(range) = self.next_range() else { break };
            workers.push(Worker::new(self, desk, range)?.work());
        }
        let work = async {
            let results = join_all(workers).await;
            self.gate.finished.notify_one();
            results
        };
        let watch = async {
            let watched = match watcher {
                Some(desk) => self.watch(desk, own).await,
                None => self.gate.wait().await,
            };
            if watched.is_err() {
                self.gate.close();
            }
            watched
        };
        let (results, watched) = tokio::join!(work, watch);
        worst(results)?;
        Ok(watched?)
    }

    /// The next range that no worker has taken.
    pub(super) fn next_range(&self) -> Option<Range> {
        self.queue.borrow_mut().pop()
    }

    /// Parts the open ranges, where there are fewer than workers.
    async fn divide(&mut self) -> Result<(), BackfillError> {
        let workers = self.workers();
        let open = self.ranges.iter().filter(|range| range.is_open()).count();
        if workers == 1 || open == 0 || open >= workers as usize {
            return Ok(());
        }
        let parts = u64::from(workers * RANGES_PER_WORKER).div_ceil(open as u64);
        let mut last = self.ranges.iter().map(|range| range.number).max().unwrap_or_default();
        let mut divided = Vec::new();
        for range in std::mem::take(&mut self.ranges) {
            let bounds = self.bounds(&range, parts).await?;
            let positions = range.cursor.at.parted(parts, bounds);
            divided.extend(range.parted(positions, &mut last));
        }
        self.ranges = divided;
        self.store().await
    }

    /// Keys that part a range.
    async fn bounds(&self, range: &Range, parts: u64) -> Result<Vec<Vec<String>>, BackfillError> {
        let Position::Key { after, last } = &range.cursor.at else { return Ok(Vec::new()) };
        let rows = self.desk.ask(&self.statement().bounds(after.as_deref(), last.as_deref(), parts)).await?;
        let keys = rows.iter().filter_map(|row| serde_json::from_str(row.first()?.as_deref()?).ok());
        let mut keys: Vec<Vec<String>> = keys.collect();
        keys.dedup();
        keys.retain(|key| Some(key) != last.as_ref());
        Ok(keys)
    }

    /// Begins all ranges anew, as one that is then divided.
    async fn begin(&mut self, cursor: Cursor) -> Result<(), BackfillError> {
        let order = cursor.order();
        for (index, range) in self.ranges.iter_mut().enumerate() {
            let at = if index == 0 { cursor.at.clone() } else { Position::End(order) };
            range.cursor = cursor.moved(at);
        }
        self.store().await?;
        self.divide().await
    }

    /// Writes where the ranges stand.
    async fn store(&self) -> Result<(), BackfillError> {
        let (schema, service) = (&self.target.history_schema, &self.target.service);
        let sql = store(schema, service, self.job.number, &self.job.runner, &self.ranges);
        if self.desk.ask(&sql).await?.is_empty() { Err(self.taken_away().await?) } else { Ok(()) }
    }

    /// Rows that do not tell that they are done: each is visited once, by its key.
    async fn visit_once(&mut self) -> Result<(), BackfillError> {
        without_end(&self.prepared, self.definition)?;
        self.prepared.to_do.ends = false;
        self.remark(
            "rows do not tell that they are done, so each is visited once, in the order of the key; rows that are \
             added meanwhile behind it are left as they are"
                .to_owned(),
        );
        self.begin(Cursor { once: true, ..Cursor::begin(Order::Key, 1, 0) }).await
    }

    fn visits_once(&self) -> bool {
        self.ranges.first().is_some_and(|range| range.cursor.once)
    }

    /// The order for rows that a round has left: by the key, where there is one. A row that others write all the time
    /// stands in another place whenever a batch has waited for it, and strides look for it where it stood.
    fn order_of_rest(&self) -> Order {
        without_end(&self.prepared, self.definition).unwrap_or(self.order())
    }

    fn order(&self) -> Order {
        self.ranges.first().map_or(self.prepared.order, |range| range.cursor.order())
    }

    fn round_number(&self) -> u32 {
        self.ranges.first().map_or(1, |range| range.cursor.round)
    }

    /// How many rows are still to do.
    async fn left(&self) -> Result<i64, BackfillError> {
        let table = self.prepared.relation.table();
        let to_do = match self.rejects.get() {
            0 => self.prepared.to_do.clone(),
            _ => self.without_rejects(&self.prepared.to_do),
        };
        // It reads the whole table, and nobody waits for it.
        let count = format!("SET LOCAL statement_timeout = 0;\nSELECT count(*) FROM {table} WHERE {}", to_do.left());
        match self.desk.ask(&count).await {
            // A row that was written meanwhile cannot even be asked; the batch that comes to it says which one it is.
            Err(error) if is_of_a_row(&error) => Ok(1),
            counted => Ok(number(&counted?)),
        }
    }

    async fn pages(&self) -> Result<u64, BackfillError> {
        let rows = self.desk.ask(&Relation::question(&self.definition.table)).await?;
        Ok(Relation::decode(self.definition, &rows)?.pages)
    }

    /// Puts the failure on record, and gives it.
    async fn failed(&self, error: ServerError, row: Option<FailingRow>) -> BackfillError {
        let row = row.map(|row| row.shown);
        let words = self.owner.mask(&error.to_string());
        let said = row.as_ref().map_or_else(|| words.clone(), |row| format!("{row}: {words}"));
        match self.end("failed", Some(&said)).await {
            Ok(()) => {
                let can_skip = !self.prepared.relation.key.is_empty();
                BackfillError::Batch { job: self.job.number, error, rows: self.rows.get(), row, can_skip }
            }
            Err(worse) => worse,
        }
    }

    /// Ends the job, and puts that on record.
    async fn end(&self, state: &str, error: Option<&str>) -> Result<(), BackfillError> {
        self.mark(state, error).await?;
        if self.owner.is_migration() {
            return Ok(());
        }
        let job = Job { rows: self.rows.get(), ..self.job.clone() };
        super::record::record(&self.desk, self.target, self.options.actor, &job, state, error).await
    }

    /// Gives the job another state, if it is still this runner's.
    async fn mark(&self, state: &str, error: Option<&str>) -> Result<(), BackfillError> {
        let sql = format!(
            "UPDATE {}.backfill SET state = {}, error = {}, seen_at = clock_timestamp(), ended_at = clock_timestamp() \
             WHERE {} RETURNING job",
            self.target.history_schema,
            Literal(state),
            Literal::or_null(error),
            self.is_own()
        );
        if self.desk.ask(&sql).await?.is_empty() { Err(self.taken_away().await?) } else { Ok(()) }
    }

    /// What is said when the job is not this runner's any more.
    pub(super) async fn taken_away(&self) -> Result<BackfillError, BackfillError> {
        let job = find_job(&self.desk, self.target, self.job.number).await?;
        Ok(BackfillError::TakenAway { job: Box::new(job) })
    }

    /// Picks the job's row, as long as it is this runner's.
    pub(super) fn is_own(&self) -> String {
        self.statement().is_own()
    }

    /// What the statements of all ranges have in common.
    pub(super) fn statement(&self) -> Work<'_> {
        Work {
            schema: &self.target.history_schema,
            service: &self.target.service,
            job: self.job.number,
            runner: &self.job.runner,
            range: 0,
            relation: &self.prepared.relation,
            definition: self.definition,
            condition: self.prepared.to_do.batch(1),
            asked_after: None,
        }
    }

    /// A batch is done.
    pub(super) fn count(&self, range: i32, changed: i64, took: Duration) {
        let rows = self.rows.get() + changed;
        self.rows.set(rows);
        #[expect(clippy::cast_precision_loss, reason = "for people")]
        let rate = (rows - self.job.rows) as f64 / self.begun.elapsed().as_secs_f64().max(1e-3);
        let (job, expected, lag) = (self.job.number, self.job.expected.max(rows), self.gate.lag.get());
        let beside_others = self.gate.answered.get() == Answered::OnDisk;
        self.tell(BackfillEvent::Batch { job, rows, expected, rate, range, changed, lag, beside_others, took });
    }

    pub(super) fn remark(&self, remark: String) {
        self.tell(BackfillEvent::Remarked { job: self.job.number, remark });
    }

    pub(super) fn tell(&self, event: BackfillEvent) {
        (*self.observer.borrow_mut())(&event);
    }
}

/// The number of a session's server process.
async fn process(desk: &Desk<'_>) -> Result<i32, BackfillError> {
    Ok(i32::try_from(number(&desk.ask("SELECT pg_backend_pid()").await?)).unwrap_or_default())
}

/// What ends the round: a batch that failed before a job that cannot go on, and that before rows without an end.
fn worst(results: Vec<Result<(), Home>>) -> Result<(), Home> {
    let weight = |home: &Home| match home {
        Home::StillToDo => 0,
        Home::Ends(_) => 1,
        Home::Failed(..) => 2,
    };
    results.into_iter().filter_map(Result::err).max_by_key(weight).map_or(Ok(()), Err)
}
