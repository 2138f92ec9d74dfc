//! `SET NOT NULL`: rows are looked at while they stay in use. With `-- limosa: forward`, nulls that clients still write
//! are replaced meanwhile.

use limosa_catalog::Identifier;
use limosa_syntax::TableAction;

use super::super::fill::Fill;
use super::super::not_null::{Refusing, not_null_name};
use super::super::phases::{OnlineCheck, OnlineStep, Phases};
use super::super::refusal::Refusal;
use super::super::replication::rows_can_be_sent;
use super::super::situation::{Situation, Work, object_for_people};
use super::super::table::Table;
use crate::null::is_null;

pub(super) fn phases(situation: &Situation<'_>, work: &Work<'_>) -> Option<Result<Phases, Refusal>> {
    let (table, TableAction::SetNotNull(column)) = work.action()? else { return None };
    Some(situation.table(table).and_then(|table| set(situation, work, &table, column)))
}

fn set(situation: &Situation<'_>, work: &Work<'_>, table: &Table<'_>, column: &Identifier) -> Result<Phases, Refusal> {
    if situation.added(&table.name).contains(column) {
        return Err(Refusal::new(
            "the column is made by a statement before",
            "say it there: `ADD COLUMN … NOT NULL`, with `-- limosa: forward EXPRESSION` above it",
        ));
    }
    situation.refuse_hanging(table, std::slice::from_ref(column))?;
    let lasting = situation.lasting_of(table, column).map_or_else(|| column.clone(), |it| it.is);
    let is_there = table.column(&lasting).is_ok();
    // The one that has the name until contract holds the same.
    let now = if is_there { &lasting } else { column };
    let (_, facts) = table.column(now)?;
    let (name, people) = (&table.name, format!("{} of {}", column.for_people(), table.name.name.for_people()));
    let column_name = table.column_name(&lasting);
    let proof = situation.interim(column, work.place + 1);
    let own = not_null_name(&table.column_name(column)).unwrap_or_else(|| proof.clone());
    let refusing = Refusing { column: &column_name, major: situation.catalog.major(), name: &own, proof: &proof };
    let mut phases = Phases {
        about: format!("set {}.{} not null", object_for_people(name), column.for_people()),
        // What is there only meanwhile goes with an abort.
        abort: if is_there { refusing.undo() } else { Vec::new() },
        reverse: vec![format!("ALTER TABLE {name} ALTER COLUMN {column} DROP NOT NULL;")],
        standing: table.stands(&[now]),
        ..Phases::default()
    };
    if facts.not_null.is_some() {
        return Ok(Phases { abort: Vec::new(), ..phases });
    }
    match work.forward(name) {
        Some(_) if lasting != *column || !is_there => {
            return Err(Refusal::new(
                "the column is changed by a statement before, which gives it its values",
                "say above that statement, with `-- limosa: forward EXPRESSION`, what is to be in the place of null",
            ));
        }
        Some(value) => {
            let columns = table.columns();
            let (trigger, function) = situation.trigger(column, work.place);
            let fill = Fill {
                table: name,
                columns: &columns,
                column,
                data_type: facts.data_type.as_str(),
                value: &value,
                function,
                trigger: &trigger,
                search_path: Some(&situation.search_path),
                default: None,
                only_null: true,
            };
            phases.expand = vec![OnlineStep::Together(fill.create())];
            let value = value.with(&columns, Clone::clone);
            phases.backfill =
                table.in_batches(|target| format!("UPDATE {target} SET {column} = {value} WHERE {}", is_null(column)));
            phases.checks.push(rows_can_be_sent(name));
            phases.contract = fill.drop();
            phases.remarks.push(format!("an abort leaves the values that have taken the place of null in {people}"));
            phases.abort = fill.drop().into_iter().chain(phases.abort).collect();
        }
        None => phases.checks.push(OnlineCheck {
            query: format!("SELECT 'NULL' FROM {name} WHERE {} LIMIT 1", is_null(now)),
            found: format!("{people} is null in a row"),
            help: "say with `-- limosa: forward EXPRESSION` above the statement what it is to be".to_owned(),
        }),
    }
    phases.complete = refusing.steps().into_iter().map(OnlineStep::Alone).collect();
    Ok(phases)
}
