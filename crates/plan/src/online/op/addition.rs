//! What is added beside everything that is there, and what nobody waits for: at once.

use limosa_syntax::{Command, MemberChange, ObjectAction, ObjectChange};

use super::super::phases::{OnlineStep, Phases};
use super::super::refusal::Refusal;
use super::super::situation::{Situation, Work};
use super::given::summary;

pub(super) fn phases(_: &Situation<'_>, work: &Work<'_>) -> Option<Result<Phases, Refusal>> {
    let undo = undo(work)?;
    let remarks = match undo {
        Some(_) => Vec::new(),
        None => vec![format!("an abort leaves what this does: {}", summary(&work.text))],
    };
    Some(Ok(Phases {
        about: summary(&work.text),
        expand: vec![OnlineStep::Alone(work.text.clone())],
        reverse: undo.iter().map(|sql| format!("-- limosa: phase expand\n{sql};")).collect(),
        abort: undo.into_iter().collect(),
        remarks,
        ..Phases::default()
    }))
}

/// What takes it back, where that is known; `None` where it is no such statement.
fn undo(work: &Work<'_>) -> Option<Option<String>> {
    match &work.command {
        Command::CreateView { name, or_replace: false, .. } => {
            return Some(Some(format!("DROP VIEW IF EXISTS {name}")));
        }
        Command::CreateSequence { name, .. } => return Some(Some(format!("DROP SEQUENCE IF EXISTS {name}"))),
        Command::CreateDomain { domain, .. } => return Some(Some(format!("DROP DOMAIN IF EXISTS {domain}"))),
        Command::CreateStatistics { name: Some(name), .. } => {
            return Some(Some(format!("DROP STATISTICS IF EXISTS {name}")));
        }
        Command::Comment { .. } | Command::Grant { .. } | Command::Query { .. } => return Some(None),
        Command::InTable { change: MemberChange::Create, .. } => return Some(None),
        _ => {}
    }
    let change = ObjectChange::of(&work.text)?;
    match (&change.action, change.names.as_slice()) {
        (ObjectAction::Create | ObjectAction::CreateEnum(_), [name]) if matches!(change.kind, "TYPE" | "SCHEMA") => {
            Some(Some(format!("DROP {} IF EXISTS {name}", change.kind)))
        }
        (ObjectAction::Create | ObjectAction::CreateEnum(_) | ObjectAction::AddValue(_), _) => Some(None),
        _ => None,
    }
}
