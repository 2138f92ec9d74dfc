//! Queries asked before and after each migration, in a shadow.

use limosa_postgres::{Session, Shadow};
use limosa_project::{Consumer, Migration, MigrationSet, SumState, Version};
use serde::{Deserialize, Serialize};

use super::describe::{Answered, describe_consumers};
use crate::desired::{Answers, DesiredError, Question, Replay, make_role, run_up};
use crate::event::Silent;
use crate::online::{FinishOptions, contract};
use crate::prepare::{Backfills, prepare};
use crate::stop::StopSignal;
use crate::target::Target;
use crate::up::Extent;

/// A state of the schema in which applications may run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// Before anything that is pending.
    Before,
    /// After this migration.
    After {
        /// Its version.
        version: String,
        /// Its name.
        name: String,
        /// Its file, relative to the project.
        path: String,
    },
    /// While clients of the old and the new version work: behind this migration, which is run online, and before its
    /// contract.
    Expanded {
        /// Its version.
        version: String,
        /// Its name.
        name: String,
        /// Its file, relative to the project.
        path: String,
    },
    /// After the contract of this migration.
    Contracted {
        /// Its version.
        version: String,
        /// Its name.
        name: String,
        /// Its file, relative to the project.
        path: String,
    },
    /// After all migrations and repeatable objects.
    End,
}

/// Where the database stands that applications are at work with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Present {
    /// The migrations that are yet to be applied.
    pub pending: Vec<Version>,
    /// The applied ones that wait for their contract: clients of the old and the new version are at work.
    pub open: Vec<Version>,
}

/// What was answered in one phase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// When.
    pub phase: Phase,
    /// In the order of the consumers and their queries.
    pub answers: Vec<Answered>,
}

/// What was answered from phase to phase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsumerWalk {
    /// Whether it begins with what is in effect where the applications run. If not, it begins with an empty database,
    /// and only its end is a state in which they ever ran.
    pub from_present: bool,
    /// In their order; never empty.
    pub phases: Vec<Seen>,
}

/// Asks the queries of applications before the pending migrations, after each of them, and at the end; where online
/// changes are open, while both versions work, and after their contract. Where nobody knows where the database stands,
/// they are asked at the end alone, and if one is refused there, after each migration, so that it can be said which one
/// is the reason. Nothing is run that was answered before for the same texts.
///
/// # Errors
/// A migration that does not run, or a shadow that cannot be had.
pub async fn walk_consumers(
    shadow: &mut Shadow,
    set: &MigrationSet,
    replay: &Replay<'_>,
    consumers: &[Consumer],
    present: Option<&Present>,
    known: &Answers,
    stop: &StopSignal,
) -> Result<ConsumerWalk, DesiredError> {
    let question = question(shadow, set, replay, consumers, present);
    if let Some(walk) = known.answer(&question).and_then(|answer| serde_json::from_str(&answer).ok()) {
        return Ok(walk);
    }
    let mut walking = Walking { shadow, set, replay, consumers, stop };
    let walk = match present {
        Some(present) => ConsumerWalk { from_present: true, phases: walking.walk(present).await? },
        None => {
            let end = walking.end().await?;
            let refused = end.answers.iter().any(|answer| matches!(answer, Answered::Refused(_)));
            let phases = if refused { walking.walk(&Present::nothing_applied(set)).await? } else { vec![end] };
            ConsumerWalk { from_present: false, phases }
        }
    };
    if let Ok(answer) = serde_json::to_string(&walk) {
        known.keep(&question, &answer);
    }
    Ok(walk)
}

fn question(
    shadow: &Shadow,
    set: &MigrationSet,
    replay: &Replay<'_>,
    consumers: &[Consumer],
    present: Option<&Present>,
) -> Question {
    let mut question = replay.question_about_set(shadow, "consumers 4", set);
    question = match present {
        None => question.and("unknown"),
        Some(Present { pending, open }) => {
            let question = pending.iter().fold(question.and("pending"), |question, it| question.and(it.as_str()));
            open.iter().fold(question.and("open"), |question, it| question.and(it.as_str()))
        }
    };
    for consumer in consumers {
        let terms = format!("{:?} {:?} {:?}", consumer.role, consumer.search_path, consumer.version);
        question = question.and("consumer").and(&terms);
        question = consumer.queries.iter().fold(question, |question, query| question.and(&query.numbered.sql));
    }
    question
}

impl Present {
    /// A database to which nothing of the set has been applied.
    #[must_use]
    pub fn nothing_applied(set: &MigrationSet) -> Self {
        Self { pending: set.migrations.iter().map(|it| it.version.clone()).collect(), open: Vec::new() }
    }
}

/// What phases are named after: a migration's version, its name and its file.
struct Of(Version, String, String);

impl Of {
    fn this(migration: &Migration) -> Self {
        Self(migration.version.clone(), migration.name.to_string(), migration.up.source.path.clone())
    }

    fn after(&self) -> Phase {
        Phase::After { version: self.0.to_string(), name: self.1.clone(), path: self.2.clone() }
    }

    fn expanded(&self) -> Phase {
        Phase::Expanded { version: self.0.to_string(), name: self.1.clone(), path: self.2.clone() }
    }

    fn contracted(&self) -> Phase {
        Phase::Contracted { version: self.0.to_string(), name: self.1.clone(), path: self.2.clone() }
    }
}

/// Whether clients work while it is run.
fn is_online(migration: &Migration) -> bool {
    prepare(&migration.up, migration.transaction, Backfills::InBatches).is_ok_and(|prepared| prepared.online)
}

/// A walk through a shadow.
struct Walking<'a> {
    shadow: &'a mut Shadow,
    set: &'a MigrationSet,
    replay: &'a Replay<'a>,
    consumers: &'a [Consumer],
    stop: &'a StopSignal,
}

impl Walking<'_> {
    async fn target(&mut self) -> Result<Target, DesiredError> {
        let settings = self.shadow.database().await?;
        Ok(self.replay.target(settings, self.shadow.takes_one_connection()))
    }

    /// Goes from where the database stands to the end.
    async fn walk(&mut self, present: &Present) -> Result<Vec<Seen>, DesiredError> {
        let target = self.target().await?;
        let in_use = Target { backfills: Backfills::InBatches, ..target.clone() };
        // Files that are not there yet are none that are missing.
        let mut here = MigrationSet { migrations: Vec::new(), sum: SumState::Absent, ..self.set.clone() };
        let (pending, applied): (Vec<_>, Vec<_>) =
            self.set.migrations.iter().cloned().partition(|migration| present.pending.contains(&migration.version));
        let mut phases = Vec::new();
        let mut last = None;
        for migration in applied {
            if !present.open.contains(&migration.version) {
                last = Some(migration.version.clone());
                here.migrations.push(migration);
                continue;
            }
            if let Some(last) = last.take() {
                self.up(&target, &here, Extent::To(last)).await?;
            }
            let of = Of::this(&migration);
            here.migrations.push(migration);
            self.up(&in_use, &here, Extent::To(of.0.clone())).await?;
            phases.push(self.ask(&target, of.expanded()).await?);
        }
        if let Some(last) = last {
            self.up(&target, &here, Extent::To(last)).await?;
        }
        // Repeatable objects may need what is pending; then they are as far as they get.
        let _ = self.up(&target, &here, Extent::All).await;
        match phases.last_mut() {
            // What came behind it belongs to the present as well.
            Some(now) => *now = self.ask(&target, now.phase.clone()).await?,
            None => phases.push(self.ask(&target, Phase::Before).await?),
        }
        // The contract of one may have to come before that of another: it is asked when all are done.
        if let Some(newest) = present.open.iter().filter_map(|version| here.find(version)).next_back().map(Of::this) {
            self.contract(&in_use).await?;
            phases.push(self.ask(&target, newest.contracted()).await?);
        }
        for migration in pending {
            let of = Of::this(&migration);
            let is_online = is_online(&migration);
            let at = here.migrations.partition_point(|other| other.version < migration.version);
            here.migrations.insert(at, migration);
            let extent = Extent::To(of.0.clone());
            if !is_online {
                self.up(&target, &here, extent).await?;
                phases.push(self.ask(&target, of.after()).await?);
                continue;
            }
            self.up(&in_use, &here, extent).await?;
            phases.push(self.ask(&target, of.expanded()).await?);
            self.contract(&in_use).await?;
            phases.push(self.ask(&target, of.contracted()).await?);
        }
        if !self.set.repeatables.is_empty() {
            self.up(&target, &here, Extent::All).await?;
            phases.push(self.ask(&target, Phase::End).await?);
        }
        Ok(phases)
    }

    /// Goes to the end at once.
    async fn end(&mut self) -> Result<Seen, DesiredError> {
        let target = self.target().await?;
        let here = MigrationSet { sum: SumState::Absent, ..self.set.clone() };
        self.up(&target, &here, Extent::All).await?;
        self.ask(&target, Phase::End).await
    }

    async fn up(&self, target: &Target, set: &MigrationSet, extent: Extent) -> Result<(), DesiredError> {
        run_up(target, set, self.replay, extent, self.stop).await
    }

    /// Takes the old version away, where anything of it waits for that.
    async fn contract(&self, target: &Target) -> Result<(), DesiredError> {
        let options = FinishOptions::in_shadow(None, self.replay.values);
        let ended = contract(target, &options, &mut Silent, self.stop).await;
        let wrong = |error| DesiredError::Replay(Box::new(error));
        ended.map(drop).map_err(wrong)
    }

    async fn ask(&self, target: &Target, phase: Phase) -> Result<Seen, DesiredError> {
        let session = Session::connect(&target.settings).await?;
        for role in self.consumers.iter().filter_map(|consumer| consumer.role.as_ref()) {
            // Roles belong to the server, which may have this one already.
            let _ = make_role(&session, role).await;
        }
        let answers = describe_consumers(
            &session,
            self.consumers,
            target.search_path.as_deref(),
            &target.coexistence.version_schema,
        )
        .await;
        session.close().await;
        Ok(Seen { phase, answers: answers? })
    }
}
