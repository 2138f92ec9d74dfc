//! A column gets another name while applications use it by the old one.
//!
//! From the commit on, every query that names the column by its old name fails, and applications that know the new one
//! fail until then: there is no moment at which both versions work. Add a column of the new name, write both, copy the
//! old values in batches, let readers change over, and drop the old column later.
//!
//! Locks: rename-column
//!
//! Silent for tables and columns of the same rollout, where the file adds a generated column of the old name, and where
//! the table itself gets another name: of that `rename-table` tells, and a view of its old name can have the column's.
//!
//! ```sql,bad
//! ALTER TABLE patient RENAME COLUMN mail TO email;
//! ```
//! ```sql,good
//! ALTER TABLE patient RENAME COLUMN mail TO email;
//! ALTER TABLE patient ADD COLUMN mail text GENERATED ALWAYS AS (email) STORED;
//! ```
//! ```sql,good
//! ALTER TABLE patient RENAME TO patient_base;
//! ALTER TABLE patient_base RENAME COLUMN mail TO email;
//! CREATE VIEW patient AS SELECT id, email, email AS mail FROM patient_base;
//! ```

use limosa_syntax::{Command, TableAction};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::AlterTable { table, actions, .. } = step.command() else { return };
    let name = step.resolve(table);
    // Of a table that this rollout renames `rename-table` tells; a view of its old name can have the column's as well.
    if !step.is_in_use(table) || step.state.former_name(&name).is_some() {
        return;
    }
    for (number, action) in actions.iter().enumerate() {
        let TableAction::RenameColumn { from, to } = action else { continue };
        let lives_on = step.actions_from(number + 1).any(|action| match action {
            TableAction::AddColumn(added) => added.name == *from && added.generation.is_some(),
            // It gets its name back, or another column takes it over.
            TableAction::RenameColumn { to, .. } => to == from,
            _ => false,
        });
        if lives_on || step.state.is_added(&name, from) {
            continue;
        }
        let message = format!("applications that name `{}` in {} fail from here on", from.for_people(), shown(table));
        found.at(step.part(number), message).help(format!(
            "add `{}` beside it, write both, copy the values, and drop the old column when nobody reads it",
            to.for_people()
        ));
    }
}
