//! Tables that the migration makes, and statements about them: nobody else knows them yet.

use limosa_catalog::QualifiedName;
use limosa_syntax::Command;

use super::super::phases::{OnlineStep, Phases};
use super::super::refusal::Refusal;
use super::super::situation::{Situation, Work, for_people};
use super::given::summary;

pub(super) fn phases(situation: &Situation<'_>, work: &Work<'_>) -> Option<Result<Phases, Refusal>> {
    if let Command::CreateTable(table) = &work.command {
        match situation.is_there(work, &table.name) {
            Ok(false) => situation.makes(&table.name),
            Ok(true) => return Some(Ok(work.alone(format!("table {}, which is there", for_people(&table.name))))),
            Err(refusal) => return Some(Err(refusal)),
        }
        let drop = format!("DROP TABLE IF EXISTS {}", table.name);
        return Some(Ok(Phases {
            about: format!("make table {}", for_people(&table.name)),
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
