//! `SET DEFAULT`: at once, for clients that do not write the column. (`DROP DEFAULT` waits for contract.)

use limosa_syntax::TableAction;

use super::super::of_parts::own_defaults;
use super::super::phases::{OnlineStep, Phases};
use super::super::refusal::Refusal;
use super::super::situation::{Situation, Work, object_for_people};

pub(super) fn phases(situation: &Situation<'_>, work: &Work<'_>) -> Option<Result<Phases, Refusal>> {
    let (table, TableAction::SetDefault(column)) = work.action()? else { return None };
    Some(situation.table(table).map(|table| {
        let alter = format!("ALTER TABLE {} ALTER COLUMN {column}", table.name);
        let (back, waits) = match situation.default_left(&table, column) {
            Some(text) => (format!("{alter} SET DEFAULT {text}"), ""),
            // That waits for contract, and takes along what partitions have by then.
            None => (format!("{alter} DROP DEFAULT"), "-- limosa: phase contract\n"),
        };
        let own = own_defaults(situation, &table, column);
        let of_parts = own.iter().map(|sql| format!("{waits}{sql};"));
        let reverse = [format!("{back};")].into_iter().chain(of_parts).collect();
        let abort = [back.replacen("ALTER TABLE", "ALTER TABLE IF EXISTS", 1)].into_iter().chain(own).collect();
        Phases {
            about: format!("set the default of {}.{}", object_for_people(&table.name), column.for_people()),
            expand: vec![OnlineStep::Alone(work.text.clone())],
            reverse,
            abort,
            ..Phases::default()
        }
    }))
}
