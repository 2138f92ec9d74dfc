//! `ADD COLUMN`: where the server would write every row anew, the column is added empty and filled while rows are in
//! use. With `-- limosa: forward`, rows of clients that do not know of it get their value from a trigger.

use limosa_catalog::Identifier;
use limosa_syntax::{ColumnDefinition, Generation, TableAction};

use super::super::domain::empty_at_first;
use super::super::expression::RowExpression;
use super::super::fill::Fill;
use super::super::not_null::{Refusing, not_null_name};
use super::super::of_parts::clear_taken_off;
use super::super::phases::{EachRow, Growth, OnlineCheck, OnlineStep, Phases, Shown};
use super::super::refusal::Refusal;
use super::super::replication::{nobody_lacks, rows_can_be_sent};
use super::super::situation::{Situation, Work, object_for_people};
use super::super::table::Table;
use super::add_numbered::numbered;
use crate::null::{is_not_null, is_null};

pub(super) fn phases(situation: &Situation<'_>, work: &Work<'_>) -> Option<Result<Phases, Refusal>> {
    let (table, TableAction::AddColumn(column)) = work.action()? else { return None };
    Some(situation.table(table).and_then(|table| add(situation, work, &table, column)))
}

fn add(
    situation: &Situation<'_>,
    work: &Work<'_>,
    table: &Table<'_>,
    column: &ColumnDefinition,
) -> Result<Phases, Refusal> {
    table.refuse_family()?;
    if table.column(&column.name).is_ok() {
        return match work.says_if_not_exists() {
            true => Ok(work.alone(format!("column {}, which is there", column.name.for_people()))),
            false => Err(Refusal::new(
                format!("{} has a column {} already", table.name.name.for_people(), column.name.for_people()),
                "choose another name",
            )),
        };
    }
    situation.adds(table.column_name(&column.name));
    let (name, own) = (&table.name, &column.name);
    if column.unique || column.references.is_some() || column.check.is_some() {
        return Err(Refusal::new(
            "the column comes with a constraint, for which every row would be looked at at once",
            "add the column first and the constraint in a statement of its own: `ALTER TABLE … ADD CONSTRAINT …`",
        ));
    }
    match column.generation {
        Some(Generation::Stored) => {
            return Err(Refusal::new(
                "a stored value is computed for every row at once, while nobody may use the table",
                "make it a plain column with `-- limosa: forward EXPRESSION`, or from PostgreSQL 18 on `VIRTUAL`",
            ));
        }
        Some(Generation::Sequence | Generation::Virtual) | None => {}
    }
    let drop = format!("ALTER TABLE IF EXISTS {name} DROP COLUMN IF EXISTS {own}");
    let mut phases = Phases {
        about: format!("add column {}.{}", object_for_people(name), own.for_people()),
        abort: [drop].into_iter().chain(clear_taken_off(table, own, None)).collect(),
        shows: vec![Shown::Column { column: table.column_name(own), name: own.clone() }],
        reverse: vec![format!("-- limosa: allow deletes-data\nALTER TABLE {name} DROP COLUMN {own};")],
        sent: vec![nobody_lacks(name, own)],
        standing: table.stands(&[]),
        ..Phases::default()
    };
    if column.generation == Some(Generation::Sequence) {
        return numbered(situation, work, table, column, phases);
    }
    let default = column.default.as_ref().filter(|default| !default.null);
    let value = match (work.forward(&table.name), default) {
        (Some(value), _) => Some((value, true)),
        (None, Some(default)) if default.calls.iter().any(|call| !is_stable(call.name.as_str())) => {
            Some((RowExpression::said(&default.text), false))
        }
        _ => None,
    };
    let Some((value, by_trigger)) = value else {
        if column.not_null && default.is_none() {
            return Err(Refusal::new(
                "clients of the old version know nothing of it, and their rows would be refused",
                "say with `-- limosa: forward EXPRESSION` which value such rows get, or give it a default",
            ));
        }
        phases.expand = vec![OnlineStep::Alone(work.text.clone())];
        return Ok(phases);
    };
    if by_trigger {
        // On the way back, clients that do not know of it any more are those of the version behind.
        phases.reverse = vec![format!(
            "-- limosa: allow deletes-data\n-- limosa: back {}\nALTER TABLE {name} DROP COLUMN {own};",
            value.one_line()
        )];
    }
    let mut columns = table.columns();
    columns.push(own.clone());
    let empty = empty_at_first(situation, &column.data_type)?;
    let add = format!("ALTER TABLE {name} ADD COLUMN {own} {}{}", column.data_type, empty.unwrap_or_default());
    let mut expand = vec![add];
    if let Some(default) = default {
        expand.push(format!("ALTER TABLE {name} ALTER COLUMN {own} SET DEFAULT {}", default.text));
    }
    let written = value.with(&columns, Clone::clone);
    let unfilled = format!("{} AND {}", is_null(own), is_not_null(format!("({written})")));
    if by_trigger {
        let (trigger, function) = situation.trigger(own, work.place);
        let fill = Fill {
            table: name,
            columns: &columns,
            column: own,
            data_type: &column.data_type,
            value: &value,
            function,
            trigger: &trigger,
            search_path: Some(&situation.search_path),
            default: None,
            only_null: false,
        };
        fill.refuse_query("forward")?;
        expand.extend(fill.create());
        situation.fills(&fill);
        let own_again = (empty.is_some() && default.is_none())
            .then(|| format!("ALTER TABLE {name} ALTER COLUMN {own} DROP DEFAULT"));
        phases.contract = fill.drop().into_iter().chain(own_again).collect();
        phases.abort = fill.drop().into_iter().chain(phases.abort).collect();
        phases.checks.push(no_row_fails(table, own, &column.data_type, &written, column.not_null));
        phases.remaining.push(OnlineCheck {
            query: format!("SELECT ctid::text FROM {name} WHERE {unfilled} LIMIT 1"),
            found: format!("{} of {} is not filled in a row", own.for_people(), name.name.for_people()),
            help: "somebody disabled the trigger that fills it: write the row anew, or abort".to_owned(),
        });
    }
    phases.expand = vec![OnlineStep::Together(expand)];
    phases.checks.push(rows_can_be_sent(name));
    phases.growth.push(Growth::Rows(name.clone()));
    phases.computed.push(EachRow {
        table: name.clone(),
        key: table.key(),
        value: format!("({written})::{}", column.data_type),
    });
    phases.backfill = table.in_batches(|target| format!("UPDATE {target} SET {own} = {written} WHERE {unfilled}"));
    if column.not_null {
        let column = table.column_name(own);
        let proof = situation.interim(own, work.place + 1);
        let constraint = not_null_name(&column).unwrap_or_else(|| proof.clone());
        let major = situation.catalog.major();
        let refusing = Refusing { column: &column, major, name: &constraint, proof: &proof };
        phases.complete = refusing.steps().into_iter().map(OnlineStep::Alone).collect();
    }
    Ok(phases)
}

/// That the expression is of the column's type, and gives every row a value that the column takes.
fn no_row_fails(table: &Table<'_>, column: &Identifier, data_type: &str, written: &str, not_null: bool) -> OnlineCheck {
    // Evaluated for every row in any case.
    let is_wrong = if not_null { &is_null("limosa_value") } else { "pg_catalog.num_nulls(limosa_value) > 1" };
    OnlineCheck {
        query: format!(
            "SELECT limosa_row FROM (SELECT ctid::text AS limosa_row, ({written})::{data_type} AS limosa_value \
             FROM {}) AS limosa_rows WHERE {is_wrong} LIMIT 1",
            table.name
        ),
        found: format!("{} of {} would be null in a row", column.for_people(), table.name.name.for_people()),
        help: "say with `-- limosa: forward EXPRESSION` a value for every row".to_owned(),
    }
}

/// Functions that the server calls once for the whole statement, so that no row is written.
fn is_stable(function: &str) -> bool {
    matches!(function, "now" | "transaction_timestamp" | "statement_timestamp" | "current_setting" | "current_user")
}
