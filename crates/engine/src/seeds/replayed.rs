//! Seeds against what migrations lead to, in a shadow: they run, and a second time they change nothing.

use std::time::Duration;

use limosa_postgres::Shadow;
use limosa_project::{MigrationSet, Seed};
use limosa_syntax::Diagnostic;

use super::{Deletes, SeedCounts, SeedError, SeedOptions, SeedOutcome, SeedRun, seed};
use crate::desired::{Answers, DesiredError, Question, Replay, run_up};
use crate::event::Silent;
use crate::executor::Lookup;
use crate::stop::stop_switch;

/// The answer that is kept: only that all is well, since what is not has to be shown.
const REPEATABLE: &str = "repeatable";

/// Why seeds could not be judged.
#[derive(Debug, thiserror::Error)]
pub enum SeedCheckError {
    /// The migrations do not run, or there is no shadow.
    #[error(transparent)]
    Shadow(#[from] DesiredError),
    /// The seeds could not be run at all.
    #[error(transparent)]
    Seed(SeedError),
}

impl<'a> SeedOptions<'a> {
    /// All of them, in a shadow: there is nobody to wait for, and nobody's row to spare.
    pub(crate) fn in_shadow(values: &'a Lookup<'a>) -> Self {
        Self {
            run: SeedRun::Write,
            force: true,
            deletes: Deletes::Allowed,
            actor: "shadow",
            wait: Duration::from_secs(60),
            values,
            elsewhere: &[],
        }
    }
}

/// The question with the rows that seeds make.
pub(crate) fn of_seeds(mut question: Question, seeds: &[Seed], values: &Lookup<'_>) -> Question {
    for seed in seeds {
        question = question.and(seed.name.as_str()).and(&format!("{:?}", seed.number)).and(&seed.checksum.to_string());
        for name in &seed.variables {
            question = question.and(name).and(&values(&format!("env:{name}")).unwrap_or_default());
        }
    }
    question
}

/// Replays the migrations in a new shadow database and runs the seeds there twice. Gives what is wrong with the files,
/// and which seeds change rows the second time. Where all was well before, with the same texts, nothing is run.
///
/// # Errors
/// See [`SeedCheckError`].
pub async fn check_seeds(
    shadow: &mut Shadow,
    set: &MigrationSet,
    replay: &Replay<'_>,
    seeds: &[Seed],
    known: &Answers,
) -> Result<Vec<Diagnostic>, SeedCheckError> {
    if seeds.is_empty() {
        return Ok(Vec::new());
    }
    let question = of_seeds(replay.question_about_set(shadow, "seeds", set), seeds, replay.values);
    if known.answer(&question).as_deref() == Some(REPEATABLE) {
        return Ok(Vec::new());
    }
    let settings = shadow.database().await.map_err(DesiredError::from)?;
    let target = replay.target(settings, shadow.takes_one_connection());
    let (_switch, stop) = stop_switch();
    run_up(&target, set, replay, replay.extent.clone(), &stop).await?;
    let mut again = Vec::new();
    for force in [false, true] {
        let options = SeedOptions { force, ..SeedOptions::in_shadow(replay.values) };
        match seed(&target, seeds, &|_| true, &options, &mut Silent, &stop).await {
            Ok(report) => again = report.seeds,
            Err(SeedError::Findings(findings)) => return Ok(findings),
            Err(error) => return Err(SeedCheckError::Seed(error)),
        }
    }
    let findings: Vec<Diagnostic> = again.iter().filter_map(|outcome| not_repeatable(outcome, seeds)).collect();
    if findings.is_empty() {
        known.keep(&question, REPEATABLE);
    }
    Ok(findings)
}

fn not_repeatable(outcome: &SeedOutcome, seeds: &[Seed]) -> Option<Diagnostic> {
    let SeedCounts { inserted, updated, deleted } = outcome.counts.filter(|counts| !counts.is_none())?;
    let message = format!(
        "run a second time, `{}` still changes rows: {inserted} inserted, {updated} updated, {deleted} deleted",
        outcome.name
    );
    let error = Diagnostic::error("seed-not-repeatable", message);
    let source = seeds.iter().find(|seed| seed.name.as_str() == outcome.name).map(|seed| &seed.source);
    let error = match source {
        Some(source) => error.in_file(source),
        None => error,
    };
    Some(error.with_help(match outcome.table {
        None => "let it write only what is not there: `ON CONFLICT DO NOTHING`, `WHERE NOT EXISTS (…)`",
        Some(_) => "a trigger, or another seed, changes what this one writes",
    }))
}
