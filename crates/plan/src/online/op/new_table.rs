//! Tables that the migration makes, and statements about them: nobody else knows them yet.

use limosa_catalog::QualifiedName;
use limosa_syntax::{Command, Tokens};

use super::super::phases::{OnlineStep, Phases};
use super::super::refusal::Refusal;
use super::super::situation::{Situation, Work, for_people};
use super::given::summary;

pub(super) fn phases(situation: &Situation<'_>, work: &Work<'_>) -> Option<Result<Phases, Refusal>> {
    if let Some((kind, name)) = made(work) {
        let people = for_people(name);
        match situation.is_there(work, name) {
            Ok(false) => situation.makes(name),
            Ok(true) => return Some(Ok(work.alone(format!("{} {people}, which is there", kind.to_lowercase())))),
            Err(refusal) => return Some(Err(refusal)),
        }
        let drop = format!("DROP {kind} IF EXISTS {name}");
        return Some(Ok(Phases {
            about: format!("make {} {people}", kind.to_lowercase()),
            expand: vec![OnlineStep::Alone(work.text.clone())],
            reverse: vec![format!("{drop};")],
            abort: vec![drop],
            ..Phases::default()
        }));
    }
    let table = subject(&work.command)?;
    situation.is_new(table).then(|| {
        Ok(Phases {
            about: summary(&work.text),
            expand: vec![OnlineStep::Alone(work.text.clone())],
            // It goes with its table.
            reverse: vec!["-- nothing: it goes with its table".to_owned()],
            ..Phases::default()
        })
    })
}

/// What a statement makes that holds rows; a table of the session goes with that.
fn made<'w>(work: &'w Work<'_>) -> Option<(&'static str, &'w QualifiedName)> {
    match &work.command {
        Command::CreateTable(table) => Some(("TABLE", &table.name)),
        Command::CreateTableAs { name, materialized_view: true, .. } => Some(("MATERIALIZED VIEW", name)),
        Command::CreateTableAs { name, .. } => {
            let is_of_session =
                Tokens::of(&work.text).words().outermost().take(4).any(|(_, here)| here.at_any(&["TEMP", "TEMPORARY"]));
            (!is_of_session).then_some(("TABLE", name))
        }
        _ => None,
    }
}

fn subject(command: &Command) -> Option<&QualifiedName> {
    match command {
        Command::AlterTable { table, .. }
        | Command::CreateIndex { table, .. }
        | Command::InTable { table, .. }
        | Command::Comment { relation: table, .. } => Some(table),
        Command::Grant { tables } => match tables.as_slice() {
            [only] => Some(only),
            _ => None,
        },
        _ => None,
    }
}
