//! Checks against what migrations lead to, in a shadow.

use std::time::Duration;

use limosa_postgres::Shadow;
use limosa_project::{CheckQuery, MigrationSet};

use super::outcome::{CheckOutcome, CheckVerdict};
use super::query::check_target;
use crate::desired::{Answers, DesiredError, Replay, run_up};
use crate::stop::stop_switch;

/// The answer that is kept: only that all is well, since what is not has to be shown with its rows.
const PASSED: &str = "passed";

/// Replays the migrations in a new shadow database and runs the checks there: that each can be run, and that it holds
/// of what the migrations themselves write. Where all passed before, with the same texts, nothing is run.
///
/// # Errors
/// A migration that does not run, or a shadow that cannot be had.
pub async fn check_replayed(
    shadow: &mut Shadow,
    set: &MigrationSet,
    replay: &Replay<'_>,
    checks: &[CheckQuery],
    timeout: Duration,
    known: &Answers,
) -> Result<Vec<CheckOutcome>, DesiredError> {
    if checks.is_empty() {
        return Ok(Vec::new());
    }
    let mut question = replay.question_about_set(shadow, "checks", set);
    for check in checks {
        question = question.and(check.span.of(&check.source.text));
    }
    if known.answer(&question).as_deref() == Some(PASSED) {
        let passed = |check: &CheckQuery| CheckOutcome {
            name: check.name.clone(),
            took: Duration::ZERO,
            verdict: CheckVerdict::Passed,
        };
        return Ok(checks.iter().map(passed).collect());
    }
    let settings = shadow.database().await?;
    let target = replay.target(settings, shadow.takes_one_connection());
    let (_switch, stop) = stop_switch();
    run_up(&target, set, replay, replay.extent.clone(), &stop).await?;
    let outcomes =
        check_target(&target, checks, timeout).await.map_err(|error| DesiredError::Replay(Box::new(error)))?;
    if outcomes.iter().all(|outcome| !outcome.is_failed()) {
        known.keep(&question, PASSED);
    }
    Ok(outcomes)
}
