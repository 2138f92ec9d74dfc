//! The plan document: what `up` would run, in a versioned form of its own.

mod approved;
mod backfill;
mod locks;
mod traced;

use serde::Serialize;

pub use approved::{ApprovedExtent, ApprovedMigration, ApprovedPlan, ApprovedTarget, PlanFileError};
pub use backfill::PlannedBackfill;
pub use locks::{PlannedDuration, PlannedHazard, PlannedLock, RelationSize, RelationSizes};
pub use traced::PlannedTrace;

use crate::lock::StatementLocks;
use crate::{Execution, HazardKind, Losing, Stage, Waiting};

/// What one run would do, on all its targets.
#[derive(Debug, Serialize)]
pub struct PlanDocument {
    /// The version of this format. Readers refuse what they do not know.
    pub format: u32,
    /// The environment.
    pub environment: String,
    /// Whether late migrations are applied: `linear` or `any`.
    pub order: &'static str,
    /// Where the run is to stop.
    pub extent: ApprovedExtent,
    /// One entry for each target, in the order in which they would be migrated.
    pub targets: Vec<PlannedTarget>,
}

impl PlanDocument {
    /// The format that this build writes.
    pub const FORMAT: u32 = 2;

    /// The document as JSON, with a digest of all of it at its end, so that one that was changed by hand is told from
    /// one that was written.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        // Nothing in it can fail to be JSON.
        let mut json = serde_json::to_value(self).unwrap_or_default();
        let digest = approved::digest(&json);
        if let Some(fields) = json.as_object_mut() {
            fields.insert(approved::DIGEST.to_owned(), digest.into());
        }
        json
    }
}

/// What would be run on one target.
#[derive(Debug, Serialize)]
pub struct PlannedTarget {
    /// The service.
    pub service: String,
    /// The database as people name it, without a password.
    pub database: String,
    /// The hash of the newest event of the history; empty where there is none.
    pub history: String,
    /// The fingerprint of the schema that was there; `None` where the database is yet to be made.
    pub catalog: Option<String>,
    /// What would be applied, in order.
    pub migrations: Vec<PlannedMigration>,
}

/// One migration that would be applied.
#[derive(Debug, Serialize)]
pub struct PlannedMigration {
    /// Its version.
    pub version: String,
    /// Its name.
    pub name: String,
    /// The file, relative to the project.
    pub path: String,
    /// `versioned` or `repeatable`.
    pub kind: &'static str,
    /// The checksum of its up script.
    pub checksum: String,
    /// Whether it commits as a whole, together with its record.
    pub one_transaction: bool,
    /// How many queries verify it when its statements are done.
    #[serde(skip_serializing_if = "is_none")]
    pub verify: usize,
    /// Its statements; those that it comes to where it is run online.
    pub statements: Vec<PlannedStatement>,
    /// What is run right before that, where it takes its time: in transactions of its own, with nobody held up.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ready: Vec<PlannedStatement>,
    /// What is run when nobody needs the old version any more, where it is run online.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contract: Vec<PlannedStatement>,
    /// Whether old and new clients are to work while it runs.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub online: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_none(verify: &usize) -> bool {
    *verify == 0
}

/// One statement.
#[derive(Debug, Serialize)]
pub struct PlannedStatement {
    /// The line it begins on, counted from 1.
    pub line: usize,
    /// What people call it.
    pub tag: String,
    /// The main object, where the text names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Its text in one line, without comments; at most 200 characters.
    pub summary: String,
    /// How its locks are waited for: `briefly`, `patiently` or `never`.
    pub waits: &'static str,
    /// Why it runs outside a transaction, where it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alone: Option<String>,
    /// How it is run in batches, where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backfill: Option<PlannedBackfill>,
    /// What it locks, the strongest first. In a transaction each lock is held until the end of it.
    pub locks: Vec<PlannedLock>,
    /// Relations that it may lock besides and that could not be named: `partitions`, `referenced` ….
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unnamed: Vec<&'static str>,
    /// Whether it may do more than was recognised: its text does not show what it does.
    pub more: bool,
    /// How many hours what it drops is kept, where its file says that it is set aside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept_hours: Option<u64>,
    /// What it risks.
    pub hazards: Vec<PlannedHazard>,
    /// How long the work under its locks may take, where rows are read or written and sizes are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<PlannedDuration>,
    /// What an earlier trace saw of it, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub traced: Option<PlannedTrace>,
    /// Its text, as it stands in the file.
    pub sql: String,
}

impl PlannedStatement {
    const SUMMARY_CHARACTERS: usize = 200;

    /// The statements of an execution, with their lines and texts, and with their locks in the same order.
    #[must_use]
    pub fn of(execution: &Execution, text: &str, locks: &[StatementLocks], sizes: &RelationSizes) -> Vec<Self> {
        let lines = limosa_syntax::LineIndex::new(text);
        let planned = |step: &crate::Step, alone: Option<&String>| Self {
            line: lines.locate(text, step.span.start).line,
            tag: step.tag.clone(),
            object: step.object.clone(),
            summary: limosa_syntax::summarize(step.span.of(text), Self::SUMMARY_CHARACTERS),
            waits: match step.waiting {
                Waiting::Briefly => "briefly",
                Waiting::Patiently => "patiently",
                Waiting::Never => "never",
            },
            alone: alone.cloned(),
            backfill: None,
            locks: Vec::new(),
            unnamed: Vec::new(),
            more: false,
            kept_hours: step.losing.as_ref().and_then(Losing::keep).map(|keep| keep.as_secs() / 3_600),
            hazards: Vec::new(),
            duration: None,
            traced: None,
            sql: step.span.of(text).to_owned(),
        };
        let mut statements: Vec<Self> = match execution {
            Execution::Whole { steps, .. } => steps.iter().map(|step| planned(step, None)).collect(),
            Execution::Staged(stages) => stages
                .iter()
                .flat_map(|stage| match stage {
                    Stage::Transaction { steps, .. } => {
                        steps.iter().map(|step| planned(step, None)).collect::<Vec<_>>()
                    }
                    Stage::Alone { step, reason } => vec![planned(step, Some(reason))],
                    Stage::Backfill(backfill) => {
                        let batches = Some(PlannedBackfill::of(backfill));
                        vec![Self { backfill: batches, ..planned(&backfill.step, None) }]
                    }
                })
                .collect(),
        };
        for (statement, found) in statements.iter_mut().zip(locks) {
            statement.locks = found.locks.iter().map(|lock| PlannedLock::of(lock, sizes)).collect();
            statement.unnamed = found.unnamed.iter().map(|part| part.name()).collect();
            statement.more = found.more;
            statement.hazards = PlannedHazard::of(found);
            if statement.kept_hours.is_some() {
                statement.hazards.retain(|hazard| hazard.name != HazardKind::DeletesData.name());
            }
            statement.duration = PlannedDuration::of(found, sizes);
        }
        statements
    }
}
