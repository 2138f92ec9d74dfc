//! Why a backfill ended early, and what that means for the next run.

use std::time::Duration;

use limosa_catalog::{Identifier, QualifiedName};
use limosa_ids::{GenerateError, GeneratorSpec};
use limosa_postgres::ServerError;
use limosa_syntax::Diagnostic;

use super::job::{Job, JobState};
use crate::event::Direction;
use crate::run_error::{Ending, RunError};

/// The finding that a policy hides rows.
pub(crate) const ROWS_HIDDEN: &str = "rows-hidden";

/// What to do about a policy that hides rows of a table.
pub(crate) fn sees_all_rows(table: &str) -> String {
    format!(
        "connect as a role that sees every row: one with BYPASSRLS, or the table's owner; where the policies bind the \
         owner, too, say `ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY` for as long"
    )
}

/// Why a backfill ended early.
#[derive(Debug, thiserror::Error)]
pub enum BackfillError {
    /// The target cannot be worked on at all.
    #[error(transparent)]
    Run(#[from] RunError),
    /// There is no such table.
    #[error("there is no table `{table}`")]
    NoTable {
        /// As it was named.
        table: String,
    },
    /// A view, a foreign table, a sequence.
    #[error("`{table}` is no table; expected one whose rows are stored here")]
    NotATable {
        /// As it was named.
        table: String,
    },
    /// A policy hides rows from the role, which would be left as they are.
    #[error("row security hides rows of `{table}` from {role}")]
    RowsHidden {
        /// The table.
        table: QualifiedName,
        /// The role.
        role: String,
    },
    /// There is no such column.
    #[error("`{table}` has no column `{}`", column.as_str())]
    NoColumn {
        /// The table, as it was named.
        table: String,
        /// The column.
        column: Identifier,
        /// Those that it has.
        columns: Vec<String>,
    },
    /// Rows can be told apart neither by a key nor by what is still to do.
    #[error("`{table}` has no key, and its rows do not tell whether they are done")]
    NoOrder {
        /// The table, as it was named.
        table: String,
    },
    /// Rows of several partitions can be told apart by a key only.
    #[error("`{table}` is partitioned and has no key")]
    NoKeyOfPartitioned {
        /// The table, as it was named.
        table: String,
    },
    /// Rows cannot be visited by a key that is changed, and nothing else tells which are done.
    #[error("the key of `{table}` is itself changed, and its rows do not tell whether they are done")]
    KeyChanges {
        /// The table, as it was named.
        table: String,
    },
    /// A row that is left as it is would not be found again.
    #[error("`{table}` has no key, by which rows that are left as they are could be told from the others")]
    NoKeyToSkipBy {
        /// The table, as it was named.
        table: String,
    },
    /// Rows would be copied from a table into the same.
    #[error("rows of {table} would be copied into {table} itself, and then copied again")]
    IntoItself {
        /// The table.
        table: QualifiedName,
    },
    /// The server does not take what is to be done.
    #[error("the server does not take it: {error}")]
    Refused {
        /// The server's words.
        error: ServerError,
    },
    /// A batch failed, and would fail again.
    #[error("a batch of job {job} failed: {error}")]
    Batch {
        /// The job.
        job: i32,
        /// The server's words.
        error: ServerError,
        /// Rows that are done.
        rows: i64,
        /// The row that fails, where it is known: `id = 4321`.
        row: Option<String>,
        /// Whether such rows can be left as they are.
        can_skip: bool,
    },
    /// Locks were not to be had, or the server took too long, however small the batch.
    #[error("no batch came through for {:.1} s: {error}", waited.as_secs_f64())]
    NotFree {
        /// The job.
        job: i32,
        /// The server's words of the last try.
        error: ServerError,
        /// Who holds locks on the table, and may hold its rows.
        holders: Vec<String>,
        /// How long was tried.
        waited: Duration,
    },
    /// Rows are changed, and are to be changed still, for ever.
    #[error("{left} rows are still to be changed when every row was visited, and a visit more changed none of them")]
    Left {
        /// The job.
        job: i32,
        /// How many, 100,000 at most.
        left: i64,
    },
    /// Another process works on the job.
    #[error("job {job} is being worked on by {actor}, last seen {} s ago", seen.as_secs())]
    Busy {
        /// The job.
        job: i32,
        /// Who.
        actor: String,
        /// When.
        seen: Duration,
    },
    /// Somebody has paused, cancelled or taken over the job.
    #[error("job {} was {}", job.number, told(job))]
    TakenAway {
        /// The job as it is now.
        job: Box<Job>,
    },
    /// There is no such job, or it has ended.
    #[error("{}", no_job(*job))]
    NoJob {
        /// The number that was given.
        job: Option<i32>,
    },
    /// There are several jobs that have not ended, and none was named.
    #[error("jobs {} have not ended", these(jobs))]
    SeveralJobs {
        /// Their numbers.
        jobs: Vec<i32>,
    },
    /// The query that tells when to hold cannot be asked.
    #[error("the query of `hold-while` failed: {error}")]
    HoldWhile {
        /// The server's words.
        error: ServerError,
    },
    /// The table is not the one that the job began with.
    #[error("job {job} began on another table `{table}` than the one that is there now")]
    OtherTable {
        /// The job.
        job: i32,
        /// The table.
        table: String,
    },
    /// The key has other columns, or columns of other types, than those that the job has come along.
    #[error("job {job} goes along a key of {table} that is not the one that is there now")]
    OtherKey {
        /// The job.
        job: i32,
        /// The table.
        table: String,
    },
    /// Another version of Limosa wrote the job.
    #[error("job {job} holds what this Limosa does not understand")]
    Unreadable {
        /// The job.
        job: i32,
    },
    /// The statement of a migration is not what the job began with, and rows do not tell which of them are done.
    #[error("the statement was edited after it had changed {rows} rows, and they do not tell that they are done")]
    Edited {
        /// The job.
        job: i32,
        /// Rows that are done.
        rows: i64,
    },
    /// A job that only its migration goes on with.
    #[error("job {job} is a statement of the migration {version}")]
    OfMigration {
        /// The job.
        job: i32,
        /// The migration.
        version: String,
        /// Whether it is being applied or reverted.
        direction: Direction,
    },
    /// It was asked to stop.
    #[error("job {job} was stopped on request after {rows} rows")]
    Stopped {
        /// The job.
        job: i32,
        /// Rows that are done.
        rows: i64,
    },
    /// No ids can be made.
    #[error(transparent)]
    Generate(#[from] GenerateError),
    /// Ids that count need a sequence of the database.
    #[error("`{spec}` needs a sequence in the database: {what}")]
    NoSequence {
        /// What is amiss.
        what: String,
        /// The ids.
        spec: GeneratorSpec,
    },
}

fn told(job: &Job) -> &'static str {
    match job.state {
        JobState::Paused => "paused",
        JobState::Cancelled => "cancelled",
        JobState::Running => "taken over by another runner",
        JobState::Failed | JobState::Done => "ended by another runner",
    }
}

fn no_job(job: Option<i32>) -> String {
    match job {
        Some(job) => format!("there is no job {job} that has not ended"),
        None => "there is no job that has not ended".to_owned(),
    }
}

fn these(jobs: &[i32]) -> String {
    let words: Vec<String> = jobs.iter().map(ToString::to_string).collect();
    match words.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => words.concat(),
    }
}

impl From<ServerError> for BackfillError {
    fn from(error: ServerError) -> Self {
        Self::Run(error.into())
    }
}

impl BackfillError {
    /// What it means for whoever started the run.
    #[must_use]
    pub fn ending(&self) -> Ending {
        match self {
            Self::Run(error) => error.ending(),
            Self::Stopped { .. } | Self::TakenAway { .. } | Self::Batch { .. } => Ending::Resumable,
            Self::NotFree { .. } | Self::Busy { .. } => Ending::TryAgain,
            _ => Ending::Error,
        }
    }

    /// What is said to people.
    #[must_use]
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let say = |code: &'static str| Diagnostic::error(code, self.to_string());
        let goes_on = |job: i32| format!("`limosa backfill resume {job}` goes on behind the last batch");
        vec![match self {
            Self::Run(error) => return error.diagnostics(),
            Self::NoTable { .. } => {
                say("no-table").with_help("name it as SQL does: `patient`, `clinic.patient`, `\"Patient\"`")
            }
            Self::NotATable { .. } => say("no-table").with_help("name the table behind it"),
            Self::RowsHidden { table, .. } => say(ROWS_HIDDEN).with_help(sees_all_rows(&table.to_string())),
            Self::NoColumn { columns, .. } => say("no-column").with_help(format!("it has {}", columns.join(", "))),
            Self::NoOrder { .. } => say("no-order").with_help(
                "give a primary key, or say with --where which rows are still to do: one that is done must no longer \
                 meet it",
            ),
            Self::NoKeyOfPartitioned { .. } => {
                say("no-order").with_help("name its partitions, each for itself, or give it a primary key")
            }
            Self::KeyChanges { .. } => say("no-order")
                .with_help("say with --where which rows are still to do: one that is done must no longer meet it"),
            Self::NoKeyToSkipBy { .. } => say("no-key-to-skip-by").with_help(
                "give it a primary key; or leave `on-error skip` out, and mend the row that the job then stops at and \
                 names",
            ),
            Self::IntoItself { .. } => {
                say("into-itself").with_help("copy them into another table, and from there back")
            }
            Self::Refused { .. } => say("refused").with_help("`--set` and `--where` hold SQL over the table's columns"),
            Self::Batch { job, rows, row, can_skip, .. } => row
                .iter()
                .fold(say("batch-failed"), |said, row| said.with_note(format!("it is the row with {row}")))
                .with_note(format!("{rows} rows are done and stay so; the batch that failed was rolled back"))
                .with_help(match row {
                    Some(_) if *can_skip => {
                        format!("mend it, or leave such rows out with `--on-error skip`; {}", goes_on(*job))
                    }
                    Some(_) => format!("mend it; {}", goes_on(*job)),
                    None => format!("mend the cause; {}", goes_on(*job)),
                }),
            Self::NotFree { job, holders, .. } => holders
                .iter()
                .fold(say("rows-locked"), |said, who| said.with_note(who.clone()))
                .with_help(goes_on(*job)),
            Self::Left { job, .. } => say("rows-left")
                .with_note("a trigger or a rule puts back what was changed, or a policy hides the rows")
                .with_help(format!("look at one of them; {}", goes_on(*job))),
            Self::Busy { .. } => say("job-busy").with_help("`limosa backfill status` shows how far it is"),
            Self::TakenAway { job } => {
                let diagnostic = Diagnostic::warning("job-taken-away", self.to_string());
                match job.state {
                    JobState::Paused => diagnostic.with_help(goes_on(job.number)),
                    _ => diagnostic.with_note(format!("{} rows are done and stay so", job.rows)),
                }
            }
            Self::NoJob { .. } => say("no-job").with_help("`limosa backfill status` lists all jobs"),
            Self::SeveralJobs { .. } => {
                say("several-jobs").with_help("name one by its number; `limosa backfill status` lists them")
            }
            Self::HoldWhile { .. } => say("hold-while")
                .with_note("it is asked in a transaction that only reads; true, or a text, has the job hold")
                .with_help("mend the query, and run it again"),
            Self::OtherTable { job, .. } => {
                say("other-table").with_help(format!("`limosa backfill cancel {job}`, and begin a new one"))
            }
            Self::OtherKey { job, .. } => say("other-key").with_help(format!(
                "put the key back, or `limosa backfill cancel {job}` and begin a new one for the rows that are left"
            )),
            Self::Unreadable { job } => say("unreadable-job")
                .with_help(format!("use the Limosa that began it, or `limosa backfill cancel {job}`")),
            Self::Edited { job, .. } => say("edited-backfill").with_help(format!("`limosa backfill cancel {job}`")),
            Self::OfMigration { direction, .. } => {
                say("job-of-migration").with_help(format!("`limosa {}` goes on with it", direction.word()))
            }
            Self::Stopped { job, .. } => Diagnostic::warning("stopped", self.to_string()).with_help(goes_on(*job)),
            Self::Generate(_) => say("no-id"),
            Self::NoSequence { spec, .. } => say("no-id").with_help(format!(
                "`limosa id {spec} --write NAME` writes the migration that makes it, in the schema of [ids]"
            )),
        }]
    }
}
