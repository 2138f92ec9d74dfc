//! What the statements before drop, made again: behind the drop, with contract. PostgreSQL changes no column under a
//! view, so a migration that changes one drops the view before and makes it again behind. Where it does so with a
//! materialized view, that is made ahead with what comes with it and with the views that it may read, and with contract
//! it only gets its place.

use limosa_catalog::{Object, ObjectId, ObjectName, QualifiedName};
use limosa_syntax::{Command, MemberChange, ObjectAction, ObjectChange};

use super::super::ahead::{self, Filled, ahead};
use super::super::dependents::growth;
use super::super::made_again::remarked_on;
use super::super::phases::{Made, Phases};
use super::super::put_back::put_back;
use super::super::refusal::Refusal;
use super::super::routines::remarked;
use super::super::situation::{Situation, Work};
use super::super::way_back::in_table;
use super::given::summary;

pub(super) fn phases(situation: &Situation<'_>, work: &Work<'_>) -> Option<Result<Phases, Refusal>> {
    let drop = drop_of(situation, work)?;
    let reverse = match drop {
        Some(drop) => vec![format!("{drop};")],
        None => remark_back(situation, work),
    };
    let about = summary(&work.text);
    let phases = Phases { reverse, verbatim: true, about, ..Phases::default() };
    if !situation.remakes_rows() || !is_of_relation(situation, work) {
        if let Command::CreateView { name, .. } = &work.command {
            situation.resolve(name).iter().for_each(|name| situation.makes_later(name));
        }
        return Some(Ok(Phases { contract: vec![work.text.clone()], ..phases }));
    }
    Some(ahead(situation, &work.text, Filled::AsSaid).map(|made| {
        let made = vec![made];
        Phases {
            contract: made.iter().filter_map(|made| made.makes.as_ref()).map(Made::settle).collect(),
            remarks: ahead::remark(&made).into_iter().collect(),
            growth: growth(&made),
            ahead: made,
            ..phases
        }
    }))
}

/// The way back of what is said of something that is made again: with what the migration drops itself it goes, and of
/// what it leaves it is taken back.
fn remark_back(situation: &Situation<'_>, work: &Work<'_>) -> Vec<String> {
    let is_dropped = |name: &QualifiedName| {
        situation.resolve(name).is_some_and(|name| {
            let ids = [ObjectId::View(name.clone()), ObjectId::MaterializedView(name)];
            let is_there = ids.iter().any(|id| situation.catalog.contains(id));
            !is_there || ids.iter().any(|id| situation.is_dropped(id))
        })
    };
    let stays = !remarked_on(&work.text).iter().any(is_dropped);
    let back = put_back(situation, work).filter(|_| stays).map(|was| was.reverse()).filter(|back| !back.is_empty());
    back.unwrap_or_else(|| vec!["-- nothing: it goes with what it is about".to_owned()])
}

/// Whether a relation, or an index, goes by a statement before, or is made by one when its turn comes.
fn goes(situation: &Situation<'_>, name: &ObjectName) -> bool {
    if situation.is_made_later(name) {
        return true;
    }
    let index = situation.catalog.entry(&ObjectId::Index(name.clone())).and_then(|index| index.parent());
    [ObjectId::View(name.clone()), ObjectId::MaterializedView(name.clone())].iter().any(|id| situation.is_dropped(id))
        || index
            .is_some_and(|view| matches!(view.object(), Object::MaterializedView(_)) && situation.is_dropped(view.id()))
}

/// Whether a statement makes a view, or is about one that is dropped before.
fn is_of_relation(situation: &Situation<'_>, work: &Work<'_>) -> bool {
    let is_view = |name: &QualifiedName| situation.resolve(name).is_some_and(|name| goes(situation, &name));
    match &work.command {
        Command::InTable { table, .. } => is_view(table),
        Command::CreateView { .. }
        | Command::CreateTableAs { .. }
        | Command::CreateIndex { .. }
        | Command::CreateStatistics { .. }
        | Command::AlterIndex { .. }
        | Command::AlterTable { .. }
        | Command::Comment { .. }
        | Command::Grant { .. } => true,
        _ => false,
    }
}

/// What takes it away again, where it makes something; `None` where it is about nothing that was dropped.
fn drop_of(situation: &Situation<'_>, work: &Work<'_>) -> Option<Option<String>> {
    let is_view = |name: &QualifiedName| situation.resolve(name).is_some_and(|name| goes(situation, &name));
    // What is new and reads what is made again, or other columns, would keep the old ones from going.
    let rests_on_new =
        |reads: &[QualifiedName]| reads.iter().any(is_view) || situation.reads_other_columns(reads, &work.text);
    match &work.command {
        Command::CreateView { name, reads, or_replace: false } => {
            (is_view(name) || rests_on_new(reads)).then(|| Some(format!("DROP VIEW {name}")))
        }
        Command::CreateView { name, .. } => is_view(name).then(|| Some(format!("DROP VIEW {name}"))),
        Command::CreateTableAs { name, reads, materialized_view: true } => {
            let is_later = is_view(name) || rests_on_new(reads);
            is_later.then(|| Some(format!("DROP MATERIALIZED VIEW {name}")))
        }
        Command::AlterTable { table, .. } | Command::CreateIndex { table, .. } => is_view(table).then_some(None),
        Command::CreateStatistics { tables, .. } => tables.iter().any(is_view).then_some(None),
        Command::AlterIndex { index, .. } => is_view(index).then_some(None),
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
            if let Some(name) = remarked(&work.text) {
                return is_routine(situation, &name).then_some(None);
            }
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
