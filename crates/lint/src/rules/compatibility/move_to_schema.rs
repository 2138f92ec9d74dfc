//! Something is moved to another schema while applications look for it in the old one.
//!
//! Queries that write the old schema fail from the commit on; those that write none find it only if the new schema is
//! in their `search_path`. A view of the old name in the old schema serves them until they are gone.
//!
//! Locks: set-schema
//!
//! Silent for what the same rollout has made, and where the file makes something of the old name.
//!
//! ```sql,bad
//! ALTER TABLE visit SET SCHEMA clinic;
//! ```
//! ```sql,good
//! ALTER TABLE visit SET SCHEMA clinic;
//! CREATE VIEW public.visit AS SELECT * FROM clinic.visit;
//! ```

use limosa_catalog::QualifiedName;
use limosa_syntax::{Command, ObjectAction, ObjectChange, TableAction};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    if let Command::AlterTable { table, actions, .. } = step.command() {
        let moves = actions.iter().any(|action| matches!(action, TableAction::SetSchema(_)));
        if moves && step.is_in_use(table) && !step.makes_later(table) {
            report(step, table, "make a view of the old name in the old schema", found);
        }
    } else if let Some(&ObjectChange { kind, ref names, action: ObjectAction::SetSchema(_) }) = step.object_change() {
        let in_use = |name: &&QualifiedName| {
            !step.state.has_made(kind, &step.resolve(name)) && !step.makes_object_later(kind, name)
        };
        for name in names.iter().filter(in_use) {
            report(step, name, "make sure that every application has the new schema in its `search_path`", found);
        }
    }
}

fn report(step: &Step<'_>, name: &QualifiedName, help: &str, found: &mut Findings<'_>) {
    found
        .at(step.head(), format!("queries that look for {} in its old schema fail from here on", shown(name)))
        .help(help);
}
