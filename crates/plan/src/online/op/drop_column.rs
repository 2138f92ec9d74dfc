//! `DROP COLUMN`: with contract. Until then, rows of clients that do not know of it any more get its value from
//! `-- limosa: back`.

use limosa_catalog::Identifier;
use limosa_syntax::{Directive, TableAction};

use super::super::fill::Fill;
use super::super::phases::{OldName, OnlineStep, Phases};
use super::super::refusal::Refusal;
use super::super::situation::{Situation, Table, Work, object_for_people};

pub(super) fn phases(situation: &Situation<'_>, work: &Work<'_>) -> Option<Result<Phases, Refusal>> {
    let (table, TableAction::DropColumn(column)) = work.action()? else { return None };
    Some(situation.table(table).and_then(|table| drop(situation, work, &table, column)))
}

fn drop(situation: &Situation<'_>, work: &Work<'_>, table: &Table<'_>, column: &Identifier) -> Result<Phases, Refusal> {
    let (_, facts) = table.column(column)?;
    let name = &table.name;
    let mut phases = Phases {
        about: format!("drop column {}.{}", object_for_people(name), column.for_people()),
        contract: vec![with_terms(work)],
        watched: vec![table.column_name(column)],
        passing: vec![table.column_name(column)],
        old_names: vec![OldName { table: name.name.clone(), column: Some(column.clone()) }],
        ..Phases::default()
    };
    match work.back() {
        Some(value) => {
            let columns = table.columns();
            // Columns that this migration adds may be named as well.
            let columns: Vec<Identifier> = columns.into_iter().chain(situation.added(name)).collect();
            let default = table.default_of(column);
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
                default: default.map(|(_, text)| text),
                only_null: false,
            };
            let alter = |action: String| format!("ALTER TABLE IF EXISTS {name} ALTER COLUMN {column} {action}");
            let take = default.map(|_| alter("DROP DEFAULT".to_owned()));
            phases.expand = vec![OnlineStep::Together(fill.create().into_iter().chain(take).collect())];
            phases.contract = fill.drop().into_iter().chain(phases.contract).collect();
            let give = default.map(|(_, text)| alter(format!("SET DEFAULT {text}")));
            phases.abort = fill.drop().into_iter().chain(give).collect();
        }
        None if facts.not_null.is_some()
            && facts.identity.is_none()
            && facts.generated.is_none()
            && table.default_of(column).is_none() =>
        {
            return Err(Refusal::new(
                "it refuses null and has no default: rows of clients that do not know of it any more would be refused",
                "say with `-- limosa: back EXPRESSION` above the statement which value such rows get until it is gone",
            ));
        }
        None => {}
    }
    Ok(phases)
}

/// The statement under what the migration says of the values that go.
pub(super) fn with_terms(work: &Work<'_>) -> String {
    let kept = work.directives.iter().find_map(|directive| match directive {
        Directive::SetAside(Some(keep)) => Some(format!("-- limosa: set-aside {}h\n", keep.as_secs() / 3_600)),
        Directive::SetAside(None) => Some("-- limosa: set-aside\n".to_owned()),
        _ => None,
    });
    format!("{}{}", kept.unwrap_or_default(), work.text)
}
