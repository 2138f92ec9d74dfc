//! `CASCADE` drops what the statement does not name.
//!
//! The views, columns, triggers, defaults and foreign keys that depend on something that is dropped go with it. Which
//! these are is decided by what is there when the statement runs, not by what was there when it was written. Without
//! `CASCADE` the server refuses and lists them; drop them by name, so that the file says what goes.
//!
//! Silent for what the same rollout has made, and for views that the file makes again. Of a table, column or constraint
//! it speaks only where something is known to depend on it.
//!
//! ```sql,bad
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! CREATE VIEW open_visit AS SELECT id FROM visit;
//! -- next migration
//! DROP TABLE visit CASCADE;
//! ```
//! ```sql,bad
//! DROP TYPE mood CASCADE;
//! ```
//! ```sql,good
//! DROP VIEW open_visit;
//! DROP TABLE visit;
//! ```

use limosa_catalog::QualifiedName;
use limosa_syntax::{Command, ObjectAction, ObjectChange, Severity, Span, TableAction};

use crate::found::{Draft, Findings, listed, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Statement(check)]);

/// What to do instead.
const HELP: &str = "leave `CASCADE` out: the server then lists what depends on it, and the file can say what goes";

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    if step.may_drop() {
        return;
    }
    match step.command() {
        Command::DropRelations { names, cascade: true, .. } => of_relations(step, names, found),
        Command::AlterTable { table, actions, .. } if step.is_in_use(table) => {
            for (number, action) in actions.iter().enumerate() {
                if matches!(action, TableAction::DropColumn(_)) && step.word_of_part(number, "CASCADE").is_some() {
                    of_column(step, table, number, found);
                }
            }
        }
        Command::Unknown | Command::NoRelation => of_objects(step, found),
        _ => {}
    }
}

fn of_relations(step: &Step<'_>, names: &[QualifiedName], found: &mut Findings<'_>) {
    let named: Vec<QualifiedName> = names.iter().map(|name| step.resolve(name)).collect();
    for name in names.iter().filter(|name| step.is_in_use(name)) {
        let mut views = step.state.known.views_of(&step.resolve(name));
        views.retain(|view| !named.contains(view) && is_lost(step, view));
        if !views.is_empty() {
            report(step.head(), &shown(name), &listed(&views), found).help(HELP);
        }
    }
}

fn of_column(step: &Step<'_>, table: &QualifiedName, number: usize, found: &mut Findings<'_>) {
    let mut views = step.state.known.views_of(&step.resolve(table));
    views.retain(|view| is_lost(step, view));
    if !views.is_empty() {
        let message = format!("dropping the column drops {} as well, if they read it", listed(&views));
        found.at(step.part(number), message).at_most(Severity::Warning).help(HELP);
    }
}

fn of_objects(step: &Step<'_>, found: &mut Findings<'_>) {
    let Some(&ObjectChange { kind, ref names, action: ObjectAction::Drop { cascade: true } }) = step.object_change()
    else {
        return;
    };
    let is_old = |name: &&QualifiedName| {
        let name = step.resolve(name);
        !step.state.has_made(kind, &name) && !step.state.has_renamed(kind, &name)
    };
    let names: Vec<&QualifiedName> = names.iter().filter(is_old).collect();
    if !names.is_empty() {
        let tables: Vec<QualifiedName> = match kind {
            "TYPE" | "DOMAIN" => names.iter().flat_map(|name| step.state.known.tables_with(name)).collect(),
            _ => Vec::new(),
        };
        let (goes, severity) = match kind {
            "TYPE" | "DOMAIN" if !tables.is_empty() => {
                (format!("every column of {} of this type", listed(&tables)), Severity::Error)
            }
            "TYPE" | "DOMAIN" => ("every column of the type".to_owned(), Severity::Warning),
            "EXTENSION" => ("every column and index that needs it".to_owned(), Severity::Warning),
            "FUNCTION" | "PROCEDURE" | "ROUTINE" | "AGGREGATE" => {
                ("every trigger, default and policy that calls it".to_owned(), Severity::Warning)
            }
            // Of a schema `drop-schema` tells; the others take nothing with them that people have written.
            _ => return,
        };
        report(step.head(), &listed(names), &goes, found).at_most(severity).help(HELP);
    }
}

fn report<'f>(span: Span, dropped: &str, goes: &str, found: &'f mut Findings<'_>) -> &'f mut Draft {
    found.at(span, format!("dropping {dropped} drops {goes} as well, which the statement does not name"))
}

/// Whether a relation that is in use is gone at the end of the file.
fn is_lost(step: &Step<'_>, relation: &QualifiedName) -> bool {
    step.is_in_use(relation) && !step.makes_later(relation)
}
