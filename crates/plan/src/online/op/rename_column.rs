//! `RENAME COLUMN`: the new name stands on the table beside the old one, as a copy that is kept in step.
//!
//! The old column stays where it is with all that hangs on it. With contract the copy goes, and the old column gets its
//! name: then everything is as after the plain statement, positions included, and indexes, keys, views and foreign keys
//! never were without their column.

use std::collections::BTreeSet;

use limosa_catalog::kind::column::{Column, Generated, GeneratedKind};
use limosa_catalog::{Identifier, Literal, ObjectId, Rename};
use limosa_syntax::TableAction;

use super::super::copy::{Copied, CopiedColumn, Extent};
use super::super::domain::default_of_type;
use super::super::expression::RowExpression;
use super::super::numbering::{StandIn, name_left, next_of};
use super::super::of_parts::{clear_taken_off, none_taken_off, own_defaults, refuse_own_defaults};
use super::super::phases::{OldName, OnlineCheck, OnlineStep, Phases, Shown, Twins};
use super::super::put_back::block;
use super::super::refusal::Refusal;
use super::super::replication::{SentAtEnd, no_subscriber, rows_can_be_sent, sent_at_end};
use super::super::routines::remark;
use super::super::situation::{Situation, Work, object_for_people};
use super::super::sync::{OldDefault, Sync, create_trigger, drop_trigger, unequal};
use super::super::table::Table;
use crate::diff::may_be_volatile;
use crate::null::{is_not_null, is_null};

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
    let (_, facts) = table.column(old)?;
    let both = [old, new].map(|name| table.column_name(name));
    if situation.is_versioned() {
        table.refuse_family()?;
        both.into_iter().try_for_each(|column| situation.renames(column))?;
    } else {
        may_have_a_copy(table, old)?;
        refuse_own_defaults(table, old)?;
        both.into_iter().try_for_each(|column| situation.changes(column))?;
    }
    if table.column(new).is_ok() {
        return Err(Refusal::new(
            format!("{} has a column {} already", table.name.name.for_people(), new.for_people()),
            "choose another name, or drop that column in a migration before",
        ));
    }
    if situation.is_versioned() {
        return Ok(by_view(situation, table, old, new));
    }
    let virtual_one = facts.generated.as_ref().filter(|it| it.kind == GeneratedKind::Virtual);
    let copied = CopiedColumn {
        table,
        column: old,
        name: new,
        facts: Column { not_null: None, identity: None, generated: virtual_one.cloned(), ..facts.clone() },
    };
    let interim = |name: &Identifier| situation.interim(name, work.place + 1);
    let without = BTreeSet::new();
    let copied = Copied { columns: vec![copied], extent: Extent::Indexes, interim: &interim, without: &without };
    let copy = copied.plan(situation)?;
    let Means { keep, end, give_back, give_at_end, taken } = means(situation, work, table, (old, new), facts);
    let name = &table.name;
    let disagree = unequal(&old.to_string(), &new.to_string());
    let end: Vec<String> =
        end.into_iter().chain([format!("ALTER TABLE IF EXISTS {name} DROP COLUMN IF EXISTS {new}")]).collect();
    let of = ObjectId::Table(name.clone());
    let backfill =
        |target: &str| format!("UPDATE {target} SET {new} = {old} WHERE {} AND {}", is_null(new), is_not_null(old));
    Ok(Phases {
        about: format!("rename column {}.{} to {}", object_for_people(name), old.for_people(), new.for_people()),
        checks: vec![rows_can_be_sent(name)],
        sent: vec![no_subscriber(name)],
        sent_at_end: sent_at_end(name, &SentAtEnd::Renamed(old, new)),
        expand: vec![OnlineStep::Together(copy.add.into_iter().chain(keep).collect())],
        backfill: if virtual_one.is_some() { Vec::new() } else { table.in_batches(backfill) },
        complete: copy.complete,
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
        contract: end
            .iter()
            .chain(&give_at_end)
            .cloned()
            .chain([format!("ALTER TABLE {name} RENAME COLUMN {old} TO {new}")])
            .collect(),
        abort: end
            .iter()
            .cloned()
            .chain(unless_set(table, old, &give_back))
            .chain(clear_taken_off(table, new, taken.map(|text| (old, text))))
            .collect(),
        reverse: vec![format!("ALTER TABLE {name} RENAME COLUMN {new} TO {old};")],
        watched: vec![table.column_name(new)],
        old_names: vec![OldName { table: name.name.clone(), column: Some(old.clone()) }],
        renames: vec![Rename::Column { of, from: old.clone(), to: new.clone() }],
        passing: vec![table.column_name(new)],
        // What lasts is the old column; the copy goes.
        shows: vec![
            Shown::Column { column: table.column_name(old), name: new.clone() },
            Shown::Hidden(table.column_name(new)),
        ],
        standing: table.stands(&[old]).into_iter().chain(none_taken_off(table, new)).collect(),
        growth: copy.growth,
        twins: match facts.generated {
            Some(_) => Vec::new(),
            None => vec![Twins { table: name.clone(), old: old.clone(), new: new.clone() }],
        },
        remarks: remark(situation.catalog, name, Some(old)).into_iter().collect(),
        ..Phases::default()
    })
}

/// How both names are kept in step.
#[derive(Default)]
struct Means<'a> {
    /// What begins that.
    keep: Vec<String>,
    /// What ends it.
    end: Vec<String>,
    /// What the old column gets back where that is taken back.
    give_back: Vec<String>,
    /// What it gets when it gets its new name.
    give_at_end: Vec<String>,
    /// The default that is taken meanwhile.
    taken: Option<&'a str>,
}

fn means<'a>(
    situation: &Situation<'a>,
    work: &Work<'_>,
    table: &Table<'a>,
    (old, new): (&Identifier, &Identifier),
    facts: &Column,
) -> Means<'a> {
    let mut columns = table.columns();
    columns.push(new.clone());
    let (trigger, function) = situation.trigger(new, work.place);
    match facts.generated.as_deref() {
        // Both are computed when they are read.
        Some(Generated { kind: GeneratedKind::Virtual, .. }) => {
            return Means::default();
        }
        // Nobody writes it, and the server computes the old one only behind all triggers.
        Some(Generated { kind: GeneratedKind::Stored, expression }) => {
            let value = RowExpression::said(expression.as_str()).of_row("NEW", &columns, Clone::clone);
            let body = format!("BEGIN\n  NEW.{new} := {value};\n  RETURN NEW;\nEND\n");
            let when = unequal(&format!("({value})::{}", facts.data_type), &format!("NEW.{new}"));
            let keep = create_trigger(&table.name, &trigger, &function, Some(&situation.search_path), &body, &when);
            return Means { keep, end: drop_trigger(&table.name, &trigger, &function), ..Means::default() };
        }
        None => {}
    }
    let numbered = facts.identity.as_deref().map(|identity| {
        let interim = situation.interim(&identity.sequence.name, work.place + 1);
        StandIn { table, column: old, identity, interim }
    });
    let next = numbered.as_ref().map(|it| next_of(&it.identity.sequence));
    let default = match &next {
        Some(next) => OldDefault::Moved(next),
        None => old_default(situation, table, old, facts),
    };
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
    let (take, give_back) = match &numbered {
        Some(stand_in) => (stand_in.take(), vec![stand_in.give(&stand_in.identity.sequence)]),
        None => moved_default(situation, table, old, default),
    };
    // A statement before takes the default away, or gives the sequence another name.
    let goes = table.default_of(old).is_some_and(|(default, _)| situation.is_dropped(default.id()));
    let give_at_end = match &numbered {
        Some(stand_in) => vec![stand_in.give(&name_left(situation, &stand_in.identity.sequence))],
        None if goes => Vec::new(),
        None => give_back.clone(),
    };
    let taken = match (default, &numbered) {
        (OldDefault::Moved(_), None) => table.default_of(old).map(|(_, text)| text),
        _ => None,
    };
    Means { keep: sync.create().into_iter().chain(take).collect(), end: sync.drop(), give_back, give_at_end, taken }
}

/// Views show it by either name, so that nothing is copied.
fn by_view(situation: &Situation<'_>, table: &Table<'_>, old: &Identifier, new: &Identifier) -> Phases {
    let name = &table.name;
    let of = ObjectId::Table(name.clone());
    Phases {
        about: format!("rename column {}.{} to {}", object_for_people(name), old.for_people(), new.for_people()),
        contract: vec![format!("ALTER TABLE {name} RENAME COLUMN {old} TO {new}")],
        reverse: vec![format!("ALTER TABLE {name} RENAME COLUMN {new} TO {old};")],
        old_names: vec![OldName { table: name.name.clone(), column: Some(old.clone()) }],
        renames: vec![Rename::Column { of, from: old.clone(), to: new.clone() }],
        shows: vec![Shown::Column { column: table.column_name(old), name: new.clone() }],
        sent_at_end: sent_at_end(name, &SentAtEnd::Renamed(old, new)),
        standing: table.stands(&[old]),
        remarks: remark(situation.catalog, name, Some(old)).into_iter().collect(),
        ..Phases::default()
    }
}

/// Refuses a column that a copy cannot be kept of.
pub(in super::super) fn may_have_a_copy(table: &Table<'_>, column: &Identifier) -> Result<(), Refusal> {
    table.refuse_family()?;
    table.refuse_partition_key(column, "take `-- limosa: online` away: a rename alone is short")?;
    table.refuse_own_triggers(column)
}

/// What becomes of the old column's default meanwhile.
pub(super) fn old_default<'a>(
    situation: &Situation<'a>,
    table: &Table<'a>,
    column: &Identifier,
    facts: &Column,
) -> OldDefault<'a> {
    match table.default_of(column) {
        None => default_of_type(situation, facts.data_type.as_str()).map_or(OldDefault::None, OldDefault::Kept),
        Some((entry, text)) if facts.not_null.is_some() || may_be_volatile(text, entry) => OldDefault::Moved(text),
        Some((_, text)) => OldDefault::Kept(text),
    }
}

/// The statements that take a default away which the trigger gives, and that give it back.
pub(super) fn moved_default(
    situation: &Situation<'_>,
    table: &Table<'_>,
    column: &Identifier,
    default: OldDefault<'_>,
) -> (Vec<String>, Vec<String>) {
    let alter = |action: String| format!("ALTER TABLE IF EXISTS {} ALTER COLUMN {column} {action}", table.name);
    match default {
        OldDefault::Moved(text) => {
            let own = own_defaults(situation, table, column);
            let give = [alter(format!("SET DEFAULT {text}"))].into_iter().chain(own).collect();
            (vec![alter("DROP DEFAULT".to_owned())], give)
        }
        OldDefault::None | OldDefault::Kept(_) => Default::default(),
    }
}

/// The same for an abort: a default that somebody has set meanwhile stays, and so does the column where it has gone.
pub(super) fn unless_set(table: &Table<'_>, column: &Identifier, give: &[String]) -> Vec<String> {
    let is_free = format!(
        "EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass({}) AND attname = {} \
         AND NOT attisdropped AND NOT atthasdef)",
        Literal(&table.name.to_string()),
        Literal(column.as_str())
    );
    let (alter, others): (Vec<&String>, Vec<&String>) = give.iter().partition(|sql| sql.starts_with("ALTER"));
    let alter: String = alter.into_iter().map(|sql| format!("{sql}; ")).collect();
    let guarded = (!alter.is_empty()).then(|| block(&format!("IF {is_free} THEN {alter}END IF;")));
    guarded.into_iter().chain(others.into_iter().cloned()).collect()
}
