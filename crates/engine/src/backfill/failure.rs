//! A statement of a migration whose batches ended early.

use std::sync::Arc;

use limosa_syntax::{Diagnostic, LineIndex, SourceFile, Span};

use super::error::BackfillError;
use super::job::JobState;
use crate::event::Direction;
use crate::run_error::{Ending, InEffect};
use crate::server_words::code;

/// A statement of a migration whose batches ended early.
#[derive(Debug)]
pub struct BackfillFailure {
    /// The version of the migration.
    pub version: String,
    /// Its name.
    pub name: String,
    /// Whether it was being applied or reverted.
    pub direction: Direction,
    /// The file.
    pub source: Arc<SourceFile>,
    /// The statement.
    pub span: Span,
    /// What people call it: `UPDATE`.
    pub tag: String,
    /// Why.
    pub error: BackfillError,
    /// The same in words, with the values of placeholders taken out.
    pub masked: String,
    /// What of the migration is in effect.
    pub in_effect: InEffect,
}

impl BackfillFailure {
    /// Whether somebody wanted it to stop.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        matches!(self.error, BackfillError::TakenAway { .. })
    }

    pub(crate) fn ending(&self) -> Ending {
        match (self.error.ending(), self.in_effect) {
            (Ending::Error, InEffect::Stages { .. }) => Ending::Resumable,
            (ending, _) => ending,
        }
    }

    /// What the event log keeps of it; `None` where it is no failure.
    pub(crate) fn history_detail(&self) -> Option<String> {
        let sqlstate = match &self.error {
            BackfillError::Batch { error, .. } | BackfillError::Refused { error } => code(error),
            BackfillError::TakenAway { .. } => return None,
            _ => None,
        };
        let line = LineIndex::new(&self.source.text).locate(&self.source.text, self.span.start).line;
        let detail = serde_json::json!({
            "file": self.source.path,
            "line": line,
            "statement": self.tag,
            "sqlstate": sqlstate,
            "message": self.masked,
        });
        Some(detail.to_string())
    }

    pub(crate) fn diagnostic(&self) -> Diagnostic {
        let verb = self.direction.word();
        let goes_on = format!("`limosa {verb}` goes on behind the last batch");
        let say = |code: &'static str| Diagnostic::error(code, self.masked.clone());
        let done = |rows: i64| format!("{rows} rows are done and stay so; the batch that failed was rolled back");
        let said = match &self.error {
            BackfillError::Batch { rows, row, can_skip, .. } => row
                .iter()
                .fold(say("batch-failed"), |said, row| said.with_note(format!("it is the row with {row}")))
                .with_note(done(*rows))
                .with_help(match can_skip {
                    true => format!(
                        "mend the row, and {goes_on}; `-- limosa: backfill on-error skip` leaves such rows as they are"
                    ),
                    false => format!("mend the row, and {goes_on}"),
                }),
            BackfillError::TakenAway { job } => {
                let said = Diagnostic::warning("job-taken-away", self.masked.clone())
                    .with_note(format!("{} rows are done and stay so", job.rows));
                match job.state {
                    JobState::Cancelled => said
                        .with_note("the migration is not finished")
                        .with_help(format!("`limosa {verb}` begins the statement anew, over all of its rows")),
                    _ => said.with_help(goes_on),
                }
            }
            BackfillError::NotFree { holders, .. } => {
                holders.iter().fold(say("rows-locked"), |said, who| said.with_note(who.clone())).with_help(goes_on)
            }
            BackfillError::Left { .. } => say("rows-left")
                .with_note("a trigger or a rule puts back what was changed, or a policy hides the rows")
                .with_help(format!("look at one of them; {goes_on}")),
            BackfillError::Edited { job, rows } => say("edited-backfill")
                .with_note(format!("what it was before changed {rows} rows, and would not change them again"))
                .with_help(format!(
                    "put the statement back; or `limosa backfill cancel {job}`, and the new one runs over all rows"
                )),
            BackfillError::NoOrder { .. } => say("no-order").with_help(
                "give the table a primary key, or the statement a `WHERE` that rows no longer meet when they are done",
            ),
            BackfillError::KeyChanges { .. } => {
                say("no-order").with_help("give the statement a `WHERE` that rows no longer meet when they are done")
            }
            BackfillError::OtherTable { job, .. } => {
                say("other-table").with_help(format!("`limosa backfill cancel {job}`, and `limosa {verb}` begins anew"))
            }
            other => {
                let first = other.diagnostics().into_iter().next();
                first.unwrap_or_else(|| say("backfill-failed"))
            }
        };
        let said = said.at(&self.source, self.span);
        match self.in_effect {
            InEffect::Stages { done, of } if !self.is_wanted() => {
                said.with_note(format!("{} {} is recorded as done up to stage {done} of {of}", self.version, self.name))
            }
            _ => said,
        }
    }
}
