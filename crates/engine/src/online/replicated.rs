//! Who is in the way of a change since a table is replicated: to somebody who would receive what there is no place for,
//! or from somebody who would go on sending what there was.

use limosa_plan::{Growth, OnlineCheck};
use limosa_postgres::{Session, Type};
use limosa_syntax::Diagnostic;

use super::growth::Room;
use crate::backfill::Desk;
use crate::bytes::bytes_for_people;
use crate::run_error::RunError;

/// Slots that lose WAL before they have read it, where so many bytes are written ($1); and those that nobody reads.
const LAGGING_SQL: &str = include_str!("lagging.sql");

/// Asks each question, and gives a finding for each that finds somebody.
///
/// # Errors
/// What the server says.
pub(super) async fn found(desk: &Desk<'_>, checks: &[OnlineCheck], subject: &str) -> Result<Vec<Diagnostic>, RunError> {
    let mut problems = Vec::new();
    for check in checks {
        let rows = desk.ask(&check.query).await?;
        let Some(who) = rows.into_iter().next().and_then(|row| row.into_iter().next().flatten()) else { continue };
        let problem = Diagnostic::error("replicated", format!("{subject}: {}", check.found));
        // Two statements about one table find the same.
        let problem = problem.with_note(who).with_help(check.help.clone());
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }
    Ok(problems)
}

/// What the WAL of a change means for slots: a finding where one of them would be lost, and what is worth knowing.
///
/// # Errors
/// What the server says.
pub(super) async fn lagging(
    session: &Session,
    room: Room,
    growth: &[Growth],
    subject: &str,
) -> Result<(Vec<Diagnostic>, Vec<String>), RunError> {
    let (mut lost, mut remarks) = (Vec::new(), Vec::new());
    if growth.is_empty() {
        return Ok((lost, remarks));
    }
    let bytes = i64::try_from(room.bytes()).unwrap_or(i64::MAX);
    for row in session.query(LAGGING_SQL, &[(&bytes, Type::INT8)]).await? {
        let (slot, behind, safe): (String, String, Option<String>) = (row.get(0), row.get(1), row.get(2));
        match safe {
            Some(safe) => lost.push(
                Diagnostic::error(
                    "replicated",
                    format!(
                        "{subject}: it writes about {} of WAL, and the server keeps {safe} more for slot {slot}, which \
                         would be lost",
                        bytes_for_people(room.bytes())
                    ),
                )
                .with_note(format!("the slot is {behind} behind"))
                .with_help(
                    "let its consumer catch up, or raise `max_slot_wal_keep_size`; or say `-- limosa: allow \
                     replicated` at the head of the file",
                ),
            ),
            None => remarks.push(format!(
                "nobody reads slot {slot}, which is {behind} behind: the server keeps all that this writes until \
                 somebody does"
            )),
        }
    }
    Ok((lost, remarks))
}
