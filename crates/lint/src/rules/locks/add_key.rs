//! A primary key or unique constraint builds its index while nobody can use the table.
//!
//! `ADD PRIMARY KEY`, `ADD UNIQUE` and `ADD COLUMN … UNIQUE` lock the table against everybody for as long as the
//! build takes. Build the unique index concurrently and make the constraint from it, which is over at once.
//!
//! Locks: add-key, add-column-unique, add-key-using-index, create-index-concurrently
//!
//! ```sql,bad
//! ALTER TABLE patient ADD CONSTRAINT patient_email UNIQUE (email);
//! ```
//! ```sql,good
//! CREATE UNIQUE INDEX CONCURRENTLY patient_email ON patient (email);
//! ALTER TABLE patient ADD CONSTRAINT patient_email UNIQUE USING INDEX patient_email;
//! ```

use limosa_syntax::{Command, TableAction, TableRule};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::AlterTable { table, actions, .. } = step.command() else { return };
    if !step.is_in_use(table) {
        return;
    }
    for (number, action) in actions.iter().enumerate() {
        let (is_primary, of_column) = match action {
            TableAction::AddColumn(column) if column.unique => (false, true),
            TableAction::AddConstraint(constraint) => match constraint.rule {
                TableRule::Key { primary, .. } => (primary, false),
                _ => continue,
            },
            _ => continue,
        };
        let message = format!("nobody can use {} while the index of this constraint is built", shown(table));
        let finding = step.weigh(found.at(step.part(number), message), table);
        let kind = if is_primary { "PRIMARY KEY" } else { "UNIQUE" };
        if step.state.known.is_partitioned(&step.resolve(table)) {
            finding
                .help("build a unique index `CONCURRENTLY` on each partition, and attach those to one `ON ONLY` this");
        } else if of_column {
            finding.help("add the column alone, then `CREATE UNIQUE INDEX CONCURRENTLY`, and `ADD UNIQUE USING INDEX`");
        } else {
            finding.help(format!("`CREATE UNIQUE INDEX CONCURRENTLY` first, then `ADD {kind} USING INDEX`"));
        }
    }
}
