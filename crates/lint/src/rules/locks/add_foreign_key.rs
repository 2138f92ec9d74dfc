//! A foreign key is added by reading both tables while nobody can write to either.
//!
//! `ADD FOREIGN KEY` looks up every row, and keeps writers out of both tables meanwhile. With `NOT VALID` it holds
//! for what is written from now on and is over at once; `VALIDATE CONSTRAINT` then looks up the rows that are there,
//! and keeps nobody out. Put it into a transaction of its own. A new column that references a table and has no
//! default holds nulls alone, which need no looking up.
//!
//! Locks: add-foreign-key, add-foreign-key-not-valid, validate-foreign-key, add-column-references
//!
//! Before PostgreSQL 18 a partitioned table takes no `NOT VALID` foreign key: add it `NOT VALID` to each partition,
//! validate those, and then add it to the whole, which finds them.
//!
//! ```sql,bad
//! ALTER TABLE visit ADD CONSTRAINT of_patient FOREIGN KEY (patient_id) REFERENCES patient (id);
//! ```
//! ```sql,good
//! ALTER TABLE visit ADD CONSTRAINT of_patient FOREIGN KEY (patient_id) REFERENCES patient (id) NOT VALID;
//! -- next migration
//! ALTER TABLE visit VALIDATE CONSTRAINT of_patient;
//! ```
//! ```sql,good
//! ALTER TABLE visit ADD COLUMN room_id bigint REFERENCES room (id);
//! ```

use limosa_catalog::QualifiedName;
use limosa_syntax::{Command, TableAction, TableRule};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::{Place, Step};

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::AlterTable { table, actions, .. } = step.command() else { return };
    if !step.may_be_large(table) {
        return;
    }
    for (number, action) in actions.iter().enumerate() {
        let (references, of_column) = match action {
            TableAction::AddColumn(column) if column.default.as_ref().is_some_and(|default| !default.null) => {
                (column.references.as_ref(), true)
            }
            TableAction::AddConstraint(constraint) if !constraint.unchecked => match &constraint.rule {
                TableRule::ForeignKey { references, .. } => (Some(references), false),
                _ => continue,
            },
            _ => continue,
        };
        let Some(references) = references else { continue };
        let Some(message) = message(step, table, references) else { continue };
        let span = step.part(number);
        let finding = step.weigh(found.at(span, message), table);
        if !step.is_in_use(table)
            && let Some(note) = step.lock_note(references)
        {
            finding.note(note);
        }
        let is_partitioned = step.state.known.is_partitioned(&step.resolve(table));
        if of_column {
            finding.help("add the column alone, then the foreign key with `NOT VALID`, and validate that on its own");
        } else if is_partitioned && step.major.number() < 18 {
            finding.help("add it `NOT VALID` to each partition, validate those, and then add it here");
        } else {
            finding.help("add it with `NOT VALID`, and `VALIDATE CONSTRAINT` in a transaction of its own");
            if step.looked.place == Place::File {
                let text = span.of(&step.file.source.text);
                finding.fix(
                    "leave the rows that are there to `VALIDATE CONSTRAINT`",
                    span,
                    format!("{text} NOT VALID"),
                );
            }
        }
    }
}

/// Whom it keeps out; `None` where nobody uses either table yet.
fn message(step: &Step<'_>, table: &QualifiedName, references: &QualifiedName) -> Option<String> {
    let is_one = step.resolve(table) == step.resolve(references);
    let tables = match (step.is_in_use(table), step.is_in_use(references)) {
        (true, true) if !is_one => format!("{} and {}", shown(table), shown(references)),
        (true, _) => shown(table),
        (false, true) => shown(references),
        (false, false) => return None,
    };
    Some(format!("nobody can write to {tables} while every row of {} is looked up", shown(table)))
}
