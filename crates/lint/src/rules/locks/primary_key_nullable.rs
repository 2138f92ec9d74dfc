//! A primary key is made from an index over a column that may hold nulls.
//!
//! `ADD PRIMARY KEY USING INDEX` builds nothing, but makes its columns NOT NULL, and looks for nulls in every row
//! while nobody can use the table. Make the columns NOT NULL before, in the way that reads nothing.
//!
//! Locks: add-key-using-index-nullable, add-key-using-index
//!
//! ```sql,bad
//! CREATE TABLE visit (id bigint);
//! -- next migration
//! CREATE UNIQUE INDEX CONCURRENTLY visit_id ON visit (id);
//! ALTER TABLE visit ADD PRIMARY KEY USING INDEX visit_id;
//! ```
//! ```sql,good
//! CREATE TABLE visit (id bigint NOT NULL);
//! -- next migration
//! CREATE UNIQUE INDEX CONCURRENTLY visit_id ON visit (id);
//! ALTER TABLE visit ADD PRIMARY KEY USING INDEX visit_id;
//! ```

use limosa_catalog::QualifiedName;
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
    let known = &step.state.known;
    let resolved = step.resolve(table);
    for (number, action) in actions.iter().enumerate() {
        let TableAction::AddConstraint(constraint) = action else { continue };
        let TableRule::KeyUsingIndex { primary: true, index } = &constraint.rule else { continue };
        let index = QualifiedName { schema: resolved.schema.clone(), name: index.clone() };
        let mut columns =
            known.indexes_of(&resolved).filter(|(name, _)| **name == index).flat_map(|(_, columns)| columns);
        let Some(column) = columns.find(|column| known.is_not_null(&resolved, column) == Some(false)) else { continue };
        let message = format!("every row of {} is read while nobody can use the table", shown(table));
        let finding = step.weigh(found.at(step.part(number), message), table);
        let name = column.for_people();
        finding.label(format!("`{name}` may hold nulls"));
        finding.help(format!(
            "make `{name}` NOT NULL before: `CHECK ({name} IS NOT NULL) NOT VALID`, validate it, then `SET NOT NULL`"
        ));
    }
}
