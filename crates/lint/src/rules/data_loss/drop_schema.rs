//! A schema is dropped with everything in it.
//!
//! `DROP SCHEMA … CASCADE` takes every table in the schema, and what depends on them in others, and none of it stands
//! in the file: what somebody has added in the meantime goes, too. Without `CASCADE` the server refuses unless the
//! schema is empty; drop what is in it by name first.
//!
//! Its level is Error where the migrations, or the catalog, show tables in it.
//!
//! ```sql,bad
//! CREATE SCHEMA reporting;
//! CREATE TABLE reporting.visit (id bigint PRIMARY KEY);
//! -- next migration
//! DROP SCHEMA reporting CASCADE;
//! ```
//! ```sql,good
//! DROP TABLE reporting.visit;
//! DROP SCHEMA reporting;
//! ```

use limosa_plan::HazardKind;
use limosa_syntax::{Command, Severity};

use crate::found::{Findings, listed};
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
        let tables = step.state.known.tables_in(name);
        let name = name.for_people();
        let message = match tables.is_empty() {
            true => format!("whatever is in schema `{name}` is lost, and the statement does not say what that is"),
            false => format!("{} is lost with schema `{name}`", listed(&tables)),
        };
        let finding = found.at(step.head(), message);
        if tables.is_empty() {
            // Some hold nothing but functions, which are made anew.
            finding.at_most(Severity::Warning);
        }
        finding.help("drop what is in it by name, then the schema without `CASCADE`");
    }
}
