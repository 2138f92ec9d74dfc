//! A column is made NOT NULL by reading the whole table while nobody can use it.
//!
//! `SET NOT NULL` looks for nulls in every row, under the strongest lock there is. Where a valid `CHECK (column IS
//! NOT NULL)` shows that there are none, it reads nothing and is over at once. Adding that check `NOT VALID` is over
//! at once as well, and validating it keeps nobody out; each in a transaction of its own. From PostgreSQL 18 on, `ADD
//! CONSTRAINT … NOT NULL column NOT VALID` and `VALIDATE CONSTRAINT` do the same without the check.
//!
//! Locks: set-not-null, set-not-null-proven, add-not-null, validate-check
//!
//! ```sql,bad
//! ALTER TABLE patient ALTER COLUMN email SET NOT NULL;
//! ```
//! ```sql,good
//! ALTER TABLE patient ADD CONSTRAINT email_there CHECK (email IS NOT NULL) NOT VALID;
//! -- next migration
//! ALTER TABLE patient VALIDATE CONSTRAINT email_there;
//! -- next migration
//! ALTER TABLE patient ALTER COLUMN email SET NOT NULL;
//! ALTER TABLE patient DROP CONSTRAINT email_there;
//! ```

use limosa_plan::lock::StatementForm;
use limosa_syntax::{Command, TableAction, TableRule};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::AlterTable { table, actions, .. } = step.command() else { return };
    let reads = step.is(StatementForm::SetNotNull) || step.is(StatementForm::AddNotNull);
    if !reads || !step.is_in_use(table) {
        return;
    }
    for (number, action) in actions.iter().enumerate() {
        let column = match action {
            TableAction::SetNotNull(column) if step.is(StatementForm::SetNotNull) => column,
            TableAction::AddConstraint(constraint) if !constraint.unchecked => match &constraint.rule {
                TableRule::NotNull(column) => column,
                _ => continue,
            },
            _ => continue,
        };
        let message = format!("every row of {} is read while nobody can use the table", shown(table));
        let finding = step.weigh(found.at(step.part(number), message), table);
        let first = match step.major.number() {
            ..18 => format!("`ADD CONSTRAINT … CHECK ({} IS NOT NULL) NOT VALID`", column.for_people()),
            _ => format!("`ADD CONSTRAINT … NOT NULL {} NOT VALID`", column.for_people()),
        };
        let then = if step.major.number() < 18 { "; then this reads nothing" } else { "" };
        finding.help(format!("first {first}, then `VALIDATE CONSTRAINT` in a transaction of its own{then}"));
    }
}
