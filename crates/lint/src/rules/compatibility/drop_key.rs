//! A primary key or unique constraint is dropped, and nothing takes its place.
//!
//! From the commit on, equal rows get in, and `INSERT … ON CONFLICT` on those columns fails because it finds no key.
//! Without a primary key, logical replication refuses updates and deletes of the table.
//!
//! Locks: drop-key
//!
//! Silent where the file gives the table another key or unique index, and where the constraint is not known.
//!
//! ```sql,bad
//! CREATE TABLE patient (id bigint PRIMARY KEY, email text, CONSTRAINT patient_email UNIQUE (email));
//! -- next migration
//! ALTER TABLE patient DROP CONSTRAINT patient_email;
//! ```
//! ```sql,good
//! CREATE TABLE patient (id bigint PRIMARY KEY, email text, CONSTRAINT patient_email UNIQUE (email));
//! -- next migration
//! CREATE UNIQUE INDEX CONCURRENTLY patient_email_clinic ON patient (email, clinic_id);
//! ALTER TABLE patient DROP CONSTRAINT patient_email;
//! ```

use limosa_plan::lock::StatementForm;
use limosa_syntax::{Command, TableAction, TableRule};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::AlterTable { table, actions, .. } = step.command() else { return };
    if !step.is(StatementForm::DropKey) || !step.is_in_use(table) {
        return;
    }
    let name = step.resolve(table);
    let gives_key = |command: &Command| match command {
        Command::CreateIndex { unique: true, table, .. } => step.resolve(table) == name,
        Command::AlterTable { table, actions, .. } => step.resolve(table) == name && actions.iter().any(adds_key),
        Command::DropRelations { names, .. } => names.iter().any(|dropped| step.resolve(dropped) == name),
        _ => false,
    };
    if actions.iter().any(adds_key)
        || step.before.iter().any(|looked| gives_key(&looked.command))
        || step.later().any(|(_, command)| gives_key(command))
    {
        return;
    }
    for (number, action) in actions.iter().enumerate() {
        let TableAction::DropConstraint(constraint) = action else { continue };
        if !step.state.known.is_key(&name, constraint) {
            continue;
        }
        let constraint = constraint.for_people();
        found
            .at(
                step.part(number),
                format!("equal rows get into {}, and `ON CONFLICT` finds no `{constraint}`", shown(table)),
            )
            .help("give the table another key in the same file, or make sure that nobody relies on this one");
    }
}

fn adds_key(action: &TableAction) -> bool {
    match action {
        TableAction::AddConstraint(constraint) => {
            matches!(constraint.rule, TableRule::Key { .. } | TableRule::KeyUsingIndex { .. })
        }
        TableAction::AddColumn(column) => column.unique,
        _ => false,
    }
}
