//! `ALTER COLUMN … TYPE`: where the server would rewrite the table, a column of the new type is filled beside the old
//! one and takes its place with contract.

use std::collections::BTreeSet;

use limosa_catalog::kind::column::Column;
use limosa_catalog::{Entry, Identifier, Literal};
use limosa_syntax::{TableAction, Tokens};

use super::super::ahead;
use super::super::copy::{Copied, CopiedColumn, Extent};
use super::super::dependents::{dependents, has_rows_of_others};
use super::super::expression::RowExpression;
use super::super::left_behind::left_behind;
use super::super::numbering::{numbered_on, owned_sequence};
use super::super::of_parts::{
    clear_taken_off, none_taken_off, own_defaults, refuse_built_on_parts, refuse_own_defaults,
};
use super::super::phases::{EachRow, OnlineCheck, OnlineStep, Phases, Shown, Twins};
use super::super::quarantine::Tried;
use super::super::refusal::Refusal;
use super::super::replication::{SentAtEnd, no_subscriber, publications_are_own, rows_can_be_sent, sent_at_end};
use super::super::situation::{Situation, Work, object_for_people};
use super::super::sync::{ChangedType, OldDefault, Sync, unequal};
use super::super::table::Table;
use super::recast::Recast;
use super::rename_column::{may_have_a_copy, moved_default, old_default, unless_set};
use crate::lock::is_coercible;
use crate::null::{is_not_null, is_null};

/// Whether a default can be assigned to another type. Looks at two types and a cast.
const MOVED_DEFAULT: &str = include_str!("../moved_default.sql");

pub(super) fn phases(situation: &Situation<'_>, work: &Work<'_>) -> Option<Result<Phases, Refusal>> {
    let (table, TableAction::SetType { column, data_type, using, collated }) = work.action()? else { return None };
    Some(situation.table(table).and_then(|table| {
        let (entry, facts) = table.column(column)?;
        // A view keeps its column's type.
        let is_shown = situation.is_versioned();
        let is_free = !is_shown && !has_rows_of_others(situation, entry);
        if !using && !collated && is_free && is_coercible(facts.data_type.as_str(), data_type) {
            return at_once(situation, work, &table, (column, entry, facts), data_type);
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

/// The server changes its own words, and looks at no row; what reads the column has to make way all the same.
fn at_once(
    situation: &Situation<'_>,
    work: &Work<'_>,
    table: &Table<'_>,
    (column, entry, facts): (&Identifier, Entry<'_>, &Column),
    data_type: &str,
) -> Result<Phases, Refusal> {
    situation.changes(table.column_name(column))?;
    let back = format!("ALTER TABLE {} ALTER COLUMN {column} TYPE {}", table.name, facts.data_type);
    let read = dependents(situation, table, entry)?;
    Ok(Phases {
        about: about(table, column),
        remarks: not_plain(&read.make_way).into_iter().chain(ahead::remark(&read.ahead)).collect(),
        // What is wider is of use to the new version at once, and harmless to the old one, except that the way back
        // would have to look at every row.
        contract: read.make_way.into_iter().chain([work.text.clone()]).chain(read.make_again).collect(),
        ahead: read.ahead,
        made_again: read.printed,
        growth: read.growth,
        reverse: vec![format!("{back};")],
        sent_at_end: sent_at_end(&table.name, &SentAtEnd::Retyped(column, data_type)),
        standing: table.stands(&[column]),
        reshaped: vec![table.column_name(column)],
        retyped: vec![table.column_name(column)],
        ..Phases::default()
    })
}

/// What keeps the statement from being run as it stands, where the database has it and the migration does not say so.
fn not_plain(make_way: &[String]) -> Option<String> {
    (!make_way.is_empty()).then(|| {
        format!(
            "contract makes way with `{}` and makes that again behind; on an empty database PostgreSQL refuses the \
             change of the type, unless the migration drops it before and makes it again itself",
            make_way.join("; ")
        )
    })
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
    may_have_a_copy(table, column)?;
    may_be_written(column, facts)?;
    refuse_own_defaults(table, column)?;
    refuse_built_on_parts(situation, table, column)?;
    if facts.identity.is_some()
        && !matches!(data_type, "smallint" | "int" | "integer" | "bigint" | "int2" | "int4" | "int8")
    {
        return Err(Refusal::new(
            format!("{} is numbered by an identity, and {data_type} is no whole number", column.for_people()),
            "take the identity away in a migration before: `ALTER COLUMN … DROP IDENTITY`",
        ));
    }
    situation.changes(table.column_name(column))?;
    let new = situation.interim(column, work.place + 1);
    let copied = CopiedColumn { table, column, name: &new, facts: of_type(facts, data_type) };
    let interim = |name: &Identifier| situation.interim(name, work.place + 1);
    let without = BTreeSet::new();
    let copied = Copied { columns: vec![copied], extent: Extent::All, interim: &interim, without: &without };
    let copy = copied.plan(situation)?;
    let mut columns = table.columns();
    let using = using_of(&work.action_text).map(|text| RowExpression::said(&text).of_table(&table.name));
    let forward = work.forward(&table.name).or(using);
    let is_plain = forward.is_none();
    // An assignment looks after values that do not fit, which a cast would cut.
    let forward = forward.unwrap_or_else(|| RowExpression::column(column));
    let back = work.back(&table.name).unwrap_or_else(|| RowExpression::column(column));
    let said = forward.clone();
    let tried = match work.is_quarantined() {
        true if facts.not_null.is_some() => {
            return Err(Refusal::new(
                format!("{} refuses null, and rows in quarantine have no value", column.for_people()),
                "say with `-- limosa: forward EXPRESSION` what such rows get instead, or allow null before",
            ));
        }
        true => Some(Tried::new(situation, table, (column, data_type), &said, work.place)?),
        false => {
            forward.refuse_query("forward")?;
            None
        }
    };
    let forward = tried.as_ref().map_or(forward, Tried::call);
    columns.push(new.clone());
    let default = old_default(situation, table, column, facts);
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
    let (take_default, give_default) = moved_default(situation, table, column, default);
    let read = dependents(situation, table, entry)?;
    let readers = not_plain(&read.make_way).into_iter().chain(ahead::remark(&read.ahead));
    let value = format!("({})::{data_type}", forward.with(&columns, Clone::clone));
    let meant = |it: &Identifier| if it == column { new.clone() } else { it.clone() };
    let value_back = back.with(&columns, meant);
    let kept = table.default_of(column).filter(|(default, _)| !situation.is_dropped(default.id()));
    let new_default = kept.map(|(_, text)| format!("ALTER TABLE {name} ALTER COLUMN {column} SET DEFAULT {text}"));
    let new_default: Vec<String> = match new_default {
        Some(whole) => [whole].into_iter().chain(own_defaults(situation, table, column)).collect(),
        None => Vec::new(),
    };
    let taken = match default {
        OldDefault::Moved(text) => Some((column, text)),
        OldDefault::None | OldDefault::Kept(_) => None,
    };
    let drop_sync: Vec<String> = sync.drop().into_iter().chain(tried.as_ref().map(Tried::drop)).collect();
    let left = tried.as_ref().map(|tried| tried.left(situation, column, &new));
    let give_back = tried.as_ref().and_then(|tried| tried.give_back(situation, column));
    let (numbered, settled) = numbered_on(situation, work, table, &new, facts);
    let people = format!("{} of {}", column.for_people(), name.name.for_people());
    let recast = Recast::of(situation, table, column, entry);
    Ok(Phases {
        about: about(table, column),
        checks: match &tried {
            Some(_) => vec![rows_can_be_sent(name)],
            None => checks(table, column, facts, &value, &value_back, (&new, is_plain)),
        }
        .into_iter()
        .chain(publications_are_own(name, entry))
        .chain(kept.map(|(_, text)| default_fits(table, column, text, data_type)))
        .collect(),
        sent: vec![no_subscriber(name)],
        sent_at_end: sent_at_end(name, &SentAtEnd::Retyped(column, data_type)),
        expand: vec![OnlineStep::Together(
            copy.add
                .into_iter()
                .chain(tried.as_ref().map(Tried::create))
                .chain(sync.create())
                .chain(take_default)
                .collect(),
        )],
        backfill: table.in_batches(|target| {
            let there = is_not_null(format!("({value})"));
            format!("UPDATE {target} SET {new} = {value} WHERE {} AND {there}", is_null(&new))
        }),
        complete: copy.complete,
        remaining: vec![OnlineCheck {
            query: left_behind(
                situation,
                (name, column, &new),
                &value,
                &format!("({value_back})::{}", facts.data_type),
            ),
            found: format!("a row has another value of the new type than of the old for {people}, or none"),
            help:
                "somebody disabled the trigger that keeps both in step, or a trigger that fires behind it writes the \
                   column: write the row anew, or abort"
                    .to_owned(),
        }],
        contract: left
            .iter()
            .map(|left| left.keep.clone())
            .chain([format!("LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE")])
            .chain(read.make_way)
            .chain(drop_sync.clone())
            .chain(owned_sequence(situation, table, column, &new))
            .chain(numbered)
            .chain([
                format!("ALTER TABLE {name} DROP COLUMN {column}"),
                format!("ALTER TABLE {name} RENAME COLUMN {new} TO {column}"),
            ])
            .chain(settled)
            .chain(copy.settle)
            .chain(new_default)
            .chain(read.make_again)
            .collect(),
        ahead: read.ahead,
        made_again: read.printed,
        abort: drop_sync
            .into_iter()
            .chain([format!("ALTER TABLE IF EXISTS {name} DROP COLUMN IF EXISTS {new}")])
            .chain(unless_set(table, column, &give_default))
            .chain(clear_taken_off(table, &new, taken))
            .collect(),
        reverse: recast
            .before
            .into_iter()
            .chain([reverse(table, column, facts, work, &back, &said)])
            .chain(recast.behind)
            .chain(give_back.map(|sql| format!("-- limosa: phase contract\n{sql}")))
            .collect(),
        watched: vec![table.column_name(column)],
        retyped: vec![table.column_name(column)],
        passing: vec![table.column_name(&new)],
        shows: vec![
            Shown::Column { column: table.column_name(&new), name: column.clone() },
            Shown::Hidden(table.column_name(column)),
        ],
        standing: table.stands(&[column]).into_iter().chain(none_taken_off(table, &new)).collect(),
        growth: copy.growth.into_iter().chain(read.growth).collect(),
        twins: vec![Twins { table: name.clone(), old: column.clone(), new: new.clone() }],
        computed: vec![EachRow {
            table: name.clone(),
            key: table.key(),
            value: format!("({})::{data_type}", said.with(&columns, Clone::clone)),
        }],
        quarantine: left.into_iter().collect(),
        remarks: [format!("with contract, {people} becomes the last column of its table")]
            .into_iter()
            .chain(readers)
            .collect(),
        ..Phases::default()
    })
}

/// Refuses a column that the server computes.
pub(in super::super) fn may_be_written(column: &Identifier, facts: &Column) -> Result<(), Refusal> {
    match facts.generated {
        Some(_) => Err(Refusal::new(
            format!("{} is computed, and nobody can write it", column.for_people()),
            "drop it, and make it again with its new type",
        )),
        None => Ok(()),
    }
}

/// That the server takes the default for the new type, as it does where it changes the type itself: by a cast that is
/// made in assignments. Nothing of the default is evaluated.
fn default_fits(table: &Table<'_>, column: &Identifier, text: &str, data_type: &str) -> OnlineCheck {
    OnlineCheck {
        query: MOVED_DEFAULT
            .replace("{default}", &Literal(text).to_string())
            .replace("{expression}", text)
            .replace("{type}", &Literal(data_type).to_string()),
        found: format!(
            "the default of {} of {} is no value of the new type",
            column.for_people(),
            table.name.name.for_people()
        ),
        help: "drop it before the type changes, and set another one behind: `ALTER COLUMN … DROP DEFAULT`, `ALTER \
               COLUMN … SET DEFAULT`"
            .to_owned(),
    }
}

/// A column's facts with another type, without what the type brings along and what looks at rows.
pub(in super::super) fn of_type(facts: &Column, data_type: &str) -> Column {
    Column {
        data_type: data_type.into(),
        collation: None,
        not_null: None,
        identity: None,
        storage: None,
        compression: None,
        ..facts.clone()
    }
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
        rows_can_be_sent(name),
        OnlineCheck {
            query: sample,
            found: format!("a value of {people} does not come back as it was from its new type"),
            help: "say with `-- limosa: back EXPRESSION` how the old value is had from the new one".to_owned(),
        },
    ];
    let becomes_null = is_null(value);
    let wrong = if facts.not_null.is_some() {
        becomes_null
    } else {
        // Evaluated for every row, so that one that fails is seen now.
        format!("{becomes_null} AND {}", is_not_null(column))
    };
    checks.push(OnlineCheck {
        query: format!("SELECT {column}::text FROM {name} WHERE {wrong} LIMIT 1"),
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
    if work.forward(&table.name).is_some() || using_of(&work.action_text).is_some() || work.back(&table.name).is_some()
    {
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
