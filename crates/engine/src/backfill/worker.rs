//! One worker: batch after batch of one range, then of the next.

use std::time::{Duration, Instant};

use limosa_postgres::ServerError;

use super::cursor::{Cursor, Position};
use super::desk::{Answered, Desk, Rows, number};
use super::error::BackfillError;
use super::event::BackfillEvent;
use super::gate::Pass;
use super::id_source::IdSource;
use super::order::limits;
use super::placing::Pin;
use super::prepare::ByIndex;
use super::prepared_batch::{PreparedBatch, PreparedBatches, Values, has_one_plan};
use super::range::Range;
use super::reject::{Culprit, FailingRow, Part};
use super::run::Runner;
use super::statement::{Batch, STILL_TO_DO, Work};
use super::steering::Steering;
use super::to_do::StillToDo;
use crate::server_words::{code, is_beyond_rows, is_cancelled, is_lock_failure};

/// How many ids in a row may be taken already before something else must be wrong.
const MOST_COLLISIONS: u32 = 10;
/// A batch that takes so many times as long as those before it has fallen off a cliff.
const CLIFF: f64 = 10.0;
/// A shorter one has only waited for something.
const LEAST_CLIFF: Duration = Duration::from_millis(150);

/// A worker of a run, with a session of its own.
pub(super) struct Worker<'r, 'a> {
    pub(super) runner: &'r Runner<'a>,
    pub(super) desk: &'r Desk<'r>,
    pub(super) range: i32,
    pub(super) cursor: Cursor,
    /// The rows that are to be done, but for those that are left as they are.
    pub(super) to_do: StillToDo,
    pub(super) leaves_rejects_out: bool,
    /// Where the ids of its rows come from, where they are made here.
    pub(super) ids: Option<IdSource>,
    /// Ids for the next batch, made while the server worked on the one before.
    pub(super) made: Vec<String>,
    /// The rows that the next batch is about, where not all can be changed together.
    pub(super) part: Option<Part>,
    /// Whether an id was there already.
    avoids_taken: bool,
    /// Whether the plan of a batch may find rows by their place and by indexes only.
    is_pinned: bool,
    /// The statements that its session knows.
    known: PreparedBatches,
    steering: Steering,
    /// Steers the first pass over each window. It costs more than the others: what it changes finds no room, and it
    /// touches each page for the first time.
    first_pass: Steering,
}

/// Why a worker goes home early.
#[derive(Debug)]
pub(super) enum Home {
    /// Nothing can be done.
    Ends(BackfillError),
    /// A batch failed in a way that will not pass by itself.
    Failed(ServerError, Option<FailingRow>),
    /// Rows are still to do when they are done.
    StillToDo,
}

impl<E: Into<BackfillError>> From<E> for Home {
    fn from(error: E) -> Self {
        Self::Ends(error.into())
    }
}

/// A batch on its way.
enum Sent {
    Written(String),
    /// Its statement is one that the session keeps.
    Prepared(PreparedBatch),
}

impl Sent {
    fn sql(&self) -> &str {
        match self {
            Self::Written(sql) => sql,
            Self::Prepared(batch) => &batch.sql,
        }
    }
}

/// What came of a batch.
enum Came {
    /// It is done; the key up to which the next one goes.
    Done {
        rows: i64,
        ahead: Option<Vec<String>>,
        /// Bytes, with what others wrote meanwhile.
        wal: u64,
    },
    /// The job is not this runner's any more.
    TakenAway,
    /// Another try, with a smaller batch, may do.
    Busy(ServerError),
    /// A value was there already.
    Collision(ServerError),
    Failed(ServerError),
}

impl<'r, 'a> Worker<'r, 'a> {
    pub(super) fn new(runner: &'r Runner<'a>, desk: &'r Desk<'r>, range: Range) -> Result<Self, BackfillError> {
        let order = limits(range.cursor.order(), &runner.prepared.relation, runner.options.most_rows);
        Ok(Self {
            runner,
            desk,
            range: range.number,
            cursor: range.cursor,
            to_do: runner.prepared.to_do.clone(),
            leaves_rejects_out: false,
            ids: runner.ids()?,
            made: Vec::new(),
            part: None,
            avoids_taken: false,
            is_pinned: runner.prepared.by_index == ByIndex::Always,
            known: PreparedBatches::default(),
            steering: Steering::new(order, runner.gate.batch_time()),
            first_pass: Steering::new(order, runner.gate.batch_time()),
        })
    }

    /// Works until no range is open. Where it cannot go on, the other workers go home as well.
    pub(super) async fn work(mut self) -> Result<(), Home> {
        loop {
            match self.range().await {
                Ok(Pass::GoOn) => {}
                Ok(Pass::GoHome) => return Ok(()),
                Err(error) => {
                    self.runner.gate.close();
                    return Err(error);
                }
            }
            let Some(next) = self.runner.next_range() else { return Ok(()) };
            (self.range, self.cursor) = (next.number, next.cursor);
        }
    }

    /// The rest of a range.
    async fn range(&mut self) -> Result<Pass, Home> {
        let mut ahead = self.bound().await?;
        let (mut busy_since, mut collisions, mut busy_ms) = (None::<Instant>, 0, 0.0);
        while !matches!(self.cursor.at, Position::End(_)) {
            if self.runner.pass().await? == Pass::GoHome {
                return Ok(Pass::GoHome);
            }
            self.leave_rejects_out();
            let size = self.steering().size();
            self.cursor.at = self.cursor.at.sized(size, self.steering.size());
            let next = self.next(ahead.as_deref());
            let answered = self.runner.gate.answered.get();
            let sent = Instant::now();
            let on_the_way = self.runner.gate.enter();
            let came = self.batch((ahead.as_deref(), &next), size, busy_ms, answered).await?;
            drop(on_the_way);
            let took = sent.elapsed();
            match came {
                Came::Done { rows, ahead: further, wal } => {
                    (busy_since, collisions) = (None, 0);
                    busy_ms = took.as_secs_f64() * 1e3;
                    // A part of a batch says nothing of what one costs.
                    if self.part.take().is_none() {
                        self.learn(&next, size, took.saturating_sub(self.runner.waited(answered)), wal);
                    }
                    if !self.is_full(rows, size) {
                        self.cursor.at = next;
                        ahead = further;
                    }
                    self.runner.count(self.range, rows, took);
                    let pause = self.runner.options.throttle.pause;
                    if !pause.is_zero() {
                        // Even the shortest sleep takes a millisecond.
                        tokio::time::sleep(pause).await;
                    }
                }
                Came::TakenAway => return Err(self.runner.taken_away().await?.into()),
                Came::Busy(error) => {
                    let since = *busy_since.get_or_insert(sent);
                    let job = self.runner.job.number;
                    if since.elapsed() > self.runner.target.retry.patience {
                        let (waited, holders) = (since.elapsed(), self.runner.holders().await);
                        return Err(BackfillError::NotFree { job, holders, waited, error }.into());
                    }
                    self.runner.tell(BackfillEvent::Retrying { job, why: error.to_string() });
                    self.steering().failed();
                    let pause = Duration::from_millis(50).mul_f64(1.0 + crate::jitter::jitter());
                    tokio::time::sleep(pause.max(since.elapsed() / 8)).await;
                    ahead = self.bound().await?;
                }
                Came::Collision(error) => {
                    collisions += 1;
                    self.avoids_taken = true;
                    if collisions > MOST_COLLISIONS {
                        return Err(Home::Failed(error, None));
                    }
                    let why = format!("an id was there already: {error}");
                    self.runner.tell(BackfillEvent::Retrying { job: self.runner.job.number, why });
                }
                Came::Failed(error) if is_still_to_do(&error) => return Err(Home::StillToDo),
                Came::Failed(error) if is_beyond_rows(&error) => return Err(Home::Failed(error, None)),
                Came::Failed(error) => {
                    let was_part = self.part.take().is_some();
                    match self.culprit(&error, ahead.as_deref()).await? {
                        Some(Culprit::Row(row, error)) => self.leave(row, error).await?,
                        Some(Culprit::Together(part)) if !was_part => {
                            if matches!(self.cursor.at, Position::Key { .. }) {
                                ahead = Some(part.until.clone());
                            }
                            self.part = Some(part);
                        }
                        _ => return Err(Home::Failed(error, None)),
                    }
                }
            }
        }
        Ok(Pass::GoOn)
    }

    /// The position when the batch that comes is done. Behind a part of one, keys go on where it ends; pages come once
    /// more, for the rows that it left.
    fn next(&self, until: Option<&[String]>) -> Position {
        match (&self.part, &self.cursor.at) {
            (Some(_), at @ Position::Stride { .. }) => at.clone(),
            (_, at) => at.next(until.map(<[String]>::to_vec)),
        }
    }

    /// What steers the batch that comes.
    fn steering(&mut self) -> &mut Steering {
        if self.cursor.at.is_first_pass() { &mut self.first_pass } else { &mut self.steering }
    }

    /// Learns from how long a batch took on the server, and from what it wrote.
    fn learn(&mut self, next: &Position, size: u64, took: Duration, wal: u64) {
        let worked = self.cursor.at.span().unwrap_or(size);
        // The end of a range, or of a pass, is smaller than a batch, and says nothing of its cost.
        if matches!(next, Position::End(_)) || worked < size / 2 {
            return;
        }
        let batch_time = self.runner.gate.batch_time();
        self.steering().aim(batch_time);
        let times = self.steering().excess(worked, took).unwrap_or_default();
        let may_be_pinned = self.runner.prepared.by_index == ByIndex::WhereSlow && !self.is_pinned;
        if times >= CLIFF && took > LEAST_CLIFF && may_be_pinned {
            self.is_pinned = true;
            let remark = format!(
                "a batch took {:.1} s, {times:.0} times as long as those before it; from here on its rows are found \
                 by indexes only. `ANALYZE {}` tells the server's planner what the columns hold by now",
                took.as_secs_f64(),
                self.runner.prepared.relation.name
            );
            self.runner.tell(BackfillEvent::Remarked { job: self.runner.job.number, remark });
        }
        self.steering().took(worked, took, wal);
    }

    async fn batch(
        &mut self,
        (until, next): (Option<&[String]>, &Position),
        size: u64,
        busy_ms: f64,
        answered: Answered,
    ) -> Result<Came, BackfillError> {
        let ids = self.take_ids(size).await?;
        let batch = Batch {
            cursor: &self.cursor,
            until,
            next,
            look_ahead: size,
            ids: &ids,
            avoids_taken: self.avoids_taken,
            busy_ms,
        };
        let (sent, pin) = {
            let statement = self.statement();
            let pin = if self.is_pinned { Pin::ByIndex } else { statement.pin(&batch) };
            (self.sent(&statement, &batch, pin), pin)
        };
        let mut stop = self.runner.stop.clone();
        let (desk, most) = (self.desk, self.most_ids(size));
        let work = async {
            let (answer, made) = tokio::join!(biased; desk.batch(sent.sql(), pin, answered), self.make_ids(most));
            made.map(|()| answer)
        };
        let answer = tokio::select! {
            answer = work => answer?,
            () = stop.at_least(crate::stop::Urgency::Now) => {
                let _ = self.desk.session.cancel().await;
                return Err(BackfillError::Stopped { job: self.runner.job.number, rows: self.runner.rows.get() });
            }
        };
        Ok(match answer {
            Ok(rows) if rows.is_empty() => Came::TakenAway,
            Ok(rows) => {
                if let Sent::Prepared(batch) = sent {
                    self.known.done(batch);
                }
                let wal = rows.first().and_then(|row| row.get(3)?.as_deref()?.parse().ok()).unwrap_or_default();
                Came::Done { rows: number(&rows), ahead: key(&rows, 2), wal }
            }
            Err(error) if error.is_connection_lost() => return Err(error.into()),
            Err(error) if is_lock_failure(&error) || is_cancelled(&error) || code(&error) == Some("40001") => {
                Came::Busy(error)
            }
            Err(error) if code(&error) == Some("23505") && self.ids.is_some() => Came::Collision(error),
            Err(error) => Came::Failed(error),
        })
    }

    /// A batch as it is sent.
    fn sent(&self, statement: &Work<'_>, batch: &Batch<'_>, pin: Pin) -> Sent {
        let is_prepared = self.runner.keeps_statements
            && self.part.is_none()
            && pin == Pin::Free
            && matches!(self.cursor.at, Position::Stride { .. })
            && has_one_plan(self.runner.definition, statement.condition);
        if !is_prepared {
            return Sent::Written(statement.batch(batch, &mut Values::Written));
        }
        let mut values = Vec::new();
        let text = statement.batch(batch, &mut Values::Numbered(&mut values));
        Sent::Prepared(self.known.batch(text, &values, || self.runner.name_of_statement()))
    }

    /// The key up to which the first batch goes.
    async fn bound(&self) -> Result<Option<Vec<String>>, ServerError> {
        match &self.cursor.at {
            Position::Key { after, last } => {
                let sql = self.statement().bound(after.as_deref(), last.as_deref(), self.steering.size());
                Ok(key(&self.desk.ask(&sql).await?, 0))
            }
            _ => Ok(None),
        }
    }

    /// From here on, rows that are on record are left out, if there are any.
    fn leave_rejects_out(&mut self) {
        if self.runner.rejects.get() == 0 || self.leaves_rejects_out {
            return;
        }
        self.leaves_rejects_out = true;
        self.to_do = self.runner.without_rejects(&self.to_do);
    }

    pub(super) fn statement(&self) -> Work<'_> {
        let all = self.to_do.batch(self.cursor.round);
        let part = match self.cursor.at {
            // Keys have a part end earlier: rows that are added before its end belong to it, too.
            Position::Key { .. } => None,
            _ => self.part.as_ref(),
        };
        Work {
            condition: part.map_or(all, |part| &part.condition),
            asked_after: self.to_do.asked_after(&self.cursor),
            range: self.range,
            ..self.runner.statement()
        }
    }
}

/// The key in a column of the first row.
pub(super) fn key(rows: &Rows, column: usize) -> Option<Vec<String>> {
    serde_json::from_str(rows.first()?.get(column)?.as_deref()?).ok()
}

fn is_still_to_do(error: &ServerError) -> bool {
    error.database().is_some_and(|error| error.message.contains(STILL_TO_DO))
}
