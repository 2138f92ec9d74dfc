//! A column of a domain with constraints is added, so that every row is written anew.
//!
//! PostgreSQL tests the domain's constraints on each row, though all of them hold the same value, and rewrites the
//! table and its indexes while nobody can use it. Give the column the domain's own type, and put the check on the
//! table with `NOT VALID`.
//!
//! Locks: add-column-of-checked-domain, add-column
//!
//! ```sql,bad
//! CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');
//! ALTER TABLE patient ADD COLUMN contact email;
//! ```
//! ```sql,good
//! ALTER TABLE patient ADD COLUMN contact text;
//! ALTER TABLE patient ADD CONSTRAINT contact_is_email CHECK (contact LIKE '%@%') NOT VALID;
//! ```

use limosa_syntax::{Command, TableAction};

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
        if column.generation.is_some() || !step.state.known.is_checked_domain(&column.data_type) {
            continue;
        }
        let message = format!("every row of {} is written anew while nobody can use the table", shown(table));
        step.weigh(found.at(step.part(number), message), table)
            .label(format!("`{}` is a domain with constraints", column.data_type))
            .help("give the column the domain's own type, and add the check to the table with `NOT VALID`");
    }
}
