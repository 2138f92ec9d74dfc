//! A column gets another default while applications rely on the old one.
//!
//! What applications insert without naming the column changes its meaning at the commit, in old and new versions alike.
//! For projects in which the application's mapper writes defaults itself, and the two may disagree.
//!
//! ```sql,bad
//! ALTER TABLE visit ALTER COLUMN state SET DEFAULT 'planned';
//! ```
//! ```sql,good
//! ALTER TABLE visit ADD COLUMN state text;
//! ALTER TABLE visit ALTER COLUMN state SET DEFAULT 'planned';
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
        let TableAction::SetDefault(column) = action else { continue };
        if step.is_in_use(table) && !step.state.is_added(&name, column) {
            let message =
                format!("what is inserted into {} without `{}` gets another value", shown(table), column.for_people());
            found
                .at(step.part(number), message)
                .help("make sure that old and new applications both mean the new default");
        }
    }
}
