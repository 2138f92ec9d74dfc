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

use limosa_catalog::Identifier;
use limosa_plan::lock::StatementForm;
use limosa_syntax::{Command, TableAction, TableRule};

use crate::found::{Findings, listed_columns, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::AlterTable { table, actions, .. } = step.command() else { return };
    let reads = step.is(StatementForm::SetNotNull) || step.is(StatementForm::AddNotNull);
    if !reads || !step.is_in_use(table) {
        return;
    }
    // However many columns are tested, the rows are read once.
    let tested = actions.iter().enumerate().filter_map(|(number, action)| match action {
        TableAction::SetNotNull(column) if step.is(StatementForm::SetNotNull) => Some((number, column)),
        TableAction::AddConstraint(constraint) if !constraint.unchecked => match &constraint.rule {
            TableRule::NotNull(column) => Some((number, column)),
            _ => None,
        },
        _ => None,
    });
    let tested: Vec<(usize, &Identifier)> = tested.collect();
    let Some((number, column)) = tested.first() else { return };
    let message = format!("every row of {} is read while nobody can use the table", shown(table));
    let finding = step.weigh(found.at(step.part(*number), message), table);
    let first = match step.major.number() {
        ..18 => format!("`ADD CONSTRAINT … CHECK ({} IS NOT NULL) NOT VALID`", column.for_people()),
        _ => format!("`ADD CONSTRAINT … NOT NULL {} NOT VALID`", column.for_people()),
    };
    let then = if step.major.number() < 18 { "; then this reads nothing" } else { "" };
    finding.help(format!("first {first}, then `VALIDATE CONSTRAINT` in a transaction of its own{then}"));
    if tested.len() > 1 {
        finding.note(format!("the same goes for {}", listed_columns(tested.iter().skip(1).map(|(_, column)| *column))));
    }
}
