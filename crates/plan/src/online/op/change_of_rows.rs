//! A change of rows: in batches where it says so, and at once otherwise.

use limosa_syntax::Command;

use super::super::phases::{OnlineStep, Phases};
use super::super::refusal::Refusal;
use super::super::situation::{Situation, Work};
use super::given::summary;

pub(super) fn phases(_: &Situation<'_>, work: &Work<'_>) -> Option<Result<Phases, Refusal>> {
    let changes = matches!(work.command, Command::Change { .. } | Command::Insert { .. });
    if !changes {
        return None;
    }
    let step = match work.batches {
        Some(words) => OnlineStep::Batches { sql: work.text.clone(), words: words.to_owned() },
        None => OnlineStep::Alone(work.text.clone()),
    };
    Some(Ok(Phases {
        about: summary(&work.text),
        backfill: vec![step],
        remarks: vec!["an abort leaves the rows as this has changed them".to_owned()],
        ..Phases::default()
    }))
}
