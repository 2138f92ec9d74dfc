//! A column is added whose default differs from row to row, so that every row is written anew.
//!
//! A default that is the same for all rows (a constant, `now()`) is kept in the catalog, and the column is there at
//! once. One that a function computes for each row (`gen_random_uuid()`, `clock_timestamp()`) rewrites the table and
//! its indexes while nobody can use it. Add the column without it, set the default for what is written from then on,
//! and fill the rows that are there in batches.
//!
//! Locks: add-column-computed, add-column
//!
//! Of a function that Limosa does not know it takes the worst, and weighs the finding less.
//!
//! ```sql,bad
//! ALTER TABLE visit ADD COLUMN token uuid NOT NULL DEFAULT gen_random_uuid();
//! ```
//! ```sql,good
//! ALTER TABLE visit ADD COLUMN token uuid;
//! ALTER TABLE visit ALTER COLUMN token SET DEFAULT gen_random_uuid();
//! ```
//! ```sql,good
//! ALTER TABLE visit ADD COLUMN made_at timestamptz NOT NULL DEFAULT now();
//! ```

use limosa_syntax::{ColumnDefinition, Command, DefaultValue, Severity, TableAction};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::AlterTable { table, actions, .. } = step.command() else { return };
    if !step.is_in_use(table) {
        return;
    }
    let known = &step.state.known;
    let mut added: Vec<(usize, &ColumnDefinition, &DefaultValue)> = Vec::new();
    for (number, action) in actions.iter().enumerate() {
        if let TableAction::AddColumn(column) = action
            && let Some(default) = column.default.as_ref().filter(|default| known.is_volatile(default))
        {
            added.push((number, column, default));
        }
    }
    // However many columns there are, the rows are written once. Of one that is certain more can be said.
    let certain = added.iter().find(|(_, _, default)| known.not_known_to_be_steady(default).is_none());
    let Some((number, column, default)) = certain.or(added.first()) else { return };
    let message = format!("every row of {} is written anew while nobody can use the table", shown(table));
    let finding = step.weigh(found.at(step.part(*number), message), table);
    finding.help(format!(
        "add `{0}` without it, then `ALTER COLUMN {0} SET DEFAULT …`, and fill the old rows in batches",
        column.name.for_people()
    ));
    if let Some(function) = known.not_known_to_be_steady(default) {
        finding.at_most(Severity::Warning);
        finding.note(format!("if {} is not volatile, nothing is rewritten", shown(function)));
    }
}
