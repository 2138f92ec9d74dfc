//! What takes time and goes with the old version is made beside it, before that goes: materialized views.

use limosa_project::{Script, TransactionMode};

use super::expand::tell;
use super::finish::job;
use super::record::OnlineRecord;
use crate::backfill::Desk;
use crate::executor::Executor;
use crate::prepare::{Backfills, prepare};
use crate::run_error::RunError;
use crate::target::Target;

/// Makes it, in the place of what an earlier try has left. Tells whether there was anything to make.
///
/// # Errors
/// Locks that are not to be had, and what the server says of rows: the old version is as it was, and what was made
/// already is made anew by the next try, or goes with an abort.
pub(super) async fn make_ready(
    executor: &mut Executor<'_>,
    target: &Target,
    record: &OnlineRecord,
    others: &[OnlineRecord],
    reason: Option<&str>,
) -> Result<bool, RunError> {
    clear_others(executor, record, others).await?;
    let ready = &record.terms.ready;
    if ready.transactions.is_empty() {
        return Ok(false);
    }
    if !ready.filled.is_empty() {
        tell(
            executor,
            &record.version,
            format!("made anew beside the old before it goes: {}", ready.filled.join(", ")),
        );
    }
    for transaction in &ready.transactions {
        // What it drops is what an earlier try has left.
        let mut text = "-- limosa: allow deletes-data\n".to_owned();
        transaction.iter().for_each(|statement| text.push_str(&format!("{statement};\n")));
        let script = Script::of_text(&format!("made ready for the contract of {}", record.version), &text);
        let prepared = prepare(&script, TransactionMode::Whole, Backfills::InBatches).map_err(RunError::Problems)?;
        let job = job(executor.service, target, record, (&script, &prepared), reason);
        executor.before_online(&job).await?;
    }
    Ok(true)
}

/// Takes away what other changes have made for a contract that did not come: it would hold on to columns that go.
///
/// # Errors
/// What the server says.
pub(super) async fn clear_others(
    executor: &Executor<'_>,
    record: &OnlineRecord,
    others: &[OnlineRecord],
) -> Result<(), RunError> {
    let others = others.iter().filter(|other| other.is_open() && other.id != record.id);
    let left: Vec<&str> = others.flat_map(|other| &other.terms.ready.left).map(String::as_str).collect();
    if !left.is_empty() {
        let quietly = "SET LOCAL client_min_messages = warning";
        let desk = Desk::under(executor.worker, &executor.surroundings, None);
        desk.ask(&format!("{quietly};\n{}", left.join(";\n"))).await?;
    }
    Ok(())
}
