//! A column may hold nulls from here on, which applications may not expect.
//!
//! Applications from before may break on the first null that they read. Release ones that can read nulls first.
//!
//! ```sql,bad
//! ALTER TABLE patient ALTER COLUMN email DROP NOT NULL;
//! ```
//! ```sql,good
//! CREATE TABLE patient (id bigint PRIMARY KEY, email text NOT NULL);
//! ALTER TABLE patient ALTER COLUMN email DROP NOT NULL;
//! ```

use limosa_syntax::{Command, TableAction};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::AlterTable { table, actions, .. } = step.command() else { return };
    for (number, action) in actions.iter().enumerate() {
        let TableAction::DropNotNull(column) = action else { continue };
        if step.is_in_use(table) {
            let column = column.for_people();
            let message = format!("applications may read nulls in `{column}` of {} from here on", shown(table));
            found.at(step.part(number), message).help("release applications that can read them first");
        }
    }
}
