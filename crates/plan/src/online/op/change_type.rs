//! `ALTER COLUMN … TYPE`: where the server would rewrite the table, a column of the new type is filled beside the old
//! one and takes its place with contract.

use std::collections::BTreeSet;

use limosa_catalog::kind::column::Column;
use limosa_catalog::{Entry, Identifier, Object, ObjectId, ObjectKind};
use limosa_syntax::{TableAction, Tokens};

use super::super::copy::{Copied, Extent, in_the_way};
use super::super::expression::RowExpression;
use super::super::phases::{OnlineCheck, OnlineStep, Phases};
use super::super::refusal::Refusal;
use super::super::replication::no_subscriber;
use super::super::situation::{Situation, Table, Work, object_for_people};
use super::super::sync::{ChangedType, Sync, unequal};
use super::rename_column::{may_have_a_copy, moved_default, old_default};
use crate::diff::Style;
use crate::lock::is_coercible;

pub(super) fn phases(situation: &Situation<'_>, work: &Work<'_>) -> Option<Result<Phases, Refusal>> {
    let (table, TableAction::SetType { column, data_type, using, collated }) = work.action()? else { return None };
    Some(situation.table(table).and_then(|table| {
        let (_, facts) = table.column(column)?;
        if !using && !collated && is_coercible(facts.data_type.as_str(), data_type) {
            return Ok(at_once(work, &table, column, facts));
        }
        if *collated {
            return Err(Refusal::new(
                "the collation changes with the type",
                "change the type alone; a collation is changed by `REINDEX`, which is a matter of its own",
            ));
        }
        change(situation, work, &table, column, data_type)
    }))
}

/// The server changes its own words, and looks at no row.
fn at_once(work: &Work<'_>, table: &Table<'_>, column: &Identifier, facts: &Column) -> Phases {
    let back = format!("ALTER TABLE {} ALTER COLUMN {column} TYPE {}", table.name, facts.data_type);
    Phases {
        about: about(table, column),
        // What is wider is of use to the new version at once, and harmless to the old one, except that the way back
        // would have to look at every row.
        contract: vec![work.text.clone()],
        reverse: vec![format!("{back};")],
        ..Phases::default()
    }
}

fn about(table: &Table<'_>, column: &Identifier) -> String {
    format!("change the type of {}.{}", object_for_people(&table.name), column.for_people())
}

fn change(
    situation: &Situation<'_>,
    work: &Work<'_>,
    table: &Table<'_>,
    column: &Identifier,
    data_type: &str,
) -> Result<Phases, Refusal> {
    let (entry, facts) = table.column(column)?;
    may_have_a_copy(table, column, entry, facts)?;
    situation.changes(table.column_name(column))?;
    let new = situation.interim(column, work.place + 1);
    let copied = Copied {
        table,
        column,
        name: &new,
        facts: Column {
            data_type: data_type.into(),
            collation: None,
            not_null: None,
            storage: None,
            compression: None,
            ..facts.clone()
        },
        extent: Extent::All,
        place: work.place,
    };
    let copy = copied.plan(situation)?;
    let mut columns = table.columns();
    let using = using_of(&work.action_text).map(|text| RowExpression::said(&text));
    let forward = work.forward().or(using);
    let is_plain = forward.is_none();
    // An assignment looks after values that do not fit, which a cast would cut.
    let forward = forward.unwrap_or_else(|| RowExpression::column(column));
    let back = work.back().unwrap_or_else(|| RowExpression::column(column));
    columns.push(new.clone());
    let default = old_default(table, column, facts);
    let (trigger, function) = situation.trigger(column, work.place);
    let sync = Sync {
        table: &table.name,
        columns: &columns,
        old: column,
        new: &new,
        forward: &forward,
        back: &back,
        types: Some(ChangedType { old: facts.data_type.as_str(), new: data_type }),
        default,
        old_type: facts.data_type.as_str(),
        function,
        trigger: &trigger,
        search_path: Some(&situation.search_path),
    };
    let name = &table.name;
    let (take_default, give_default) = moved_default(table, column, default);
    let (make_way, make_again) = dependents(situation, table, entry)?;
    let value = format!("({})::{data_type}", forward.with(&columns, Clone::clone));
    let meant = |it: &Identifier| if it == column { new.clone() } else { it.clone() };
    let value_back = back.with(&columns, meant);
    let new_default = table
        .default_of(column)
        .map(|(_, text)| format!("ALTER TABLE {name} ALTER COLUMN {column} SET DEFAULT {text}"));
    let drop_sync = sync.drop();
    let people = format!("{} of {}", column.for_people(), name.name.for_people());
    Ok(Phases {
        about: about(table, column),
        checks: checks(table, column, facts, &value, &value_back, (&new, is_plain)),
        expand: vec![OnlineStep::Together(copy.add.into_iter().chain(sync.create()).chain(take_default).collect())],
        backfill: vec![OnlineStep::Batches {
            sql: format!("UPDATE {name} SET {new} = {value} WHERE {new} IS NULL AND ({value}) IS NOT NULL"),
            words: String::new(),
        }],
        complete: copy.complete.into_iter().map(OnlineStep::Alone).collect(),
        remaining: vec![OnlineCheck {
            query: format!("SELECT {column}::text FROM {name} WHERE {new} IS NULL AND ({value}) IS NOT NULL LIMIT 1"),
            found: format!("a row has no value of the new type for {people}"),
            help: "somebody disabled the trigger that keeps both in step: write the row anew, or abort".to_owned(),
        }],
        contract: [format!("LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE")]
            .into_iter()
            .chain(make_way)
            .chain(drop_sync.clone())
            .chain(owned_sequence(table, column, &new))
            .chain([
                format!("ALTER TABLE {name} DROP COLUMN {column}"),
                format!("ALTER TABLE {name} RENAME COLUMN {new} TO {column}"),
            ])
            .chain(copy.settle)
            .chain(new_default)
            .chain(make_again)
            .collect(),
        abort: drop_sync
            .into_iter()
            .chain([format!("ALTER TABLE IF EXISTS {name} DROP COLUMN IF EXISTS {new}")])
            .chain(give_default)
            .collect(),
        reverse: vec![reverse(table, column, facts, work, &back, &forward)],
        watched: vec![table.column_name(column)],
        passing: vec![table.column_name(&new)],
        remarks: vec![format!("with contract, {people} becomes the last column of its table")],
        ..Phases::default()
    })
}

/// What must be so before anything is changed: the expressions are of the right types, no row fails, and a sample comes
/// back as it was.
fn checks(
    table: &Table<'_>,
    column: &Identifier,
    facts: &Column,
    value: &str,
    value_back: &str,
    (new, is_plain): (&Identifier, bool),
) -> Vec<OnlineCheck> {
    let name = &table.name;
    let old_type = &facts.data_type;
    let people = format!("{} of {}", column.for_people(), name.name.for_people());
    // A cast cuts what does not fit, so every row is looked at; what the migration says itself is tried on some.
    let limit = if is_plain { "" } else { " LIMIT 10000" };
    let sample = format!(
        "SELECT s.{column}::text FROM (SELECT *, {value} AS {new} FROM {name}{limit}) AS s \
         WHERE {} LIMIT 1",
        unequal(&format!("({value_back})::{old_type}"), &format!("s.{column}"))
    );
    let mut checks = vec![
        no_subscriber(name),
        OnlineCheck {
            query: sample,
            found: format!("a value of {people} does not come back as it was from its new type"),
            help: "say with `-- limosa: back EXPRESSION` how the old value is had from the new one".to_owned(),
        },
    ];
    let is_null = if facts.not_null.is_some() {
        format!("{value} IS NULL")
    } else {
        // Evaluated for every row, so that one that fails is seen now.
        format!("{value} IS NULL AND {column} IS NOT NULL")
    };
    checks.push(OnlineCheck {
        query: format!("SELECT {column}::text FROM {name} WHERE {is_null} LIMIT 1"),
        found: format!("a value of {people} becomes null"),
        help: "say with `-- limosa: forward EXPRESSION` what it is to be".to_owned(),
    });
    checks
}

/// The plain statement that changes the type back, with the expressions exchanged.
fn reverse(
    table: &Table<'_>,
    column: &Identifier,
    facts: &Column,
    work: &Work<'_>,
    back: &RowExpression,
    forward: &RowExpression,
) -> String {
    let mut text = String::new();
    if work.forward().is_some() || using_of(&work.action_text).is_some() || work.back().is_some() {
        text = format!("-- limosa: forward {}\n-- limosa: back {}\n", back.one_line(), forward.one_line());
    }
    let back = back.one_line();
    let old = &facts.data_type;
    format!("{text}ALTER TABLE {} ALTER COLUMN {column} TYPE {old} USING ({back})::{old};", table.name)
}

/// What stands behind `USING`.
fn using_of(action: &str) -> Option<String> {
    let tokens = Tokens::of(action);
    let (_, mut here) = tokens.words().outermost().find(|(_, here)| here.at(&["USING"]))?;
    here.take(&["USING"]);
    here.span().map(|span| span.of(action).to_owned())
}

/// A sequence that belongs to the old column would go with it.
fn owned_sequence(table: &Table<'_>, column: &Identifier, new: &Identifier) -> Vec<String> {
    let catalog = table.entry.catalog();
    let owner = table.column_name(column);
    let sequences = catalog.of_kind(ObjectKind::Sequence).filter_map(|entry| match (entry.id(), entry.object()) {
        (ObjectId::Sequence(name), Object::Sequence(sequence)) if sequence.owned_by.as_deref() == Some(&owner) => {
            Some(format!("ALTER SEQUENCE {name} OWNED BY {}.{new}", table.name))
        }
        _ => None,
    });
    sequences.collect()
}

/// The statements that drop what reads the column and cannot have it changed under it, and that make it again.
fn dependents(
    situation: &Situation<'_>,
    table: &Table<'_>,
    column: Entry<'_>,
) -> Result<(Vec<String>, Vec<String>), Refusal> {
    let mut gone: BTreeSet<&ObjectId> = BTreeSet::new();
    let mut waiting: Vec<Entry<'_>> = Vec::new();
    for (other, _) in column.dependents() {
        let is_own = other.parent().is_some_and(|parent| *parent.id() == *table.entry.id());
        match other.object() {
            Object::Constraint(_) if !is_own => {
                return Err(Refusal::new(
                    format!("{} refers to it", other.id()),
                    "a key that others refer to changes with them: `limosa rekey`",
                ));
            }
            Object::Column(_) => return Err(in_the_way(other.id(), "it is computed from the column")),
            Object::View(_) | Object::Policy(_) | Object::Trigger(_) | Object::Rule(_) => waiting.push(other),
            Object::Function(_) | Object::Procedure(_) => waiting.push(other),
            Object::MaterializedView(_) => return Err(in_the_way(other.id(), "its rows would have to be made anew")),
            Object::PublicationTable(_) => return Err(in_the_way(other.id(), "it names the column")),
            _ => {}
        }
    }
    while let Some(entry) = waiting.pop() {
        if !gone.insert(entry.id()) {
            continue;
        }
        for (other, _) in entry.dependents() {
            match other.object() {
                Object::View(_) | Object::Policy(_) | Object::Trigger(_) | Object::Rule(_) | Object::Function(_) => {
                    waiting.push(other);
                }
                Object::MaterializedView(_) | Object::Table(_) | Object::Column(_) => {
                    return Err(in_the_way(other.id(), "it rests on what reads the column"));
                }
                _ => {}
            }
        }
    }
    if gone.is_empty() {
        return Ok(Default::default());
    }
    let without = situation.catalog.without(|entry| gone.contains(entry.id()));
    Ok((
        situation.difference(situation.catalog, &without, Style::Offline)?,
        situation.difference(&without, situation.catalog, Style::Offline)?,
    ))
}
