//! A table, view or other object is made without saying in which schema.
//!
//! Where it goes then depends on `search_path`, which is a setting of the role, the database or the connection, and
//! may be another one where the migration runs next.
//!
//! ```sql,bad
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! ```
//! ```sql,good
//! CREATE TABLE clinic.visit (id bigint PRIMARY KEY);
//! CREATE TEMP TABLE gone (id bigint);
//! ```

use limosa_syntax::Command;

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::{Place, Step};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let made = match step.command() {
        Command::CreateTable(new) if !new.temporary => Some(&new.name),
        Command::CreateTableAs { name, .. }
        | Command::CreateView { name, .. }
        | Command::CreateSequence { name, .. } => Some(name),
        _ => None,
    };
    let in_file = step.looked.place == Place::File;
    let of_class = step.class().object.as_ref().filter(|_| {
        in_file && matches!(step.class().tag.as_ref(), "CREATE FUNCTION" | "CREATE PROCEDURE" | "CREATE TYPE")
    });
    if made.is_none() && of_class.is_none() {
        return;
    }
    let temporary = step.tokens().words().each().nth(1).is_some_and(|(_, here)| here.at_any(&["TEMP", "TEMPORARY"]));
    if let Some(name) = made.or(of_class).filter(|name| name.schema.is_none() && !temporary) {
        let message = format!("{} goes into whichever schema `search_path` names first", shown(name));
        found.at(step.head(), message).help("write the schema before its name");
    }
}
