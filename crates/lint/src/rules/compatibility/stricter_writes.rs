//! A new constraint refuses what running applications may still write.
//!
//! `NOT VALID` spares the rows that are there, not the writers: from the commit on, an `INSERT` or `UPDATE` that breaks
//! the constraint fails. Release applications that keep to it first. For projects that want to be reminded each time.
//!
//! ```sql,bad
//! ALTER TABLE visit ADD CONSTRAINT positive CHECK (price > 0) NOT VALID;
//! ```
//! ```sql,good
//! ALTER TABLE visit ADD COLUMN price numeric;
//! ALTER TABLE visit ADD CONSTRAINT positive CHECK (price > 0) NOT VALID;
//! ```

use limosa_syntax::{Command, TableAction, TableRule};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::AlterTable { table, actions, .. } = step.command() else { return };
    let name = step.resolve(table);
    for (number, action) in actions.iter().enumerate() {
        let TableAction::AddConstraint(constraint) = action else { continue };
        let columns = match &constraint.rule {
            TableRule::Key { columns, .. } | TableRule::ForeignKey { columns, .. } => columns.clone(),
            TableRule::Check(check) => check.names.clone(),
            TableRule::NotNull(column) => vec![column.clone()],
            TableRule::KeyUsingIndex { .. } | TableRule::Exclusion => Vec::new(),
        };
        let is_new = columns.iter().any(|column| step.state.is_added(&name, column));
        if step.is_in_use(table) && !is_new {
            let message = format!("writes to {} that break the new constraint fail from here on", shown(table));
            found.at(step.part(number), message).help("release applications that keep to it first");
        }
    }
}
