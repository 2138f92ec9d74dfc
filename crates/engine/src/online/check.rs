//! Asking whether what must be so is so.

use limosa_plan::OnlineCheck;
use limosa_syntax::Diagnostic;

use crate::backfill::Desk;
use crate::executor::Executor;
use crate::run_error::RunError;

/// Asks each question, and tells all that is wrong together.
///
/// # Errors
/// What was found; a connection that is lost.
pub(super) async fn hold(executor: &Executor<'_>, checks: &[OnlineCheck], subject: &str) -> Result<(), RunError> {
    let desk = Desk::under(executor.worker, &executor.surroundings, None);
    let mut problems = Vec::new();
    for check in checks {
        let problem = match desk.ask(&check.query).await {
            Ok(rows) => rows.first().map(|row| {
                let example = row.first().and_then(|value| value.as_deref());
                let note = example.map(|example| format!("such as {}", short(example)));
                note.into_iter().fold(found(subject, &check.found), Diagnostic::with_note)
            }),
            Err(error) if error.is_connection_lost() => return Err(error.into()),
            // The expressions of the migration are the server's to judge.
            Err(error) => Some(
                found(subject, "an expression fails")
                    .with_note(error.to_string())
                    .with_note(format!("asked was: {}", check.query)),
            ),
        };
        problems.extend(problem.map(|problem| problem.with_help(check.help.clone())));
    }
    if problems.is_empty() { Ok(()) } else { Err(RunError::Problems(problems)) }
}

fn found(subject: &str, what: &str) -> Diagnostic {
    Diagnostic::error("not-online-yet", format!("{subject}: {what}"))
}

/// A value as it is shown.
fn short(value: &str) -> String {
    const LONGEST: usize = 60;
    match value.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}
