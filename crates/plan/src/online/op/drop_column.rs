//! `DROP COLUMN`: with contract. Until then, rows of clients that do not know of it any more get its value from
//! `-- limosa: back`.

use limosa_catalog::{ColumnName, Entry, Identifier, Object, ObjectId};
use limosa_syntax::{Directive, TableAction};

use super::super::family;
use super::super::fill::Fill;
use super::super::held::{refuse_held, taken_along};
use super::super::of_parts::{own_defaults, refuse_own_defaults};
use super::super::phases::{OldName, OnlineStep, Phases, Shown};
use super::super::refusal::Refusal;
use super::super::replication::{SentAtEnd, sent_at_end};
use super::super::routines::remark;
use super::super::situation::{Filled, Situation, Work, object_for_people};
use super::super::sync::{create_trigger, drop_trigger};
use super::super::table::Table;
use super::super::way_back::{goes_with, made_again, read_by, says_cascade};

pub(super) fn phases(situation: &Situation<'_>, work: &Work<'_>) -> Option<Result<Phases, Refusal>> {
    let (table, TableAction::DropColumn(column)) = work.action()? else { return None };
    Some(situation.table(table).and_then(|table| drop(situation, work, &table, column)))
}

fn drop(situation: &Situation<'_>, work: &Work<'_>, table: &Table<'_>, column: &Identifier) -> Result<Phases, Refusal> {
    let (entry, facts) = table.column(column)?;
    situation.refuse_open_change(&table.column_name(column))?;
    refuse_published(work, entry)?;
    table.refuse_partition_key(column, "PostgreSQL drops no such column: move the rows to a table of its own")?;
    let name = &table.name;
    let whole = || {
        family::partitions(table.entry).into_iter().filter_map(|(partition, _)| {
            let column = ColumnName { relation: partition, name: column.clone() };
            situation.catalog.entry(&ObjectId::Column(column))
        })
    };
    let goes: Vec<Entry<'_>> = whole().chain([entry]).collect();
    let cascade = says_cascade(work);
    if !cascade {
        refuse_held(situation, goes.iter().copied())?;
    }
    let along = if cascade { taken_along(situation, goes.iter().copied()) } else { None };
    let reverse = reverse(situation, work, (entry, &goes));
    let gone = goes_with(goes, cascade);
    let read_again = read_by(situation, &gone);
    gone.into_iter().for_each(|id| situation.drops(id));
    let mut phases = Phases {
        about: format!("drop column {}.{}", object_for_people(name), column.for_people()),
        contract: vec![with_terms(work)],
        watched: vec![table.column_name(column)],
        passing: vec![table.column_name(column)],
        shows: vec![Shown::Hidden(table.column_name(column))],
        old_names: vec![OldName { table: name.name.clone(), column: Some(column.clone()) }],
        reverse,
        read_again,
        sent_at_end: sent_at_end(name, &SentAtEnd::Dropped(column)),
        standing: table.stands(&[column]),
        remarks: remark(situation.catalog, name, Some(column)).into_iter().chain(along).collect(),
        ..Phases::default()
    };
    match work.back(name) {
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
            fill.refuse_query("back")?;
            refuse_own_defaults(table, column)?;
            let alter = |action: String| format!("ALTER TABLE IF EXISTS {name} ALTER COLUMN {column} {action}");
            let take = default.map(|_| alter("DROP DEFAULT".to_owned()));
            // What is computed from the column was null when it fired, where the trigger gave the default only then.
            let again: Vec<_> = default.map(|_| computed_again(situation, work, table, column)).unwrap_or_default();
            let (create, drop): (Vec<_>, Vec<_>) = again.into_iter().unzip();
            let drop: Vec<String> = fill.drop().into_iter().chain(drop.into_iter().flatten()).collect();
            let create = fill.create().into_iter().chain(take).chain(create.into_iter().flatten()).collect();
            phases.expand = vec![OnlineStep::Together(create)];
            phases.contract = drop.iter().cloned().chain(phases.contract).collect();
            let give = default.map(|(_, text)| alter(format!("SET DEFAULT {text}")));
            let own = default.map(|_| own_defaults(situation, table, column)).unwrap_or_default();
            phases.abort = drop.into_iter().chain(give).chain(own).collect();
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

/// Refuses a column that a publication names: the server would not let it go, and contract comes to nothing.
fn refuse_published(work: &Work<'_>, column: Entry<'_>) -> Result<(), Refusal> {
    let published = column.dependents().find(|(other, _)| matches!(other.object(), Object::PublicationTable(_)));
    match published.filter(|_| !says_cascade(work)) {
        Some((other, _)) => Err(Refusal::new(
            format!("{} names the column, and PostgreSQL keeps it for that", other.id()),
            "let the publication name others in a migration before: `ALTER PUBLICATION … SET TABLE … (columns)`",
        )),
        None => Ok(()),
    }
}

/// Triggers that compute once more what the statements before compute from a column: what makes and what drops each.
fn computed_again(
    situation: &Situation<'_>,
    work: &Work<'_>,
    table: &Table<'_>,
    column: &Identifier,
) -> Vec<(Vec<String>, Vec<String>)> {
    let again = |filled: Filled| {
        let (trigger, function) = situation.last_trigger(&filled.column, work.place);
        let path = Some(situation.search_path.as_str());
        let create = create_trigger(&table.name, &trigger, &function, path, &filled.body, &filled.when);
        (create, drop_trigger(&table.name, &trigger, &function))
    };
    situation.filled_from(&table.column_name(column)).into_iter().map(again).collect()
}

/// The column comes again with all that was built on it, and with the values that `-- limosa: back` gives.
fn reverse(situation: &Situation<'_>, work: &Work<'_>, (column, goes): (Entry<'_>, &[Entry<'_>])) -> Vec<String> {
    if is_set_aside(work) {
        return Vec::new();
    }
    let mut statements =
        made_again(situation, &goes_with(goes.iter().copied(), says_cascade(work))).unwrap_or_default();
    let ObjectId::Column(name) = column.id() else { return Vec::new() };
    if let (Some(first), Some(back)) = (statements.first_mut(), work.back(&name.relation)) {
        *first = format!("-- limosa: forward {}\n{first}", back.one_line());
    }
    statements.iter().map(|statement| format!("{statement};")).collect()
}

/// Whether what goes is kept, and comes back from there.
pub(super) fn is_set_aside(work: &Work<'_>) -> bool {
    work.directives.iter().any(|directive| matches!(directive, Directive::SetAside(_)))
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
