//! Working on a job, batch after batch.

use std::time::{Duration, Instant};

use limosa_catalog::Literal;
use limosa_ids::{Generator, Sources};
use limosa_postgres::ServerError;

use super::cursor::{Cursor, Position};
use super::definition::{BackfillDefinition, RowChange};
use super::desk::{Desk, Rows, number};
use super::error::BackfillError;
use super::event::BackfillEvent;
use super::job::Job;
use super::order::{Order, limits};
use super::prepare::{Prepared, without_end};
use super::reject::{FailingRow, OnError};
use super::statement::{Batch, STILL_TO_DO, Work};
use super::steering::Steering;
use super::{BackfillOptions, find_job};
use crate::server_words::{code, is_cancelled, is_lock_failure};
use crate::stop::StopSignal;
use crate::target::Target;

/// How many ids in a row may be taken already before something else must be wrong.
const MOST_COLLISIONS: u32 = 10;
/// More rounds than this mean that somebody undoes what is done.
const MOST_ROUNDS: u32 = 50;
/// A check counts so many rows that are left, and no more.
const MOST_COUNTED: u32 = 100_000;

/// One run of a job.
pub(super) struct Runner<'a> {
    pub(super) desk: Desk<'a>,
    pub(super) target: &'a Target,
    pub(super) definition: &'a BackfillDefinition,
    pub(super) options: &'a BackfillOptions<'a>,
    pub(super) observer: &'a mut dyn FnMut(&BackfillEvent),
    pub(super) stop: &'a StopSignal,
    pub(super) prepared: Prepared,
    pub(super) job: Job,
    pub(super) cursor: Cursor,
    pub(super) generator: Option<Box<dyn Generator>>,
    /// Whether an id was there already.
    pub(super) avoids_taken: bool,
    /// Rows that are left as they are, since they could not be changed.
    pub(super) rejects: u32,
    /// Whether the condition leaves them out.
    pub(super) leaves_rejects_out: bool,
}

/// What came of a batch.
enum Came {
    /// It is done; the key up to which the next one goes.
    Done {
        rows: i64,
        ahead: Option<Vec<String>>,
    },
    /// The job is not this runner's any more.
    TakenAway,
    /// Another try, with a smaller batch, may do.
    Busy(ServerError),
    /// A value was there already.
    Collision(ServerError),
    /// Rows are still to do when they are done.
    StillToDo,
    Failed(ServerError),
}

impl Runner<'_> {
    /// The generator of a definition.
    pub(super) fn generator(definition: &BackfillDefinition) -> Result<Option<Box<dyn Generator>>, BackfillError> {
        match &definition.change {
            RowChange::Generate { spec, .. } => Ok(Some(spec.generator(Sources::system())?)),
            RowChange::Set { .. } | RowChange::Insert { .. } | RowChange::Delete => Ok(None),
        }
    }

    /// Works until all is done. Where it is asked to stop, the job is left as one that was paused.
    pub(super) async fn run(mut self) -> Result<Job, BackfillError> {
        let result = self.rounds().await;
        if let Err(BackfillError::Stopped { .. }) = result {
            self.mark("paused", None).await?;
        }
        result
    }

    async fn rounds(&mut self) -> Result<Job, BackfillError> {
        let begun = Instant::now();
        self.tell(BackfillEvent::Begun {
            job: self.job.number,
            table: self.job.relation.clone(),
            order: self.cursor.order(),
            rows: self.job.rows,
            expected: self.job.expected,
        });
        let before = self.job.rows;
        loop {
            let rows_before = self.job.rows;
            self.round(begun, before).await?;
            if self.cursor.once {
                break;
            }
            let left = self.left().await?;
            if left == 0 {
                break;
            }
            let changed_none = self.job.rows == rows_before && self.cursor.round > 1;
            if changed_none || self.cursor.round >= MOST_ROUNDS {
                let error = BackfillError::Left { job: self.job.number, left };
                self.end("failed", Some(&error.to_string())).await?;
                return Err(error);
            }
            let remark = format!("{left} rows were written meanwhile; they follow now");
            self.tell(BackfillEvent::Remarked { job: self.job.number, remark });
            let pages = self.pages().await?;
            self.cursor = Cursor::begin(self.cursor.order(), self.cursor.round + 1, 0, pages);
        }
        self.end("done", None).await?;
        self.tell(BackfillEvent::Done {
            job: self.job.number,
            rows: self.job.rows,
            rounds: self.cursor.round,
            checked: !self.cursor.once,
            took: begun.elapsed(),
        });
        find_job(&self.desk, self.target, self.job.number).await
    }

    /// One round over the table.
    async fn round(&mut self, begun: Instant, before: i64) -> Result<(), BackfillError> {
        let limits = limits(self.cursor.order(), &self.prepared.relation, self.options.most_rows);
        let mut steering = Steering::new(limits, self.options.batch_time);
        if let Position::Stride { pages: 0, .. } = self.cursor.at {
            self.cursor.at = self.cursor.at.resized(steering.size());
        }
        let mut ahead = self.bound(&steering).await?;
        let (mut asked, mut busy_since, mut collisions) = (None, None::<Instant>, 0);
        let mut busy_ms = 0.0;
        while !matches!(self.cursor.at, Position::End(_)) {
            self.hold(&mut asked).await?;
            let size = steering.size();
            let next = self.cursor.at.next(size, ahead.clone());
            let sent = Instant::now();
            let came = self.batch(ahead.as_deref(), &next, size, busy_ms).await?;
            let took = sent.elapsed();
            match came {
                Came::Done { rows, ahead: further } => {
                    (busy_since, collisions) = (None, 0);
                    busy_ms = took.as_secs_f64() * 1e3;
                    self.job.rows += rows;
                    let worked = match self.cursor.at {
                        Position::Stride { pages, .. } => pages,
                        _ => size,
                    };
                    // The end of a table is smaller than a batch, and says nothing of its cost.
                    if !matches!(next, Position::End(_)) {
                        steering.took(worked, took);
                    }
                    let full = self.is_full(rows, size);
                    if !full {
                        self.cursor.at = next;
                        ahead = further;
                    }
                    self.tell_batch(begun, before, took);
                    tokio::time::sleep(self.options.throttle.pause).await;
                }
                Came::TakenAway => {
                    let job = find_job(&self.desk, self.target, self.job.number).await?;
                    return Err(BackfillError::TakenAway { job: Box::new(job) });
                }
                Came::Busy(error) => {
                    let since = *busy_since.get_or_insert(sent);
                    if since.elapsed() > self.target.retry.patience {
                        return Err(BackfillError::NotFree { job: self.job.number, waited: since.elapsed() });
                    }
                    self.tell(BackfillEvent::Retrying { job: self.job.number, why: error.to_string() });
                    steering.failed();
                    self.cursor.at = self.cursor.at.resized(steering.size());
                    let pause = Duration::from_millis(50).mul_f64(1.0 + crate::jitter::jitter());
                    tokio::time::sleep(pause.max(since.elapsed() / 8)).await;
                    ahead = self.bound(&steering).await?;
                }
                Came::Collision(error) => {
                    collisions += 1;
                    self.avoids_taken = true;
                    if collisions > MOST_COLLISIONS {
                        return Err(self.failed(error, None).await);
                    }
                    let why = format!("an id was there already: {error}");
                    self.tell(BackfillEvent::Retrying { job: self.job.number, why });
                }
                Came::StillToDo => {
                    self.visit_once()?;
                    steering = Steering::new(
                        super::order::limits(Order::Key, &self.prepared.relation, self.options.most_rows),
                        self.options.batch_time,
                    );
                    ahead = self.bound(&steering).await?;
                }
                Came::Failed(error) => {
                    let row = self.failing_row(&error, ahead.as_deref()).await?;
                    let Some(row) = row.as_ref().filter(|_| self.options.on_error == OnError::Skip) else {
                        return Err(self.failed(error, row).await);
                    };
                    if !self.reject(row, &error).await? {
                        return Err(self.failed(error, Some(row.clone())).await);
                    }
                    let remark = format!("the row with {} is left as it is: {error}", row.shown);
                    self.tell(BackfillEvent::Remarked { job: self.job.number, remark });
                }
            }
        }
        Ok(())
    }

    /// Rows that do not tell that they are done: each is visited once, by its key.
    fn visit_once(&mut self) -> Result<(), BackfillError> {
        without_end(&self.prepared, self.definition)?;
        self.prepared.to_do.ends = false;
        self.cursor = Cursor { once: true, ..Cursor::begin(Order::Key, 1, 0, 0) };
        let remark = "rows do not tell that they are done, so each is visited once, in the order of the key; rows \
                      that are added meanwhile behind it are left as they are"
            .to_owned();
        self.tell(BackfillEvent::Remarked { job: self.job.number, remark });
        Ok(())
    }

    async fn batch(
        &mut self,
        until: Option<&[String]>,
        next: &Position,
        size: u64,
        busy_ms: f64,
    ) -> Result<Came, BackfillError> {
        let ids = self.ids(size)?;
        let batch = Batch {
            cursor: &self.cursor,
            until,
            next,
            look_ahead: size,
            ids: &ids,
            avoids_taken: self.avoids_taken,
            busy_ms,
        };
        let sql = self.work().batch(&batch);
        let mut stop = self.stop.clone();
        let answer = tokio::select! {
            answer = self.desk.batch(&sql, !ids.is_empty()) => answer,
            () = stop.at_least(crate::stop::Urgency::Now) => {
                let _ = self.desk.session.cancel().await;
                return Err(BackfillError::Stopped { job: self.job.number, rows: self.job.rows });
            }
        };
        Ok(match answer {
            Ok(rows) if rows.is_empty() => Came::TakenAway,
            Ok(rows) => Came::Done { rows: number(&rows), ahead: key(&rows, 2) },
            Err(error) if error.is_connection_lost() => return Err(error.into()),
            Err(error) if is_lock_failure(&error) || is_cancelled(&error) || code(&error) == Some("40001") => {
                Came::Busy(error)
            }
            Err(error) if is_still_to_do(&error) => Came::StillToDo,
            Err(error) if code(&error) == Some("23505") && self.generator.is_some() => Came::Collision(error),
            Err(error) => Came::Failed(error),
        })
    }

    /// The key up to which the first batch goes.
    async fn bound(&self, steering: &Steering) -> Result<Option<Vec<String>>, BackfillError> {
        match &self.cursor.at {
            Position::Key { after } => {
                let rows = self.desk.ask(&self.work().bound(after.as_deref(), steering.size())).await?;
                Ok(key(&rows, 0))
            }
            _ => Ok(None),
        }
    }

    /// How many rows are still to do.
    async fn left(&self) -> Result<i64, BackfillError> {
        let (table, condition) = (self.prepared.relation.table(), self.prepared.to_do.left());
        let some = format!("SELECT FROM {table} WHERE {condition} LIMIT {MOST_COUNTED}");
        Ok(number(&self.desk.ask(&format!("SELECT count(*) FROM ({some}) limosa_left")).await?))
    }

    async fn pages(&self) -> Result<u64, BackfillError> {
        let rows = self.desk.ask(&super::relation::Relation::question(&self.definition.table)).await?;
        Ok(super::relation::Relation::decode(self.definition, &rows)?.pages)
    }

    /// Puts the failure on record, and gives it.
    async fn failed(&mut self, error: ServerError, row: Option<FailingRow>) -> BackfillError {
        let row = row.map(|row| row.shown);
        let said = row.as_ref().map_or_else(|| error.to_string(), |row| format!("{row}: {error}"));
        match self.end("failed", Some(&said)).await {
            Ok(()) => BackfillError::Batch { job: self.job.number, error, rows: self.job.rows, row },
            Err(worse) => worse,
        }
    }

    /// Ends the job, and puts that on record.
    async fn end(&mut self, state: &str, error: Option<&str>) -> Result<(), BackfillError> {
        self.mark(state, error).await?;
        super::record::record(&self.desk, self.target, self.options.actor, &self.job, state, error).await
    }

    /// Gives the job another state, if it is still this runner's.
    async fn mark(&mut self, state: &str, error: Option<&str>) -> Result<(), BackfillError> {
        let sql = format!(
            "UPDATE {}.backfill SET state = {}, error = {}, seen_at = clock_timestamp(), ended_at = clock_timestamp() \
             WHERE {} RETURNING job",
            self.target.history_schema,
            Literal(state),
            Literal::or_null(error),
            self.work().is_own()
        );
        if self.desk.ask(&sql).await?.is_empty() {
            let job = find_job(&self.desk, self.target, self.job.number).await?;
            return Err(BackfillError::TakenAway { job: Box::new(job) });
        }
        Ok(())
    }

    pub(super) fn work(&self) -> Work<'_> {
        Work {
            schema: &self.target.history_schema,
            service: &self.target.service,
            job: self.job.number,
            runner: &self.job.runner,
            relation: &self.prepared.relation,
            definition: self.definition,
            condition: self.prepared.to_do.batch(self.cursor.round),
        }
    }

    pub(super) fn tell(&mut self, event: BackfillEvent) {
        (self.observer)(&event);
    }

    fn tell_batch(&mut self, begun: Instant, before: i64, took: Duration) {
        let rows = self.job.rows;
        #[expect(clippy::cast_precision_loss, reason = "for people")]
        let rate = (rows - before) as f64 / begun.elapsed().as_secs_f64().max(1e-3);
        let expected = self.job.expected.max(rows);
        self.tell(BackfillEvent::Batch { job: self.job.number, rows, expected, rate, took });
    }
}

/// The key in a column of the first row.
fn key(rows: &Rows, column: usize) -> Option<Vec<String>> {
    serde_json::from_str(rows.first()?.get(column)?.as_deref()?).ok()
}

fn is_still_to_do(error: &ServerError) -> bool {
    error.database().is_some_and(|error| error.message.contains(STILL_TO_DO))
}
