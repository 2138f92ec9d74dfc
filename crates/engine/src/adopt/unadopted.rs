//! A database in which another tool has applied migrations, and of which nothing is on record here.

use std::collections::BTreeSet;

use limosa_postgres::{ServerError, Session};
use limosa_project::{FoundHistory, recognise_histories};
use limosa_syntax::Diagnostic;

use super::look::tables;
use crate::history::History;
use crate::run_error::RunError;
use crate::target::Target;

/// What a run does about a history of another tool that was not taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OldHistoryPolicy {
    /// It applies nothing: all migrations count as pending, those that are in effect as well.
    #[default]
    Refuse,
    /// It goes on, and does not look for one.
    Allow,
}

/// Refuses a first run where another tool has been before. Looks only where nothing is on record of the service yet:
/// one pass over the tables, and for each history a look at its first row.
///
/// # Errors
/// [`RunError::Refused`] with what to do; what the server says.
pub(crate) async fn refuse_unadopted(
    session: &Session,
    target: &Target,
    history: &History,
    policy: OldHistoryPolicy,
) -> Result<(), RunError> {
    if policy == OldHistoryPolicy::Allow || !history.rows.is_empty() {
        return Ok(());
    }
    let seen = tables(session, &target.history_schema).await?;
    let mut found = recognise_histories(&seen, &[], None).histories;
    if !found.is_empty() && history.format.is_some() {
        // Where services share a database, another one may have taken the history over.
        let taken = taken_over(session, target).await?;
        found.retain(|history| !taken.contains(&history.table.shown()));
    }
    let mut in_use = Vec::new();
    for history in found {
        if !history.table.readable || has_rows(session, &history).await? {
            in_use.push(history);
        }
    }
    match in_use.first() {
        None => Ok(()),
        Some(first) => Err(RunError::Refused(Box::new(refusal(target, first, &in_use)))),
    }
}

async fn taken_over(session: &Session, target: &Target) -> Result<BTreeSet<String>, ServerError> {
    let sql = format!(
        "SELECT DISTINCT detail::jsonb ->> 'table' FROM {}.event WHERE kind = 'adopt' AND detail IS NOT NULL",
        target.history_schema
    );
    let rows = target.history().query(session, &sql, &[]).await?;
    Ok(rows.iter().filter_map(|row| row.get::<_, Option<String>>(0)).collect())
}

async fn has_rows(session: &Session, history: &FoundHistory) -> Result<bool, ServerError> {
    let sql = format!("SELECT EXISTS (SELECT FROM {})", history.table.rows());
    let rows = session.query(&sql, &[]).await?;
    Ok(rows.first().is_some_and(|row| row.get(0)))
}

fn refusal(target: &Target, first: &FoundHistory, all: &[FoundHistory]) -> Diagnostic {
    let message =
        format!("{} is managed by {}, and nothing of it is on record here", target.database(), first.tool.title());
    let tables = all.iter().map(|history| format!("{} ({})", history.table.shown(), history.tool.title()));
    Diagnostic::error("old-history", message)
        .with_note(format!("it keeps its history in {}", tables.collect::<Vec<_>>().join(", ")))
        .with_note("`up` would run migrations again that are in effect")
        .with_help(
            "take it over with `limosa adopt`, which runs nothing again; where the two have nothing to do with each \
             other, `--allow old-history`",
        )
}
