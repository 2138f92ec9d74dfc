//! Running applications cannot insert any more, since they give a new column no value.
//!
//! A column that is NOT NULL and has no default asks every `INSERT` for a value, and applications from before this
//! rollout do not know it. In a table with rows the statement itself fails as well. Give the column a default, or let
//! it hold nulls until all running applications write it; then set it NOT NULL in a later rollout.
//!
//! The same comes of dropping the default of a column that this rollout has added, and, unless a trigger fills it in,
//! of `SET NOT NULL`; that is a warning. Silent where the file makes a trigger on the table, or a function that writes
//! to it.
//!
//! ```sql,bad
//! ALTER TABLE visit ADD COLUMN kind text NOT NULL;
//! ```
//! ```sql,bad
//! ALTER TABLE visit ADD COLUMN kind text;
//! UPDATE visit SET kind = 'home' WHERE kind IS NULL;
//! ALTER TABLE visit ALTER COLUMN kind SET NOT NULL;
//! ```
//! ```sql,bad
//! ALTER TABLE visit ADD COLUMN kind text NOT NULL DEFAULT 'home';
//! ALTER TABLE visit ALTER COLUMN kind DROP DEFAULT;
//! ```
//! ```sql,good
//! ALTER TABLE visit ADD COLUMN kind text NOT NULL DEFAULT 'home';
//! ```
//! ```sql,good
//! ALTER TABLE visit ADD COLUMN kind text;
//! -- next migration
//! ALTER TABLE visit ALTER COLUMN kind SET NOT NULL;
//! ```

use limosa_catalog::{Identifier, QualifiedName};
use limosa_syntax::{ColumnDefinition, Command, MemberChange, Severity, TableAction, TableMember};

use crate::found::{Findings, listed_columns, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::AlterTable { table, actions, view: false, .. } = step.command() else { return };
    let name = step.resolve(table);
    let is_renamed = step.state.former_name(&name).is_some();
    if !step.is_in_use(table) || is_renamed || has_trigger(step, table) || step.is_written_by_function(table) {
        return;
    }
    let all = || actions.iter().enumerate();
    let added = all().filter_map(|(number, action)| match action {
        TableAction::AddColumn(column) if is_required(step, column) => Some((number, &column.name)),
        _ => None,
    });
    report_added(step, table, &added.collect::<Vec<_>>(), found);
    let dropped = all().filter_map(|(number, action)| match action {
        TableAction::DropDefault(column) if step.state.is_added(&name, column) => {
            (step.state.known.is_not_null(&name, column) == Some(true)).then_some((number, column))
        }
        _ => None,
    });
    let dropped = dropped.filter(|(number, column)| !gets_default(step, *number, column));
    report_required(step, table, &dropped.collect::<Vec<_>>(), Severity::Error, found);
    let filled = all().filter_map(|(number, action)| match action {
        TableAction::SetNotNull(column) if step.state.is_added_bare(&name, column) => Some((number, column)),
        _ => None,
    });
    let filled = filled.filter(|(number, column)| !gets_default(step, *number, column));
    // A trigger that these files do not show may fill it in.
    report_required(step, table, &filled.collect::<Vec<_>>(), Severity::Warning, found);
}

fn is_required(step: &Step<'_>, column: &ColumnDefinition) -> bool {
    let has_default = column.default.as_ref().is_some_and(|default| !default.null);
    // The default may be that of the domain.
    let is_domain = step.state.known.is_checked_domain(&column.data_type);
    column.not_null && !has_default && column.generation.is_none() && !is_domain
}

fn report_added(step: &Step<'_>, table: &QualifiedName, added: &[(usize, &Identifier)], found: &mut Findings<'_>) {
    let name = step.resolve(table);
    let is_empty = step.state.is_emptied(&name) || step.sizes.rows(&name) == Some(0);
    let lacking: Vec<_> =
        added.iter().filter(|(number, column)| !is_empty || !gets_default(step, *number, column)).collect();
    let Some((first, _)) = lacking.first() else { return };
    let columns = listed_columns(lacking.iter().map(|(_, column)| *column));
    let message = match is_empty {
        true => format!("running applications cannot insert into {}: they give {columns} no value", shown(table)),
        false => format!("this fails if {} has rows: they have no value for {columns}", shown(table)),
    };
    let finding = found.at(step.part(*first), message);
    if is_empty {
        finding.at_most(Severity::Warning).note("the table is empty");
    } else {
        finding.note("running applications, which do not know the column, could not insert either");
    }
    finding.help("give it a default, or let it hold nulls until every running application writes it");
}

fn report_required(
    step: &Step<'_>,
    table: &QualifiedName,
    required: &[(usize, &Identifier)],
    severity: Severity,
    found: &mut Findings<'_>,
) {
    let Some((first, _)) = required.first() else { return };
    let columns = listed_columns(required.iter().map(|(_, column)| *column));
    let message = format!("running applications cannot insert into {}: they give {columns} no value", shown(table));
    found
        .at(step.part(*first), message)
        .at_most(severity)
        .note("the column is as new as this rollout")
        .help("do this in a later rollout, when every running application writes the column, or leave it a default");
}

/// Whether a trigger of the same file may fill the column in.
fn has_trigger(step: &Step<'_>, table: &QualifiedName) -> bool {
    let name = step.resolve(table);
    let makes = |command: &Command| match command {
        Command::InTable { member: TableMember::Trigger, change: MemberChange::Create, table } => {
            step.resolve(table) == name
        }
        _ => false,
    };
    step.before.iter().any(|looked| makes(&looked.command)) || step.later().any(|(_, command)| makes(command))
}

/// Whether a default comes behind.
fn gets_default(step: &Step<'_>, number: usize, column: &Identifier) -> bool {
    step.actions_from(number + 1).any(|action| match action {
        TableAction::SetDefault(of) | TableAction::Identity(of) | TableAction::DropNotNull(of) => of == column,
        _ => false,
    })
}
