//! Tries what an online change makes for its contract, and takes that back.

use limosa_plan::Trial;
use limosa_syntax::Diagnostic;

use crate::executor::Executor;
use crate::run_error::RunError;
use crate::server_words::code;

/// What the server says where a text does not fit the types of what it reads: no such function, operator or column, a
/// value that is none of the type, two types that do not go together, a column that is not grouped by, no operator
/// class for it, an expression of an index that is another each time. All else may be of the trial's own making.
const DOES_NOT_FIT: &[&str] = &["42883", "42703", "42803", "42804", "42846", "42704", "42P17", "42P22", "22P02"];

/// Nobody is to wait for it.
const LOCK_TIMEOUT: &str = "SET LOCAL lock_timeout = '1s'";

/// Gives what would fail; nothing where it could not be tried: contract finds that out.
///
/// # Errors
/// A connection that is lost.
pub(super) async fn tried(executor: &Executor<'_>, trial: &Trial) -> Result<Vec<Diagnostic>, RunError> {
    if trial.steps.is_empty() {
        return Ok(Vec::new());
    }
    let role = executor.surroundings.role.as_ref().map(|role| format!("SET LOCAL ROLE {role}"));
    let before: Vec<String> = ["BEGIN".to_owned(), LOCK_TIMEOUT.to_owned()].into_iter().chain(role).collect();
    let steps = trial.steps.iter().map(|step| step.sql.clone());
    let all: Vec<String> = before.iter().cloned().chain(steps).chain(["ROLLBACK".to_owned()]).collect();
    let Err(failure) = executor.worker.flight(&all.join(";\n")).await else { return Ok(Vec::new()) };
    if failure.error.is_connection_lost() {
        return Err(failure.error.into());
    }
    executor.worker.flight("ROLLBACK").await.map_err(|failure| failure.error)?;
    let step = failure.completed.checked_sub(before.len()).and_then(|at| trial.steps.get(at));
    let besides = step.map_or(&[][..], |step| step.besides);
    let is_of_it = code(&failure.error).is_some_and(|code| DOES_NOT_FIT.contains(&code) || besides.contains(&code));
    let problem = step.filter(|_| is_of_it).and_then(|step| step.problem.clone());
    Ok(problem.into_iter().map(|problem| problem.with_note(failure.error.to_string())).collect())
}
