//! A column that counts up is added by writing every row anew.
//!
//! `serial` and `GENERATED … AS IDENTITY` give each row that is there a number of its own, so the table and its
//! indexes are written anew while nobody can use it. Add a plain column, let a sequence number what comes, and number
//! what is there in batches.
//!
//! Locks: add-column-computed, add-column
//!
//! ```sql,bad
//! ALTER TABLE visit ADD COLUMN number bigserial;
//! ```
//! ```sql,good
//! ALTER TABLE visit ADD COLUMN number bigint;
//! CREATE SEQUENCE visit_number OWNED BY visit.number;
//! ALTER TABLE visit ALTER COLUMN number SET DEFAULT nextval('visit_number');
//! ```

use limosa_syntax::{Command, Generation, TableAction};

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
        let TableAction::AddColumn(column) = action else { continue };
        if column.generation != Some(Generation::Sequence) {
            continue;
        }
        let message = format!("every row of {} is written anew while nobody can use the table", shown(table));
        step.weigh(found.at(step.part(number), message), table)
            .help("add a plain column, set `nextval` of a sequence as its default, and number the old rows in batches");
    }
}
