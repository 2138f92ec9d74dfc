//! A column that is in use is dropped, with its values.
//!
//! The values come back from a backup only. Applications that still name the column fail, and so do those that name it
//! without knowing: mappers that list the columns which they saw at their start. Release an application that does not
//! use the column first, then drop it.
//!
//! Locks: drop-column, drop-column-foreign-key
//!
//! Silent where the same rollout has made the column or its table, where another column takes over its name, and where
//! `-- limosa: allow deletes-data` accepts the loss. A column that is dropped and made anew under its name is found by
//! `recreated-column`.
//!
//! ```sql,bad
//! ALTER TABLE visit DROP COLUMN note;
//! ```
//! ```sql,good
//! ALTER TABLE visit ADD COLUMN draft text;
//! ALTER TABLE visit DROP COLUMN draft;
//! ```
//! ```sql,good
//! ALTER TABLE visit ADD COLUMN price_new numeric;
//! UPDATE visit SET price_new = price WHERE price_new IS NULL;
//! ALTER TABLE visit DROP COLUMN price;
//! ALTER TABLE visit RENAME COLUMN price_new TO price;
//! ```

use limosa_catalog::Identifier;
use limosa_syntax::{Command, Severity, TableAction};

use crate::found::{Findings, listed_columns, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::AlterTable { table, actions, view: false, .. } = step.command() else { return };
    if !step.is_in_use(table) || step.may_drop() {
        return;
    }
    let name = step.resolve(table);
    let lost = actions.iter().enumerate().filter_map(|(number, action)| match action {
        TableAction::DropColumn(column) => {
            let lives_on = step.actions_from(number + 1).any(|action| match action {
                TableAction::AddColumn(added) => added.name == *column,
                TableAction::RenameColumn { to, .. } => to == column,
                _ => false,
            });
            (!lives_on && !step.state.is_added(&name, column)).then_some((number, column))
        }
        _ => None,
    });
    let lost: Vec<(usize, &Identifier)> = lost.collect();
    let Some((first, _)) = lost.first() else { return };
    let (columns, it) =
        (listed_columns(lost.iter().map(|(_, column)| *column)), if lost.len() == 1 { "it" } else { "them" });
    let message =
        format!("the values of {columns} in {} are lost, and applications that still name {it} fail", shown(table));
    let finding = found.at(step.part(*first), message);
    if step.sizes.rows(&name) == Some(0) {
        finding.at_most(Severity::Note).note("the table has no rows");
    }
    finding.help(format!("release applications that do without {it} first, and drop {it} in a later rollout"));
}
