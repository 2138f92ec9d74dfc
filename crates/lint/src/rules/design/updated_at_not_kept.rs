//! Nothing keeps the time of a row's last change true.
//!
//! A default sets `updated_at` when the row is made; after that it is as old as whoever writes makes it: an
//! application that sets it, and then a script that does not. A trigger before each update sets it for every writer.
//! The rule is content with a row trigger `BEFORE UPDATE` whose function, or whose arguments, name the column.
//!
//! ```sql,bad
//! CREATE TABLE visit (id bigint PRIMARY KEY, updated_at timestamptz NOT NULL DEFAULT now());
//! ```
//! ```sql,bad
//! CREATE TABLE visit (id bigint PRIMARY KEY, updated_at timestamptz NOT NULL DEFAULT now());
//! CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.updated_at := now(); RETURN NEW; END';
//! CREATE TRIGGER visit_touch BEFORE INSERT ON visit FOR EACH ROW EXECUTE FUNCTION touch();
//! ```
//! ```sql,good
//! CREATE TABLE visit (id bigint PRIMARY KEY, updated_at timestamptz NOT NULL DEFAULT now());
//! CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.updated_at := now(); RETURN NEW; END';
//! CREATE TRIGGER visit_touch BEFORE INSERT OR UPDATE ON visit FOR EACH ROW EXECUTE FUNCTION touch();
//! ```

use limosa_catalog::kind::trigger::{Enabled, Trigger};
use limosa_catalog::{Entry, Identifier, Object, ObjectId, ObjectKind};
use limosa_syntax::Tokens;

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level, On, Parameter, ParameterKind};
use crate::shape::{Site, Table};
use crate::step::CatalogView;

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, &[On::Catalog(check)]).with(&[
    Parameter::new("columns", ParameterKind::List, r#"["updated_at", "updatedAt"]"#, "the columns that are to be kept"),
    EXCEPT,
]);

fn check(view: &CatalogView<'_>, found: &mut Findings<'_>) {
    let columns = found.parameters.list("columns");
    for table in view.tables().iter().filter(|table| !table.is_partition && !table.foreign) {
        for column in table.columns.iter().filter(|column| columns.iter().any(|name| name == column.name.as_str())) {
            if column.generation.is_none() && !is_kept(view, table, &column.name) {
                let shown = table.shown_column(&column.name);
                let message = format!("nothing keeps {shown} true: no trigger sets it before an update");
                found.site(column.site, message).of_table(&table.name);
            }
        }
    }
}

fn is_kept(view: &CatalogView<'_>, table: &Table<'_>, column: &Identifier) -> bool {
    let Site::Catalog(id) = table.site else { return false };
    let parts = view.catalog.entry(id).into_iter().flat_map(|table| table.children());
    parts.into_iter().any(|part| match part.object() {
        Object::Trigger(trigger) => sets(view, trigger, column),
        _ => false,
    })
}

/// Whether a trigger seems to set a column before each update.
fn sets(view: &CatalogView<'_>, trigger: &Trigger, column: &Identifier) -> bool {
    let definition = trigger.definition.as_str();
    let tokens = Tokens::of(definition);
    let words = tokens.words();
    let says = |keywords: &[&str]| words.each().any(|(_, here)| here.at(keywords));
    if trigger.enabled == Enabled::Disabled || !says(&["BEFORE"]) || !says(&["UPDATE"]) || !says(&["EACH", "ROW"]) {
        return false;
    }
    // `moddatetime('updated_at')`, of an extension.
    if definition.contains(&format!("'{}'", column.as_str())) {
        return true;
    }
    let is_called = |function: &Entry<'_>| match function.id() {
        ObjectId::Function(name) => name.schema == trigger.function.schema && name.name == trigger.function.name,
        _ => false,
    };
    let function = view.catalog.of_kind(ObjectKind::Function).find(is_called);
    match function.map(|function| function.object()) {
        Some(Object::Function(function)) => function.body.source.contains(column.as_str()),
        _ => false,
    }
}
