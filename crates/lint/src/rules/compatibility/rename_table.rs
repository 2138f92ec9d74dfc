//! A table or view gets another name while applications use it by the old one.
//!
//! From the commit on, every query that names it by its old name fails, and applications that know the new one fail
//! until then. A view of the old name, made in the same transaction, serves the old applications until they are gone:
//! simple views can be written to as well.
//!
//! Locks: rename-table
//!
//! Silent for relations of the same rollout, and where the file makes something of the old name.
//!
//! ```sql,bad
//! ALTER TABLE visit RENAME TO appointment;
//! ```
//! ```sql,good
//! ALTER TABLE visit RENAME TO appointment;
//! CREATE VIEW visit AS SELECT * FROM appointment;
//! ```

use limosa_catalog::{Identifier, QualifiedName};
use limosa_syntax::{Command, Span, TableAction};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::{Place, Step};

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::AlterTable { table, actions, .. } = step.command() else { return };
    let name = step.resolve(table);
    // What has changed its name before in this rollout was reported there.
    if !step.is_in_use(table) || step.state.former_name(&name).is_some() || step.makes_later(table) {
        return;
    }
    for (number, action) in actions.iter().enumerate() {
        let TableAction::Rename(to) = action else { continue };
        if step.is_dropped_later(&QualifiedName { schema: name.schema.clone(), name: to.clone() }) {
            continue;
        }
        let view = format!("CREATE VIEW {} AS SELECT * FROM {}", shown(table).trim_matches('`'), moved(table, to));
        let message = format!("applications that use {} by this name fail from here on", shown(table));
        let finding = found.at(step.part(number), message);
        finding.help(format!("make a view of the old name in the same file: `{view}`"));
        if step.looked.place == Place::File {
            let end = step.span().end;
            finding.fix("make a view of the old name", Span::new(end, end), format!(";\n{view}"));
        }
    }
}

/// The new name, with the schema if the old one is written with it.
fn moved(table: &QualifiedName, to: &Identifier) -> String {
    match &table.schema {
        Some(schema) => format!("{}.{}", schema.for_people(), to.for_people()),
        None => to.for_people().to_string(),
    }
}
