//! A job's row.

use std::time::Duration;

use limosa_catalog::{Identifier, Literal};

use super::definition::BackfillDefinition;
use super::owner::JobMigration;
use crate::event::Direction;

/// What becomes of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobState {
    /// Somebody works on it, or was cut off.
    Running,
    /// It waits for `resume`.
    Paused,
    /// It was given up; what was changed stays.
    Cancelled,
    /// A batch failed in a way that will not pass by itself.
    Failed,
    /// Everything is done.
    Done,
}

impl JobState {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Running, "running"),
        (Self::Paused, "paused"),
        (Self::Cancelled, "cancelled"),
        (Self::Failed, "failed"),
        (Self::Done, "done"),
    ];

    /// As the row holds it.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).map_or("", |(_, word)| word)
    }
}

/// A job, as its row tells.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its number within the service.
    pub number: i32,
    /// The table, quoted.
    pub relation: String,
    pub(crate) relation_oid: u32,
    /// The columns of the table's key and their types when it began, as JSON; `None` where an older version began it.
    pub(crate) key: Option<String>,
    /// What is done; `None` where another version of Limosa wrote it.
    pub definition: Option<BackfillDefinition>,
    /// What becomes of it.
    pub state: JobState,
    /// Batches that are done.
    pub batches: i64,
    /// Rows that are done.
    pub rows: i64,
    /// Rows that were to be changed when it began, perhaps by estimate.
    pub expected: i64,
    /// Time spent in batches.
    pub busy: Duration,
    /// Why it failed.
    pub error: Option<String>,
    /// Who began it.
    pub actor: String,
    pub(crate) runner: String,
    /// How long ago its row was last written.
    pub seen: Duration,
    /// The migration whose statement it is; `None` for what was begun by hand.
    pub migration: Option<JobMigration>,
    /// Whether the server process of the one who works on it is there.
    pub is_attended: bool,
}

/// What is asked of a job's row.
pub(crate) fn question(schema: &Identifier, service: &str, more: &str) -> String {
    format!(
        "SELECT job, relation, relation_oid, definition, state, done.batches, done.rows, expected, \
         done.busy_ms, error, actor, runner, extract(epoch FROM clock_timestamp() - GREATEST(seen_at, done.last)), \
         EXISTS (SELECT FROM pg_catalog.pg_stat_activity a WHERE a.pid = runner_pid), key, \
         version, direction \
         FROM {schema}.backfill, LATERAL (\
         SELECT COALESCE(sum(it.batches), 0) AS batches, COALESCE(sum(it.rows), 0) AS rows, \
         COALESCE(sum(it.busy_ms), 0) AS busy_ms, max(it.seen_at) AS last FROM {schema}.backfill_range it \
         WHERE it.service = backfill.service AND it.job = backfill.job) done WHERE service = {} {more}",
        Literal(service)
    )
}

impl Job {
    /// The answer; `None` for a row that no version of Limosa writes.
    pub(crate) fn decode(row: &[Option<String>]) -> Option<Self> {
        let text = |index: usize| row.get(index).and_then(Option::as_deref);
        let seconds = |index: usize| text(index)?.parse::<f64>().ok().map(|seconds| seconds.max(0.0));
        Some(Self {
            number: text(0)?.parse().ok()?,
            relation: text(1)?.to_owned(),
            relation_oid: text(2)?.parse().ok()?,
            definition: BackfillDefinition::from_json(text(3)?),
            state: JobState::ALL.iter().find(|(_, word)| Some(*word) == text(4))?.0,
            batches: text(5)?.parse().ok()?,
            rows: text(6)?.parse().ok()?,
            expected: text(7)?.parse().ok()?,
            busy: Duration::try_from_secs_f64(seconds(8)? / 1e3).ok()?,
            error: text(9).map(str::to_owned),
            actor: text(10)?.to_owned(),
            runner: text(11)?.to_owned(),
            seen: Duration::try_from_secs_f64(seconds(12)?).ok()?,
            is_attended: text(13)? == "t",
            key: text(14).map(str::to_owned),
            migration: match (text(15), text(16)) {
                (Some(version), Some("up")) => Some((version, Direction::Up)),
                (Some(version), Some("down")) => Some((version, Direction::Down)),
                _ => None,
            }
            .map(|(version, direction)| JobMigration { version: version.to_owned(), direction }),
        })
    }

    /// What the event log keeps of it when it comes to a state.
    pub(crate) fn detail(&self, state: &str, error: Option<&str>) -> String {
        let detail = serde_json::json!({
            "job": self.number,
            "table": self.relation,
            "state": state,
            "rows": self.rows,
            "error": error,
        });
        detail.to_string()
    }

    /// Whether it can go on.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.state, JobState::Running | JobState::Paused | JobState::Failed)
    }

    /// Whether somebody else is at it: their process is there, and wrote the row not long ago. Behind a pooler the
    /// process stays when its client is gone.
    pub(crate) fn is_busy(&self) -> bool {
        self.state == JobState::Running && self.is_attended && self.seen < SILENCE
    }
}

/// A runner that wrote nothing for so long is taken for gone.
const SILENCE: Duration = Duration::from_secs(30);
/// A runner that has nothing else to write says so often that it is there.
pub(crate) const HEARTBEAT: Duration = Duration::from_secs(5);
