//! `ALTER TABLE … RENAME TO`: the new name is a view over the table until contract.
//!
//! Rows are written through it as into the table, `ON CONFLICT` by columns included. PostgreSQL takes no `COPY` into a
//! view, and no `ON CONFLICT ON CONSTRAINT`.

use limosa_catalog::{Identifier, Object, ObjectId, ObjectName, Rename};
use limosa_syntax::TableAction;

use super::super::phases::{OldName, OnlineStep, Phases, Shown};
use super::super::privileges::hand_on;
use super::super::refusal::Refusal;
use super::super::replication::{SentAtEnd, sent_at_end};
use super::super::routines::remark;
use super::super::situation::{Situation, Work, object_for_people};
use super::super::table::Table;

pub(super) fn phases(situation: &Situation<'_>, work: &Work<'_>) -> Option<Result<Phases, Refusal>> {
    let (table, TableAction::Rename(to)) = work.action()? else { return None };
    Some(situation.table(table).and_then(|table| {
        let name = &table.name;
        let new = ObjectName { schema: name.schema.clone(), name: to.clone() };
        if [ObjectId::Table(new.clone()), ObjectId::View(new.clone())].iter().any(|id| situation.catalog.contains(id)) {
            return Err(Refusal::new(
                format!("there is a {} already", to.for_people()),
                "choose another name, or drop that one in a migration before",
            ));
        }
        let phases = if situation.is_versioned() {
            Phases::default()
        } else {
            // The view reads every column.
            situation.refuse_any_changing(name)?;
            view(situation, &table, &new)
        };
        let rename = format!("ALTER TABLE {name} RENAME TO {to}");
        Ok(Phases {
            about: format!("rename table {} to {}", object_for_people(name), to.for_people()),
            contract: phases.contract.iter().cloned().chain([rename]).collect(),
            reverse: vec![format!("ALTER TABLE {new} RENAME TO {};", name.name)],
            old_names: vec![OldName { table: name.name.clone(), column: None }],
            shows: vec![Shown::Table { table: name.clone(), name: to.clone() }],
            sent_at_end: sent_at_end(name, &SentAtEnd::TableRenamed(to)),
            standing: table.stands(&[]),
            renames: vec![Rename::Object { from: ObjectId::Table(name.clone()), to: to.clone() }],
            remarks: phases.remarks.iter().cloned().chain(remark(situation.catalog, name, None)).collect(),
            ..phases
        })
    }))
}

/// The new name as a view beside the table.
fn view(situation: &Situation<'_>, table: &Table<'_>, new: &ObjectName) -> Phases {
    // It would keep a column from going that a statement before drops.
    let goes = |column: &Identifier| situation.is_dropped(&ObjectId::Column(table.column_name(column)));
    let columns = match table.columns().iter().any(goes) {
        true => shown(situation, table, goes).join(", "),
        false => "*".to_owned(),
    };
    let mut make = vec![format!("CREATE VIEW {new} WITH (security_invoker) AS SELECT {columns} FROM {}", table.name)];
    make.extend(hand_on(table.entry, &format!("TABLE {new}"), |word| Some(word.to_owned())));
    let drop = format!("DROP VIEW IF EXISTS {new}");
    Phases {
        expand: vec![OnlineStep::Together(make)],
        contract: vec![drop.clone()],
        abort: vec![drop],
        remarks: vec![format!(
            "until contract {} is a view: PostgreSQL takes no COPY into it, and no ON CONFLICT ON CONSTRAINT",
            new.name.for_people()
        )],
        ..Phases::default()
    }
}

/// The columns in their order, those behind that the statements before add, without those that go.
fn shown(situation: &Situation<'_>, table: &Table<'_>, goes: impl Fn(&Identifier) -> bool) -> Vec<String> {
    let there = table.entry.children().filter_map(|child| match (child.id(), child.object()) {
        (ObjectId::Column(name), Object::Column(facts)) => Some((facts.position, name.name.clone())),
        _ => None,
    });
    let mut there: Vec<_> = there.filter(|(_, name)| !goes(name)).collect();
    there.sort();
    let there = there.into_iter().map(|(_, name)| name);
    there.chain(situation.added(&table.name)).map(|name| name.to_string()).collect()
}
