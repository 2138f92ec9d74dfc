//! What is added beside everything that is there, and what nobody waits for: at once.

use limosa_catalog::QualifiedName;
use limosa_syntax::{Command, MemberChange, ObjectAction, ObjectChange};

use super::super::phases::{OnlineStep, Phases};
use super::super::refusal::Refusal;
use super::super::routines::remarked;
use super::super::situation::{Situation, Work};
use super::given::summary;

pub(super) fn phases(situation: &Situation<'_>, work: &Work<'_>) -> Option<Result<Phases, Refusal>> {
    let (undo, made) = undo(work)?;
    match made.map(|name| situation.is_there(work, &name)) {
        None | Some(Ok(false)) => {}
        Some(Ok(true)) => return Some(Ok(work.alone(summary(&work.text)))),
        Some(Err(refusal)) => return Some(Err(refusal)),
    }
    let remarks = match undo {
        Some(_) => Vec::new(),
        None => vec![format!("an abort leaves what this does: {}", summary(&work.text))],
    };
    Some(Ok(Phases {
        about: summary(&work.text),
        expand: vec![OnlineStep::Alone(work.text.clone())],
        // The newer version rests on it until it is gone.
        reverse: undo.iter().map(|sql| format!("-- limosa: phase contract\n{sql};")).collect(),
        abort: undo.into_iter().collect(),
        remarks,
        ..Phases::default()
    }))
}

/// What takes it back, where that is known, and what it makes then; `None` where it is no such statement.
fn undo(work: &Work<'_>) -> Option<(Option<String>, Option<QualifiedName>)> {
    let drop = |kind: &str, name: &QualifiedName| (Some(format!("DROP {kind} IF EXISTS {name}")), Some(name.clone()));
    match &work.command {
        Command::CreateView { name, or_replace: false, .. } => return Some(drop("VIEW", name)),
        Command::CreateSequence { name, .. } => return Some(drop("SEQUENCE", name)),
        Command::CreateDomain { domain, .. } => return Some(drop("DOMAIN", domain)),
        Command::CreateStatistics { name: Some(name), .. } => return Some(drop("STATISTICS", name)),
        Command::Comment { .. } | Command::Grant { .. } | Command::Query { .. } => return Some((None, None)),
        Command::InTable { change: MemberChange::Create, .. } => return Some((None, None)),
        _ => {}
    }
    if remarked(&work.text).is_some() {
        return Some((None, None));
    }
    let change = ObjectChange::of(&work.text)?;
    match (&change.action, change.names.as_slice()) {
        (ObjectAction::Create | ObjectAction::CreateEnum(_), [name]) if matches!(change.kind, "TYPE" | "SCHEMA") => {
            Some(drop(change.kind, name))
        }
        (ObjectAction::Create | ObjectAction::CreateEnum(_) | ObjectAction::AddValue(_), _) => Some((None, None)),
        _ => None,
    }
}
