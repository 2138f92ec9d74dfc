//! An exclusion constraint builds its index while nobody can use the table.
//!
//! `ADD EXCLUDE` compares all rows with each other, under the strongest lock there is, and no index that was built
//! before can be used for it. On a large table it needs a quiet hour; or a new table with the constraint, which is
//! filled in batches and then takes the place of the old one.
//!
//! Locks: add-exclusion
//!
//! ```sql,bad
//! ALTER TABLE booking ADD CONSTRAINT one_at_a_time EXCLUDE USING gist (room WITH =, during WITH &&);
//! ```
//! ```sql,good
//! CREATE TABLE booking (room int, during tstzrange, EXCLUDE USING gist (room WITH =, during WITH &&));
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
        let TableAction::AddConstraint(constraint) = action else { continue };
        if constraint.rule != TableRule::Exclusion {
            continue;
        }
        let message = format!("nobody can use {} while the index of this constraint is built", shown(table));
        step.weigh(found.at(step.part(number), message), table)
            .help("keep it for a quiet hour, or fill a new table that has the constraint, and exchange the two");
    }
}
