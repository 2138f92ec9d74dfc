//! A stored generated column is added or redefined by writing every row anew.
//!
//! `GENERATED ALWAYS AS (…) STORED` computes the value of every row that is there, and so does `SET EXPRESSION`, from
//! PostgreSQL 17 on; nobody can use the table meanwhile. From PostgreSQL 18 on a `VIRTUAL` column is computed when it
//! is read and is added at once. Otherwise keep a plain column up to date with a trigger, and fill it in batches.
//!
//! Locks: add-column-computed, set-expression, add-column-virtual
//!
//! ```sql,bad
//! ALTER TABLE visit ADD COLUMN day date GENERATED ALWAYS AS (at::date) STORED;
//! ```
//! ```sql,good
//! ALTER TABLE visit ADD COLUMN day date GENERATED ALWAYS AS (at::date) VIRTUAL;
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
        let is_stored = match action {
            TableAction::AddColumn(column) => column.generation == Some(Generation::Stored),
            // That of a virtual column cannot be told from its text; before PostgreSQL 18 there are none.
            TableAction::SetExpression(_) => step.major.number() < 18,
            _ => false,
        };
        if !is_stored {
            continue;
        }
        let message = format!("every row of {} is written anew while nobody can use the table", shown(table));
        let finding = step.weigh(found.at(step.part(number), message), table);
        if step.major.number() < 18 {
            finding.help("add a plain column, keep it up to date with a trigger, and fill the old rows in batches");
        } else {
            finding.help("make it `VIRTUAL`, or a plain column that a trigger keeps up to date");
        }
    }
}
