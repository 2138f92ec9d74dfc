//! A column or an index is ordered by a collation that the project does not use.
//!
//! Texts of different collations cannot be compared, and an index of another collation than the query's is not used
//! for it. `names` has those that may be written; what says nothing has the database's own.
//!
//! ```sql,bad
//! -- limosa.toml: collation-allowed = { names = ["C"] }
//! CREATE TABLE patient (id bigint PRIMARY KEY, name text COLLATE "POSIX");
//! ```
//! ```sql,bad
//! -- limosa.toml: collation-allowed = { names = ["C"] }
//! CREATE TABLE patient (id bigint PRIMARY KEY, name text);
//! CREATE INDEX patient_name ON patient (name COLLATE "POSIX");
//! ```
//! ```sql,good
//! -- limosa.toml: collation-allowed = { names = ["C"] }
//! CREATE TABLE patient (id bigint PRIMARY KEY, name text, code text COLLATE "C");
//! ```

use limosa_catalog::{Object, ObjectId, ObjectKind, QualifiedName};
use limosa_syntax::Command;

use crate::file::Role;
use crate::found::{Findings, shown, table_of};
use crate::rule::{Declaration, EXCEPT, Level, On, Parameter, ParameterKind};
use crate::shape::{qualified, shown_column};
use crate::step::{CatalogView, Step};

pub(crate) const RULE: Declaration =
    Declaration::new(Level::Off, &[On::Statement(of_statement), On::Catalog(of_catalog)])
        .with(&[Parameter::new("names", ParameterKind::List, "[]", "the collations that may be written"), EXCEPT]);

fn of_statement(step: &Step<'_>, found: &mut Findings<'_>) {
    let table = match step.command() {
        Command::CreateTable(new) => &new.name,
        Command::AlterTable { table, .. } | Command::CreateIndex { table, .. } => table,
        _ => return,
    };
    if step.file.role == Role::Down {
        return;
    }
    let allowed = found.parameters.names("names");
    for (token, mut here) in step.tokens().words().each() {
        let collation = if here.take(&["COLLATE"]) { here.qualified_name() } else { None };
        if let Some(collation) = collation.filter(|collation| !allowed.holds(collation)) {
            let message = format!("{} is not among the collations of the project", bare(&collation));
            found.at(step.place(token.span), message).of_table(&step.resolve(table));
        }
    }
}

fn of_catalog(view: &CatalogView<'_>, found: &mut Findings<'_>) {
    let allowed = found.parameters.names("names");
    let tables = [ObjectKind::Table, ObjectKind::MaterializedView].into_iter().flat_map(|kind| view.of_kind(kind));
    for table in tables {
        let Some(name) = table_of(table.id()) else { continue };
        for part in table.children() {
            let (what, written) = match (part.id(), part.object()) {
                (ObjectId::Column(id), Object::Column(column)) => {
                    (shown_column(&name, &id.name), column.collation.iter().collect::<Vec<_>>())
                }
                (ObjectId::Index(id), Object::Index(index)) => {
                    let keys = index.keys.iter().filter_map(|key| key.collation.as_ref());
                    (shown(&qualified(id)), keys.collect())
                }
                _ => continue,
            };
            if let Some(other) = written.into_iter().map(qualified).find(|collation| !allowed.holds(collation)) {
                let message = format!("{what} is ordered by {}, which the project does not use", bare(&other));
                found.whole(message).object(part.id());
            }
        }
    }
}

/// A collation as it is written: those of the server have no schema.
fn bare(collation: &QualifiedName) -> String {
    match &collation.schema {
        Some(schema) if schema.as_str() == "pg_catalog" => format!("`{}`", collation.name.for_people()),
        _ => shown(collation),
    }
}
