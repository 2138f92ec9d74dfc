//! A schema is dropped with everything in it.
//!
//! `DROP SCHEMA … CASCADE` takes every table in the schema, and what depends on them in others, and none of it stands
//! in the file: what somebody has added in the meantime goes, too. Without `CASCADE` the server refuses unless the
//! schema is empty; drop what is in it by name first.
//!
//! ```sql,bad
//! DROP SCHEMA reporting CASCADE;
//! ```
//! ```sql,good
//! DROP TABLE reporting.visit;
//! DROP SCHEMA reporting;
//! ```

use limosa_plan::HazardKind;
use limosa_syntax::Command;

use crate::found::Findings;
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::DropSchema { names, cascade: true } = step.command() else { return };
    if step.is_allowed(HazardKind::DeletesData) {
        return;
    }
    for name in names {
        let schema = limosa_catalog::QualifiedName { schema: None, name: name.clone() };
        if step.state.has_made("SCHEMA", &step.resolve(&schema)) {
            continue;
        }
        let message =
            format!("every table in schema `{}` is lost, with its rows, whatever is in it", name.for_people());
        found.at(step.head(), message).help("drop what is in it by name, then the schema without `CASCADE`");
    }
}
