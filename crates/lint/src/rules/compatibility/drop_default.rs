//! A column that is NOT NULL loses its default, so inserts that leave it out fail.
//!
//! Applications that do not name the column in their `INSERT` rely on the default. Make sure that all of them write the
//! column before the default goes.
//!
//! Silent where another default or an identity follows in the same file, and where it is not known that the column is
//! NOT NULL. Of a column that the same rollout has added, `required-column` speaks.
//!
//! ```sql,bad
//! CREATE TABLE visit (id bigint PRIMARY KEY, state text NOT NULL DEFAULT 'open');
//! -- next migration
//! ALTER TABLE visit ALTER COLUMN state DROP DEFAULT;
//! ```
//! ```sql,good
//! CREATE TABLE visit (id bigint PRIMARY KEY, state text NOT NULL DEFAULT 'open');
//! -- next migration
//! ALTER TABLE visit ALTER COLUMN state DROP DEFAULT;
//! ALTER TABLE visit ALTER COLUMN state TYPE visit_state USING state::visit_state;
//! ALTER TABLE visit ALTER COLUMN state SET DEFAULT 'open';
//! ```

use limosa_syntax::{Command, TableAction};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::AlterTable { table, actions, .. } = step.command() else { return };
    let name = step.resolve(table);
    for (number, action) in actions.iter().enumerate() {
        let TableAction::DropDefault(column) = action else { continue };
        let is_required = step.state.known.is_not_null(&name, column) == Some(true);
        let is_replaced = step.actions_from(number + 1).any(|action| match action {
            TableAction::SetDefault(of)
            | TableAction::Identity(of)
            | TableAction::DropNotNull(of)
            | TableAction::DropColumn(of) => of == column,
            _ => false,
        });
        if !is_required || is_replaced || !step.is_in_use(table) || step.state.is_added(&name, column) {
            continue;
        }
        let message =
            format!("inserts into {} that leave `{}` out fail from here on", shown(table), column.for_people());
        found
            .at(step.part(number), message)
            .help("make sure that every application writes the column before this runs");
    }
}
