//! What happens during a run, as data. Terminal, JSON lines and log files are all readers of the same events.

use std::time::Duration;

use limosa_postgres::Row;
use serde::Serialize;

use crate::backfill::BackfillEvent;
use crate::checks::{CheckOutcome, CheckVerdict, Moment};

/// Who stands in the way of a lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Blocker {
    /// The server process; 0 stands for a prepared transaction.
    pub pid: i32,
    /// Its role, where this role may see it.
    pub user: Option<String>,
    /// Its `application_name`.
    pub application: Option<String>,
    /// `active`, `idle in transaction` …
    pub state: Option<String>,
    /// How long its transaction is open.
    #[serde(rename = "age_ms", serialize_with = "milliseconds")]
    pub age: Duration,
    /// What it runs, or ran last.
    pub query: Option<String>,
    /// What of it is waited for: `ACCESS SHARE on visit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holds: Option<String>,
}

/// A row of a query for them: process, user, application, state, seconds, query, what is held.
pub(crate) fn blocker_of_row(row: &Row) -> Blocker {
    Blocker {
        pid: row.get(0),
        user: row.get(1),
        application: row.get(2),
        state: row.get(3),
        age: Duration::try_from_secs_f64(row.get::<_, Option<f64>>(4).unwrap_or_default()).unwrap_or_default(),
        query: row.get(5),
        holds: row.get(6),
    }
}

/// Up or down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Applying.
    Up,
    /// Reverting.
    Down,
}

impl Direction {
    /// `up` or `down`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
        }
    }
}

/// One thing that happened on one target.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// A target's turn has come.
    TargetBegun {
        /// The service.
        service: String,
        /// The database as people name it.
        database: String,
    },
    /// It is known what will be done.
    Planned {
        /// The service.
        service: String,
        /// Applying or reverting.
        direction: Direction,
        /// How many migrations.
        migrations: usize,
    },
    /// Another runner holds the target's lock; this one waits.
    LockWaiting {
        /// The service.
        service: String,
        /// Who holds it, as far as can be seen.
        holder: Option<String>,
    },
    /// A migration begins.
    MigrationBegun {
        /// The service.
        service: String,
        /// Applying or reverting.
        direction: Direction,
        /// The version.
        version: String,
        /// The name.
        name: String,
    },
    /// A statement outside a transaction begins, or a stage of several.
    StageBegun {
        /// The service.
        service: String,
        /// The version.
        version: String,
        /// Which stage, counted from 1.
        stage: usize,
        /// Of how many.
        of: usize,
        /// What it does: `CREATE INDEX CONCURRENTLY visit_idx`.
        what: String,
    },
    /// A migration that was cut off goes on.
    Resumed {
        /// The service.
        service: String,
        /// The version.
        version: String,
        /// The stage at which it goes on, counted from 1.
        stage: usize,
        /// What was found in the catalog.
        found: String,
    },
    /// A lock is not to be had for now.
    Blocked {
        /// The service.
        service: String,
        /// The version.
        version: String,
        /// Who holds it up.
        blockers: Vec<Blocker>,
    },
    /// A try failed for want of a lock, or in a deadlock; there will be another.
    Retrying {
        /// The service.
        service: String,
        /// The version.
        version: String,
        /// Which try failed, counted from 1.
        attempt: u32,
        /// Why, in the server's words.
        why: String,
        /// How long until the next.
        #[serde(rename = "pause_ms", serialize_with = "milliseconds")]
        pause: Duration,
    },
    /// Something was left out or cleaned up on purpose.
    Remarked {
        /// The service.
        service: String,
        /// The version.
        version: String,
        /// What and why.
        remark: String,
    },
    /// The server sent a message.
    Notice {
        /// The service.
        service: String,
        /// NOTICE, WARNING …
        severity: String,
        /// The text.
        message: String,
    },
    /// A statement that is run in batches comes further.
    Backfill {
        /// The service.
        service: String,
        /// The version.
        version: String,
        /// How.
        progress: BackfillEvent,
    },
    /// A migration is in effect, or reverted, and recorded.
    MigrationDone {
        /// The service.
        service: String,
        /// Applying or reverting.
        direction: Direction,
        /// The version.
        version: String,
        /// The name.
        name: String,
        /// Wall time, waits included.
        #[serde(rename = "took_ms", serialize_with = "milliseconds")]
        took: Duration,
    },
    /// A migration failed.
    MigrationFailed {
        /// The service.
        service: String,
        /// The version.
        version: String,
        /// The name.
        name: String,
        /// The error in one line.
        error: String,
    },
    /// Checks were run.
    Checked {
        /// The service.
        service: String,
        /// The migration that they followed, where others are to come.
        after: Option<String>,
        /// How many hold.
        passed: usize,
        /// How many were passed over.
        skipped: usize,
        /// The names of those that do not hold.
        failed: Vec<String>,
        /// Wall time.
        #[serde(rename = "took_ms", serialize_with = "milliseconds")]
        took: Duration,
    },
    /// Something is saved before the run changes anything.
    BackupBegun {
        /// The service.
        service: String,
        /// The file.
        file: String,
    },
    /// It is saved, and was found right when it was read again.
    BackupDone {
        /// The service.
        service: String,
        /// The file.
        file: String,
        /// Its bytes.
        bytes: u64,
        /// How many rows, where that can be told.
        rows: Option<u64>,
        /// Wall time.
        #[serde(rename = "took_ms", serialize_with = "milliseconds")]
        took: Duration,
    },
    /// A target is done with, well or not.
    TargetDone {
        /// The service.
        service: String,
        /// How it ended.
        outcome: TargetOutcome,
        /// Wall time.
        #[serde(rename = "took_ms", serialize_with = "milliseconds")]
        took: Duration,
    },
}

/// How a target's turn ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum TargetOutcome {
    /// There was nothing to do.
    UpToDate,
    /// So many migrations were applied or reverted.
    Changed {
        /// How many.
        migrations: usize,
    },
    /// It failed.
    Failed {
        /// How many migrations were done before.
        migrations: usize,
    },
    /// It was stopped on request; the next run goes on.
    Stopped {
        /// How many migrations were done before.
        migrations: usize,
    },
    /// It was not begun, since a service that it comes after did not succeed.
    Skipped {
        /// That service.
        because_of: String,
    },
}

impl Event {
    /// What came of checks.
    pub(crate) fn checked(service: &str, moment: &Moment, outcomes: &[CheckOutcome], took: Duration) -> Self {
        let count = |wanted: fn(&CheckVerdict) -> bool| outcomes.iter().filter(|it| wanted(&it.verdict)).count();
        let failed = outcomes.iter().filter(|outcome| outcome.is_failed()).map(|outcome| outcome.name.clone());
        Self::Checked {
            service: service.to_owned(),
            after: match moment {
                Moment::Between { version } => Some(version.clone()),
                Moment::End => None,
            },
            passed: count(|verdict| matches!(verdict, CheckVerdict::Passed)),
            skipped: count(|verdict| matches!(verdict, CheckVerdict::Skipped(_))),
            failed: failed.collect(),
            took,
        }
    }
}

impl TargetOutcome {
    /// How a run with this result ended.
    pub(crate) fn of(result: &Result<(), crate::RunError>, migrations: usize) -> Self {
        match result {
            Ok(()) if migrations == 0 => Self::UpToDate,
            Ok(()) => Self::Changed { migrations },
            Err(crate::RunError::Stopped { .. }) => Self::Stopped { migrations },
            Err(crate::RunError::Backfill(failure)) if failure.is_wanted() => Self::Stopped { migrations },
            Err(_) => Self::Failed { migrations },
        }
    }
}

/// Takes events as they happen. Must return quickly: the run waits for it.
pub trait Observer {
    /// One event.
    fn on(&mut self, event: &Event);
}

/// Nobody waits for what happens in a shadow.
pub(crate) struct Silent;

impl Observer for Silent {
    fn on(&mut self, _: &Event) {}
}

pub(crate) fn milliseconds<S: serde::Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64((duration.as_secs_f64() * 1e6).round() / 1e3)
}
