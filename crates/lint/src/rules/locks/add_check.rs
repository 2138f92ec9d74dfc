//! A CHECK is added by reading the whole table while nobody can use it.
//!
//! `ADD CHECK` looks at every row, under the strongest lock there is; so does `ADD COLUMN … CHECK`, though all rows
//! hold the same there. With `NOT VALID` it holds for what is written from now on and is over at once; `VALIDATE
//! CONSTRAINT` then reads the rows that are there, and keeps neither readers nor writers out. Put it into a
//! transaction of its own.
//!
//! Locks: add-check, add-column-check, add-check-not-valid, validate-check
//!
//! ```sql,bad
//! ALTER TABLE visit ADD CONSTRAINT ends_later CHECK (ends > begins);
//! ```
//! ```sql,good
//! ALTER TABLE visit ADD CONSTRAINT ends_later CHECK (ends > begins) NOT VALID;
//! -- next migration
//! ALTER TABLE visit VALIDATE CONSTRAINT ends_later;
//! ```

use limosa_syntax::{Command, TableAction, TableRule};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::{Place, Step};

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::AlterTable { table, actions, .. } = step.command() else { return };
    if !step.is_in_use(table) {
        return;
    }
    for (number, action) in actions.iter().enumerate() {
        let of_column = match action {
            TableAction::AddColumn(column) if column.check.is_some() => true,
            TableAction::AddConstraint(constraint) if !constraint.unchecked => match constraint.rule {
                TableRule::Check(_) => false,
                _ => continue,
            },
            _ => continue,
        };
        let span = step.part(number);
        let message = format!("every row of {} is read while nobody can use the table", shown(table));
        let finding = step.weigh(found.at(span, message), table);
        if of_column {
            finding.help("add the column without it, then the check with `NOT VALID`, and validate that on its own");
            continue;
        }
        finding.help("add it with `NOT VALID`, and `VALIDATE CONSTRAINT` in a transaction of its own");
        if step.looked.place == Place::File {
            let text = span.of(&step.file.source.text);
            finding.fix("leave the rows that are there to `VALIDATE CONSTRAINT`", span, format!("{text} NOT VALID"));
        }
    }
}
