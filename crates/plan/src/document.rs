//! The plan document: what `up` would run, in a versioned form of its own.

use serde::Serialize;

use crate::{Execution, Stage, Waiting};

/// What one run would do, on all its targets.
#[derive(Debug, Serialize)]
pub struct PlanDocument {
    /// The version of this format. Readers refuse what they do not know.
    pub format: u32,
    /// One entry for each target, in the order in which they would be migrated.
    pub targets: Vec<PlannedTarget>,
}

impl PlanDocument {
    /// The format that this build writes.
    pub const FORMAT: u32 = 1;

    /// A document of the current format.
    #[must_use]
    pub fn new(targets: Vec<PlannedTarget>) -> Self {
        Self { format: Self::FORMAT, targets }
    }
}

/// What would be run on one target.
#[derive(Debug, Serialize)]
pub struct PlannedTarget {
    /// The service.
    pub service: String,
    /// The database as people name it, without a password.
    pub database: String,
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
    /// Whether it commits as a whole, together with its record.
    pub one_transaction: bool,
    /// Its statements.
    pub statements: Vec<PlannedStatement>,
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
    /// Its text, as it stands in the file.
    pub sql: String,
}

impl PlannedStatement {
    const SUMMARY_CHARACTERS: usize = 200;

    /// The statements of an execution, with their lines and texts.
    #[must_use]
    pub fn of(execution: &Execution, text: &str) -> Vec<Self> {
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
            sql: step.span.of(text).to_owned(),
        };
        match execution {
            Execution::Whole { steps, .. } => steps.iter().map(|step| planned(step, None)).collect(),
            Execution::Staged(stages) => stages
                .iter()
                .flat_map(|stage| match stage {
                    Stage::Transaction { steps, .. } => {
                        steps.iter().map(|step| planned(step, None)).collect::<Vec<_>>()
                    }
                    Stage::Alone { step, reason } => vec![planned(step, Some(reason))],
                })
                .collect(),
        }
    }
}
