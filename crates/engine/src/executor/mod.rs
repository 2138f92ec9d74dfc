//! Runs one migration on one target, so that its effect and its record are never apart.

mod apart;
mod asking;
mod batches;
mod bring_back;
mod come_again;
mod flight;
mod foreseen;
mod guard;
mod keep_types;
mod keep_values;
mod online;
mod placeholders;
mod reading;
mod record;
mod reindex;
mod set_aside;
mod staged;
mod transaction;
mod watch;

use std::sync::Arc;
use std::time::{Duration, Instant};

use limosa_catalog::Identifier;
use limosa_plan::{Change, Execution, RetryPolicy, Step};
use limosa_postgres::{ServerError, Session};
use limosa_syntax::SourceFile;

use crate::aside::AsideRecord;
use crate::backup::BackupMade;
use crate::event::{Blocker, Direction, Event, Observer};
use crate::history::{self, ChainLink, EventRecord, HistoryRow, MigrationRecord, Prepared};
use crate::lock::{Lease, Locked};
use crate::run_error::{RunError, change_line};
use crate::stop::StopSignal;
use crate::target::Target;

pub(crate) use apart::LossRules;
pub(crate) use asking::Unanswered;
pub(crate) use flight::{FlightText, Origin, Surroundings};
pub use placeholders::Lookup;
pub(crate) use placeholders::Placeholders;
pub(crate) use reading::read_patiently;
pub(crate) use record::Act;

/// One migration to be applied or reverted.
pub(crate) struct Job<'a> {
    pub(crate) record: MigrationRecord<'a>,
    pub(crate) direction: Direction,
    /// The text that runs: the up script's file, or the down script's.
    pub(crate) source: &'a Arc<SourceFile>,
    pub(crate) execution: &'a Execution,
    /// Queries that must return no rows at the end of it.
    pub(crate) verify: &'a [Step],
    /// The row of a migration that was begun in stages and not finished.
    pub(crate) unfinished: Option<&'a HistoryRow>,
    pub(crate) reason: Option<&'a str>,
    /// What else is put on record when the migration's own row is: a run that is cut off leaves both or neither.
    pub(crate) opening: &'a [String],
    /// What comes back by its statements: on the way back what the migration set aside, otherwise what its `down` did.
    pub(crate) asides: &'a [AsideRecord],
    /// What the file says of its own lock wait, if it does.
    pub(crate) retry: RetryPolicy,
}

/// What the worker session holds ready, so that it need not be said with every migration.
#[derive(Debug, Clone, Copy, Default)]
struct SessionState {
    /// Its `lock_timeout`, where that is known.
    lock_timeout: Option<Duration>,
    /// The statements that write history are prepared.
    records: Prepared,
}

/// What somebody found out about a statement whose end is not on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InterruptedStatement {
    /// It took effect: record it and go on behind it.
    Applied,
    /// It did not: run it again.
    Retry,
}

/// A target that is locked for this run, with the sessions to work on it.
pub(crate) struct Executor<'a> {
    pub(crate) target: &'a Target,
    pub(crate) service: &'a str,
    pub(crate) schema: &'a Identifier,
    pub(crate) worker: &'a Session,
    pub(crate) worker_pid: i32,
    /// The session that holds the lock and looks at what the worker waits for; absent where only one connection can be.
    pub(crate) control: Option<&'a Session>,
    pub(crate) pooled: bool,
    /// What has to hold in every transaction that writes history, where a lease is the lock.
    fence: Option<String>,
    session: SessionState,
    pub(crate) surroundings: Surroundings,
    pub(crate) actor: String,
    pub(crate) clock: crate::clock::ServerClock,
    pub(crate) last: ChainLink,
    pub(crate) placeholders: &'a Placeholders<'a>,
    pub(crate) interrupted: Option<InterruptedStatement>,
    /// What is done about values that statements would lose.
    pub(crate) loss: LossRules,
    pub(crate) observer: &'a mut dyn Observer,
    pub(crate) stop: StopSignal,
    /// Who stood in the way last, for the error that ends a wait.
    pub(crate) blockers: Vec<Blocker>,
}

impl<'a> Executor<'a> {
    /// An executor on a target that is locked.
    pub(crate) fn new(
        target: &'a Target,
        locked: &'a Locked,
        actor: &str,
        placeholders: &'a Placeholders<'a>,
        observer: &'a mut dyn Observer,
        stop: StopSignal,
    ) -> Self {
        Self {
            target,
            service: &target.service,
            schema: &target.history_schema,
            worker: &locked.worker,
            worker_pid: locked.worker_pid,
            control: locked.control.as_deref(),
            pooled: locked.pooled,
            fence: locked.lease.as_ref().map(Lease::fence),
            session: SessionState::default(),
            surroundings: Surroundings { role: target.owner_role.clone(), ..Surroundings::default() },
            actor: actor.to_owned(),
            clock: locked.clock,
            last: locked.history.last.clone(),
            placeholders,
            interrupted: None,
            loss: LossRules::default(),
            observer,
            stop,
            blockers: Vec::new(),
        }
    }

    /// Sets up the worker session for many migrations: one round trip that saves the server work with each of them. A
    /// pooler in transaction mode keeps nothing between transactions, so nothing is set up behind it.
    pub(crate) async fn set_up_session(&mut self, target: &Target) -> Result<(), RunError> {
        if !self.pooled {
            // As the owner, who alone may be able to look up the history's tables.
            let owner = target.owner_role.as_ref().map(|role| format!("SET LOCAL ROLE {role};\n")).unwrap_or_default();
            let lock_timeout = target.retry.first_try;
            let settings = flight::lock_timeout("", lock_timeout);
            let records = history::prepare_records(self.schema);
            match self.worker.flight(&format!("BEGIN;\n{owner}{settings};\n{records};\nCOMMIT")).await {
                Ok(_) => self.session = SessionState { lock_timeout: Some(lock_timeout), records: Prepared::Yes },
                Err(failure) if failure.error.is_connection_lost() => return Err(failure.error.into()),
                // Each migration then says it all, and if that fails, why.
                Err(_) => {
                    let _ = self.worker.flight("ROLLBACK").await;
                }
            }
        }
        Ok(())
    }

    /// Runs a migration to its end, or to a state from which the next run goes on.
    ///
    /// # Errors
    /// See [`RunError`]; the target is then as it was before the migration, or its row says how far it has come.
    pub(crate) async fn run(&mut self, job: &Job<'_>) -> Result<(), RunError> {
        let begun = Instant::now();
        self.blockers.clear();
        self.observer.on(&Event::MigrationBegun {
            service: self.service.to_owned(),
            direction: job.direction,
            version: job.record.version.to_owned(),
            name: job.record.name.to_owned(),
        });
        let result = match job.execution {
            Execution::Whole { begin, steps } => self.run_whole(job, *begin, steps).await,
            Execution::Staged(stages) => self.run_staged(job, stages).await,
        };
        self.pass_on_notices();
        match result {
            Ok(()) => {
                self.observer.on(&Event::MigrationDone {
                    service: self.service.to_owned(),
                    direction: job.direction,
                    version: job.record.version.to_owned(),
                    name: job.record.name.to_owned(),
                    took: begun.elapsed(),
                });
                Ok(())
            }
            Err(error) => {
                match &error {
                    RunError::Backfill(failure) if failure.is_wanted() => self.remark(job, error.headline()),
                    _ => self.observer.on(&Event::MigrationFailed {
                        service: self.service.to_owned(),
                        version: job.record.version.to_owned(),
                        name: job.record.name.to_owned(),
                        error: error.headline(),
                    }),
                }
                self.record_failure(job, &error).await;
                Err(error)
            }
        }
    }

    /// The texts of steps with their placeholders filled.
    fn texts(&self, job: &Job<'_>, steps: &[Step]) -> Result<Vec<String>, RunError> {
        steps.iter().map(|step| self.placeholders.fill(job.source, step.span)).collect()
    }

    /// The event that says that the migration is in effect, or no more.
    fn finished(&self, job: &Job<'_>) -> (String, ChainLink) {
        let kind = match job.direction {
            Direction::Up if job.record.repeatable => "repeat",
            Direction::Up => "up",
            Direction::Down => "down",
        };
        history::append_event(self.schema, &self.last, &self.event(job, kind, None), self.session.records)
    }

    fn event(&self, job: &Job<'_>, kind: &str, detail: Option<String>) -> EventRecord {
        EventRecord {
            service: self.service.to_owned(),
            at: self.clock.now(),
            kind: kind.to_owned(),
            version: Some(job.record.version.to_owned()),
            name: Some(job.record.name.to_owned()),
            checksum: Some(job.record.checksum.to_owned()),
            actor: self.actor.clone(),
            reason: job.reason.map(ToOwned::to_owned),
            detail,
        }
    }

    /// Puts drift that is run over on record.
    pub(crate) async fn record_drift(&mut self, drift: &[Change], reason: Option<&str>) -> Result<(), RunError> {
        let lines: Vec<String> = drift.iter().map(change_line).collect();
        let event = EventRecord {
            service: self.service.to_owned(),
            at: self.clock.now(),
            kind: "drift".to_owned(),
            version: None,
            name: None,
            checksum: None,
            actor: self.actor.clone(),
            reason: reason.map(ToOwned::to_owned),
            detail: Some(serde_json::json!({ "allowed": lines }).to_string()),
        };
        let (sql, link) = history::append_event(self.schema, &self.last, &event, Prepared::No);
        self.write_history(&[sql]).await?;
        self.last = link;
        Ok(())
    }

    /// Puts on record what was saved before the run, and where.
    pub(crate) async fn record_backup(&mut self, made: &BackupMade, reason: Option<&str>) -> Result<(), RunError> {
        let event = EventRecord {
            service: self.service.to_owned(),
            at: self.clock.now(),
            kind: "backup".to_owned(),
            version: None,
            name: made.file.file_name().map(|name| name.to_string_lossy().into_owned()),
            checksum: None,
            actor: self.actor.clone(),
            reason: reason.map(ToOwned::to_owned),
            detail: Some(
                serde_json::json!({
                    "file": made.file, "bytes": made.bytes, "tables": made.tables, "rows": made.rows,
                })
                .to_string(),
            ),
        };
        let (sql, link) = history::append_event(self.schema, &self.last, &event, Prepared::No);
        self.write_history(&[sql]).await?;
        self.last = link;
        Ok(())
    }

    /// Puts a migration on record whose effect is there by other means.
    pub(crate) async fn record_adopted(
        &mut self,
        record: &MigrationRecord<'_>,
        reason: Option<&str>,
    ) -> Result<(), RunError> {
        let event = EventRecord {
            service: self.service.to_owned(),
            at: self.clock.now(),
            kind: "adopt".to_owned(),
            version: Some(record.version.to_owned()),
            name: Some(record.name.to_owned()),
            checksum: Some(record.checksum.to_owned()),
            actor: self.actor.clone(),
            reason: reason.map(ToOwned::to_owned),
            detail: None,
        };
        let row = history::insert_applied(self.schema, record, Prepared::No);
        let (sql, link) = history::append_event(self.schema, &self.last, &event, Prepared::No);
        self.write_history(&[row, sql]).await?;
        self.last = link;
        Ok(())
    }

    /// Removes something that was set aside, and puts that on record.
    pub(crate) async fn record_purge(
        &mut self,
        record: &AsideRecord,
        statements: &[String],
        reason: Option<&str>,
    ) -> Result<(), RunError> {
        let detail = serde_json::json!({ "aside": record.id, "what": record.subjects(), "rows": record.rows });
        let event = EventRecord {
            service: self.service.to_owned(),
            at: self.clock.now(),
            kind: "purge".to_owned(),
            version: Some(record.version.clone()),
            name: None,
            checksum: None,
            actor: self.actor.clone(),
            reason: reason.map(ToOwned::to_owned),
            detail: Some(detail.to_string()),
        };
        let (sql, link) = history::append_event(self.schema, &self.last, &event, Prepared::No);
        let mut statements = statements.to_vec();
        statements.push(sql);
        self.write_history(&statements).await?;
        self.last = link;
        Ok(())
    }

    /// A failure is history too. It is put on record after the fact, as far as the connection still serves.
    async fn record_failure(&mut self, job: &Job<'_>, error: &RunError) {
        let Some(detail) = error.history_detail() else { return };
        let (sql, link) =
            history::append_event(self.schema, &self.last, &self.event(job, "fail", Some(detail)), Prepared::No);
        let mut statements = vec!["BEGIN".to_owned()];
        statements.extend(self.surroundings.role.as_ref().map(|role| format!("SET LOCAL ROLE {role}")));
        statements.extend([sql, "COMMIT".to_owned()]);
        match self.worker.flight(&statements.join(";\n")).await {
            Ok(_) => self.last = link,
            Err(_) => {
                // The migration's own error matters more than the note about it.
                let _ = self.worker.flight("ROLLBACK").await;
            }
        }
    }

    /// Writes to the history, in a transaction of its own.
    pub(crate) async fn write_history(&mut self, statements: &[String]) -> Result<(), ServerError> {
        let mut sql = vec!["BEGIN".to_owned()];
        sql.extend(self.surroundings.role.as_ref().map(|role| format!("SET LOCAL ROLE {role}")));
        sql.extend(self.fence.clone());
        sql.extend_from_slice(statements);
        sql.push("COMMIT".to_owned());
        if let Err(failure) = self.worker.flight(&sql.join(";\n")).await {
            let _ = self.worker.flight("ROLLBACK").await;
            return Err(failure.error);
        }
        Ok(())
    }

    fn remark(&mut self, job: &Job<'_>, remark: String) {
        self.observer.on(&Event::Remarked {
            service: self.service.to_owned(),
            version: job.record.version.to_owned(),
            remark,
        });
    }

    fn pass_on_notices(&mut self) {
        for notice in self.worker.notices() {
            self.observer.on(&Event::Notice {
                service: self.service.to_owned(),
                severity: notice.severity.to_string(),
                message: self.placeholders.mask(&notice.message),
            });
        }
    }
}
