//! `RENAME COLUMN`: the new name stands on the table beside the old one, as a copy that is kept in step.
//!
//! The old column stays where it is with all that hangs on it. With contract the copy goes, and the old column gets its
//! name: then everything is as after the plain statement, positions included, and indexes, keys, views and foreign keys
//! never were without their column.

use limosa_catalog::kind::column::Column;
use limosa_catalog::{Entry, Identifier, ObjectId, Rename};
use limosa_syntax::TableAction;

use super::super::copy::{Copied, Extent};
use super::super::expression::RowExpression;
use super::super::phases::{OldName, OnlineCheck, OnlineStep, Phases};
use super::super::refusal::Refusal;
use super::super::replication::no_subscriber;
use super::super::situation::{Situation, Table, Work, object_for_people};
use super::super::sync::{OldDefault, Sync, unequal};
use crate::diff::may_be_volatile;

pub(super) fn phases(situation: &Situation<'_>, work: &Work<'_>) -> Option<Result<Phases, Refusal>> {
    let (table, TableAction::RenameColumn { from, to }) = work.action()? else { return None };
    Some(situation.table(table).and_then(|table| rename(situation, work, &table, from, to)))
}

fn rename(
    situation: &Situation<'_>,
    work: &Work<'_>,
    table: &Table<'_>,
    old: &Identifier,
    new: &Identifier,
) -> Result<Phases, Refusal> {
    let (entry, facts) = table.column(old)?;
    may_have_a_copy(table, old, entry, facts)?;
    situation.changes(table.column_name(old))?;
    situation.changes(table.column_name(new))?;
    if table.column(new).is_ok() {
        return Err(Refusal::new(
            format!("{} has a column {} already", table.name.name.for_people(), new.for_people()),
            "choose another name, or drop that column in a migration before",
        ));
    }
    let copied = Copied {
        table,
        column: old,
        name: new,
        facts: Column { not_null: None, identity: None, generated: None, ..facts.clone() },
        extent: Extent::Indexes,
        place: work.place,
    };
    let copy = copied.plan(situation)?;
    let mut columns = table.columns();
    columns.push(new.clone());
    let default = old_default(table, old, facts);
    let (trigger, function) = situation.trigger(new, work.place);
    let sync = Sync {
        table: &table.name,
        columns: &columns,
        old,
        new,
        forward: &RowExpression::column(old),
        back: &RowExpression::column(new),
        types: None,
        default,
        old_type: facts.data_type.as_str(),
        function,
        trigger: &trigger,
        search_path: None,
    };
    let name = &table.name;
    let (take_default, give_default) = moved_default(table, old, default);
    let disagree = unequal(&old.to_string(), &new.to_string());
    let drop_copy = format!("ALTER TABLE IF EXISTS {name} DROP COLUMN IF EXISTS {new}");
    let back = |sql: Vec<String>| sync.drop().into_iter().chain([drop_copy.clone()]).chain(sql).collect::<Vec<_>>();
    let of = ObjectId::Table(name.clone());
    Ok(Phases {
        about: format!("rename column {}.{} to {}", object_for_people(name), old.for_people(), new.for_people()),
        checks: vec![no_subscriber(name)],
        expand: vec![OnlineStep::Together(copy.add.into_iter().chain(sync.create()).chain(take_default).collect())],
        backfill: vec![OnlineStep::Batches {
            sql: format!("UPDATE {name} SET {new} = {old} WHERE {new} IS NULL AND {old} IS NOT NULL"),
            words: String::new(),
        }],
        complete: copy.complete.into_iter().map(OnlineStep::Alone).collect(),
        remaining: vec![OnlineCheck {
            query: format!("SELECT {old}::text FROM {name} WHERE {disagree} LIMIT 1"),
            found: format!(
                "{} and {} of {} differ in a row",
                old.for_people(),
                new.for_people(),
                name.name.for_people()
            ),
            help: "somebody disabled the trigger that keeps both in step: write the row anew, or abort".to_owned(),
        }],
        contract: back(
            give_default
                .clone()
                .into_iter()
                .chain([format!("ALTER TABLE {name} RENAME COLUMN {old} TO {new}")])
                .collect(),
        ),
        abort: back(give_default),
        reverse: vec![format!("ALTER TABLE {name} RENAME COLUMN {new} TO {old};")],
        watched: vec![table.column_name(new)],
        old_names: vec![OldName { table: name.name.clone(), column: Some(old.clone()) }],
        renames: vec![Rename::Column { of, from: old.clone(), to: new.clone() }],
        passing: vec![table.column_name(new)],
        ..Phases::default()
    })
}

/// Refuses a column that a copy cannot be kept of.
pub(super) fn may_have_a_copy(
    table: &Table<'_>,
    column: &Identifier,
    entry: Entry<'_>,
    facts: &Column,
) -> Result<(), Refusal> {
    let is = |what: &str, help: &str| Refusal::new(format!("{} is {what}", column.for_people()), help);
    table.refuse_family()?;
    if facts.generated.is_some() {
        return Err(is("computed, and nobody can write it", "drop it, and make it again under its new name"));
    }
    if facts.identity.is_some() {
        return Err(is(
            "numbered by an identity, whose values come before any trigger",
            "make it a column with a sequence as its default in a migration before: `DROP IDENTITY`, `SET DEFAULT`",
        ));
    }
    let is_key_of_partitions =
        table.is_partitioned() && entry.dependents().any(|(other, _)| other.id() == table.entry.id());
    if is_key_of_partitions {
        return Err(is("what the table is partitioned by", "take `-- limosa: online` away: a rename alone is short"));
    }
    table.refuse_own_triggers(column)
}

/// What becomes of the old column's default meanwhile.
pub(super) fn old_default<'a>(table: &Table<'a>, column: &Identifier, facts: &Column) -> OldDefault<'a> {
    match table.default_of(column) {
        None => OldDefault::None,
        Some((entry, text)) if facts.not_null.is_some() || may_be_volatile(text, entry) => OldDefault::Moved(text),
        Some((_, text)) => OldDefault::Kept(text),
    }
}

/// The statements that take a default away which the trigger gives, and that give it back.
pub(super) fn moved_default(
    table: &Table<'_>,
    column: &Identifier,
    default: OldDefault<'_>,
) -> (Vec<String>, Vec<String>) {
    let alter = |action: String| vec![format!("ALTER TABLE IF EXISTS {} ALTER COLUMN {column} {action}", table.name)];
    match default {
        OldDefault::Moved(text) => (alter("DROP DEFAULT".to_owned()), alter(format!("SET DEFAULT {text}"))),
        OldDefault::None | OldDefault::Kept(_) => Default::default(),
    }
}
