//! What the statements before drop, made again: behind the drop, with contract. PostgreSQL changes no column under a
//! view, so a migration that changes one drops the view before and makes it again behind.

use limosa_catalog::{ObjectId, QualifiedName};
use limosa_syntax::{Command, MemberChange, ObjectAction, ObjectChange};

use super::super::phases::Phases;
use super::super::refusal::Refusal;
use super::super::situation::{Situation, Work};
use super::super::way_back::in_table;
use super::given::summary;

pub(super) fn phases(situation: &Situation<'_>, work: &Work<'_>) -> Option<Result<Phases, Refusal>> {
    let drop = drop_of(situation, work)?;
    let reverse = match drop {
        Some(drop) => format!("{drop};"),
        None => "-- nothing: it goes with what it is about".to_owned(),
    };
    let about = summary(&work.text);
    Some(Ok(Phases {
        contract: vec![work.text.clone()],
        reverse: vec![reverse],
        verbatim: true,
        about,
        ..Phases::default()
    }))
}

/// What takes it away again, where it makes something; `None` where it is about nothing that was dropped.
fn drop_of(situation: &Situation<'_>, work: &Work<'_>) -> Option<Option<String>> {
    let is_view =
        |name: &QualifiedName| situation.resolve(name).is_some_and(|name| situation.is_dropped(&ObjectId::View(name)));
    match &work.command {
        Command::CreateView { name, .. } => is_view(name).then(|| Some(format!("DROP VIEW {name}"))),
        Command::AlterTable { table, view: true, .. } => is_view(table).then_some(None),
        Command::Comment { relation, .. } => is_view(relation).then_some(None),
        Command::Grant { tables } => tables.iter().any(is_view).then_some(None),
        Command::InTable { change, table, .. } => {
            let said = ObjectChange::of(&work.text)?;
            let name = said.names.first()?;
            let mut ids = in_table(situation, table, name)?.into_iter();
            let is_remade = is_view(table) || ids.any(|id| situation.is_dropped(&id));
            let drop = || format!("DROP {} {} ON {table}", said.kind, name.name);
            is_remade.then(|| (*change == MemberChange::Create).then(drop))
        }
        _ => {
            let said = ObjectChange::of(&work.text)?;
            let [name] = said.names.as_slice() else { return None };
            let makes = matches!(said.action, ObjectAction::Create);
            (makes && is_routine(situation, name)).then(|| Some(format!("DROP {} {name}", said.kind)))
        }
    }
}

/// Whether a routine of that name was dropped, with whichever arguments.
fn is_routine(situation: &Situation<'_>, name: &QualifiedName) -> bool {
    let in_schema = |id: &ObjectId| match &name.schema {
        Some(schema) => id.schema() == Some(schema),
        None => id.schema().is_some_and(|schema| situation.settings.search_path.contains(schema)),
    };
    situation.any_dropped(|id| {
        matches!(id, ObjectId::Function(_) | ObjectId::Procedure(_) | ObjectId::Aggregate(_))
            && id.own_name() == Some(&name.name)
            && in_schema(id)
    })
}
