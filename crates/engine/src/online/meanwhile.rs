//! What was made, said and dropped by hand while both versions lived, and what a contract would make of it.

use limosa_catalog::Rename;
use limosa_plan::lost_with_names;
use limosa_syntax::Diagnostic;

use super::expand::own_names;
use super::followed::{catalog, hanging};
use super::order::made_by_others;
use super::record::OnlineRecord;
use crate::executor::Executor;
use crate::run_error::RunError;
use crate::server_words::code;

/// Refuses to let something go on which something has come to hang since, or was said otherwise: it would be lost. And
/// to make again what was dropped since.
///
/// # Errors
/// What is not as the change found it, as a finding; what the server says.
pub(super) async fn as_it_was_found(
    executor: &Executor<'_>,
    record: &OnlineRecord,
    others: &[OnlineRecord],
) -> Result<(), RunError> {
    let terms = &record.terms;
    let is_renamed = !record.is_versioned() && !terms.renames.is_empty();
    if terms.watched.is_empty() && terms.reshaped.is_empty() && !is_renamed {
        return Ok(());
    }
    let catalog = catalog(executor).await?;
    let renames: Vec<Rename> = terms.renames.iter().filter_map(|rename| rename.read().ok()).collect();
    let lost = if is_renamed { lost_with_names(&catalog, &renames, &record.contract) } else { Vec::new() };
    let now = hanging(executor, catalog, record, others);
    let before = |object: &String| terms.reliance.get(object);
    let new: Vec<&String> = now.keys().filter(|object| before(object).is_none()).collect();
    made_by_others(record, others, &new, |id| own_names(executor.schema, id))?;
    let made = now.keys().filter(|object| before(object).is_none()).chain(&lost).map(|it| format!("made since: {it}"));
    let is_other = |(object, hash): &(&String, &String)| before(object).is_some_and(|before| before != *hash);
    let changed = now.iter().filter(is_other).map(|(object, _)| as_it_was(record, "changed", object));
    let others: Vec<String> = made.chain(changed).collect();
    let gone = terms.needed.iter().flatten().filter(|(object, _)| !now.contains_key(*object));
    let gone: Vec<String> = gone.map(|(object, _)| as_it_was(record, "gone", object)).collect();
    let mut help = Vec::new();
    let what = match others.is_empty() {
        true if gone.is_empty() => return Ok(()),
        true => "something was dropped since that would come back, or that the contract needs",
        false => {
            help.push("drop what was made and put back what was changed, and do both again behind the contract");
            "something was made or changed since that would go with the old version"
        }
    };
    if !gone.is_empty() {
        help.push("make again what is gone, and drop it behind the contract");
    }
    let problem = Diagnostic::error("came-to-hang", format!("{}: {what}", record.version));
    let problem = others.into_iter().chain(gone).fold(problem, Diagnostic::with_note);
    let help = format!("{}; or take the change back with `limosa abort {}`", help.join("; "), record.version);
    Err(RunError::Refused(Box::new(problem.with_help(help))))
}

/// An object that is not as it was, and the statements that made it so, where they are on record.
fn as_it_was(record: &OnlineRecord, what: &str, object: &str) -> String {
    let again = record.terms.needed.as_ref().and_then(|needed| needed.get(object)).filter(|again| !again.is_empty());
    let was = again.map(|again| format!("; it was `{again}`")).unwrap_or_default();
    format!("{what} since: {object}{was}")
}

/// What keeps an abort from taking away what the change has made: what others have made of it since. The abort is one
/// transaction, of which nothing is in effect.
pub(super) fn held_by_others(error: RunError, record: &OnlineRecord) -> RunError {
    let RunError::Statement(failure) = error else { return error };
    // Dependent objects still exist.
    if code(&failure.error) != Some("2BP01") {
        return RunError::Statement(failure);
    }
    let version = &record.version;
    let problem = Diagnostic::error(
        "came-to-hang",
        format!("{version} cannot be aborted: something was made since that rests on what it made"),
    );
    let held = failure.detail.iter().flat_map(|lines| lines.lines());
    let problem = held.fold(problem, |problem, line| problem.with_note(line.to_owned()));
    RunError::Refused(Box::new(problem.with_help(format!(
        "take that away before, with the migration that made it (`limosa down`) or by hand; or let the change come to \
         its end: `limosa contract {version}`"
    ))))
}

/// Why the server did not take a statement of a contract, where it speaks of something that is not as it was.
pub(super) fn explained(error: RunError, record: &OnlineRecord) -> RunError {
    let RunError::Statement(mut failure) = error else { return error };
    let version = &record.version;
    let why = match code(&failure.error) {
        // Undefined: table, column, object, function, schema.
        Some("42P01" | "42703" | "42704" | "42883" | "3F000") => Some(format!(
            "somebody dropped it, or gave it another name, since the change began: bring it back, or take the change \
             back with `limosa abort {version}`"
        )),
        // Dependent objects still exist.
        Some("2BP01") => Some(format!(
            "somebody made what rests on it since the change began: drop that, and make it again behind the contract; \
             or take the change back with `limosa abort {version}`"
        )),
        _ => None,
    };
    failure.hint = why.or(failure.hint);
    RunError::Statement(failure)
}
