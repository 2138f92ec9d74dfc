//! A constraint is dropped, so rows that it kept out get in.
//!
//! What a check or foreign key has ruled out until now, applications may rely on. For projects that want to hear of
//! every constraint that goes; of keys `drop-key` tells always.
//!
//! Locks: drop-constraint, drop-foreign-key
//!
//! ```sql,bad
//! ALTER TABLE visit DROP CONSTRAINT visit_patient_fkey;
//! ```
//! ```sql,good
//! ALTER TABLE visit DROP CONSTRAINT visit_patient_fkey,
//!     ADD CONSTRAINT visit_patient_fkey FOREIGN KEY (patient_id) REFERENCES patient NOT VALID;
//! ```

use limosa_syntax::{Command, TableAction};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::AlterTable { table, actions, .. } = step.command() else { return };
    let name = step.resolve(table);
    for (number, action) in actions.iter().enumerate() {
        let TableAction::DropConstraint(dropped) = action else { continue };
        let is_made_anew = step
            .actions_from(number + 1)
            .any(|action| matches!(action, TableAction::AddConstraint(added) if added.name.as_ref() == Some(dropped)));
        if step.is_in_use(table) && !is_made_anew && !step.state.known.is_key(&name, dropped) {
            let message = format!("rows that `{}` kept out of {} get in", dropped.for_people(), shown(table));
            found.at(step.part(number), message).help("make sure that no application relies on it");
        }
    }
}
