//! A schema, view, function, sequence or trigger is not named as the project names them.
//!
//! Each kind has a pattern of its own, and those without one are let be. The cases that stand in braces are those of
//! `table-name`; of a trigger, `{table}` stands for the name of its table. A pattern for schemas keeps out names of
//! environments, such as `[a-z_]+`, that would be others in production.
//!
//! ```sql,bad
//! -- limosa.toml: object-name = { view = "{snake_case}_view", function = "{snake_case}", schema = "{snake_case}" }
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! CREATE VIEW recent AS SELECT id FROM visit;
//! ```
//! ```sql,good
//! -- limosa.toml: object-name = { view = "{snake_case}_view", function = "{snake_case}", schema = "{snake_case}" }
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! CREATE VIEW recent_view AS SELECT id FROM visit;
//! CREATE FUNCTION "today"() RETURNS date LANGUAGE sql AS 'SELECT current_date';
//! ```

use limosa_catalog::{Entry, Identifier, ObjectId, ObjectKind};
use limosa_syntax::Tokens;

use crate::file::Role;
use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level, On, Parameter, ParameterKind};
use crate::step::{CatalogView, Step};

const fn pattern(name: &'static str, meaning: &'static str) -> Parameter {
    Parameter::new(name, ParameterKind::Pattern, "", meaning)
}

pub(crate) const RULE: Declaration =
    Declaration::new(Level::Off, &[On::Statement(of_statement), On::Catalog(of_catalog)]).with(&[
        pattern("schema", "what names of schemas are like"),
        pattern("view", "what names of views and materialized views are like"),
        pattern("function", "what names of functions and procedures are like"),
        pattern("sequence", "what names of sequences are like"),
        pattern("trigger", "what names of triggers are like"),
        EXCEPT,
    ]);

fn of_statement(step: &Step<'_>, found: &mut Findings<'_>) {
    if step.file.role == Role::Down || !step.looked.begins_with("CREATE") {
        return;
    }
    let tokens = Tokens::of(&step.looked.text);
    let mut words = tokens.words();
    words.take(&["CREATE"]);
    words.take(&["OR", "REPLACE"]);
    while words.take_any(&["RECURSIVE", "MATERIALIZED", "CONSTRAINT"]) {}
    let kinds = ["SCHEMA", "VIEW", "FUNCTION", "PROCEDURE", "SEQUENCE", "TRIGGER"];
    let Some(kind) = kinds.into_iter().find(|kind| words.take(&[kind])) else { return };
    words.take(&["IF", "NOT", "EXISTS"]);
    let Some(name) = words.qualified_name() else { return };
    words.skip_until_any(&["ON"]);
    words.take(&["ON"]);
    let table = words.qualified_name().map(|table| table.name);
    let kind = if kind == "PROCEDURE" { "function" } else { &kind.to_lowercase() };
    if let Some(message) = problem(found, kind, &name.name, table.as_ref()) {
        found.at(step.head(), message).of_table(&name);
    }
}

fn of_catalog(view: &CatalogView<'_>, found: &mut Findings<'_>) {
    for (kind, parameter) in [
        (ObjectKind::Schema, "schema"),
        (ObjectKind::View, "view"),
        (ObjectKind::MaterializedView, "view"),
        (ObjectKind::Function, "function"),
        (ObjectKind::Procedure, "function"),
        (ObjectKind::Sequence, "sequence"),
        (ObjectKind::Trigger, "trigger"),
    ] {
        for entry in view.of_kind(kind) {
            let Some((name, table)) = named(entry) else { continue };
            if let Some(message) = problem(found, parameter, name, table) {
                found.whole(message).object(entry.id());
            }
        }
    }
}

/// The own name of an object, and that of its table.
fn named(entry: Entry<'_>) -> Option<(&Identifier, Option<&Identifier>)> {
    Some(match entry.id() {
        ObjectId::Schema(name) => (name, None),
        ObjectId::View(of) | ObjectId::MaterializedView(of) | ObjectId::Sequence(of) => (&of.name, None),
        ObjectId::Function(of) | ObjectId::Procedure(of) => (&of.name, None),
        ObjectId::Trigger(of) => (&of.name, Some(&of.relation.name)),
        _ => return None,
    })
}

fn problem(found: &Findings<'_>, kind: &str, name: &Identifier, table: Option<&Identifier>) -> Option<String> {
    let pattern = found.parameters.pattern(kind)?;
    let values: Vec<(&str, &str)> = table.iter().map(|table| ("table", table.as_str())).collect();
    let fits = pattern.fits(name.as_str(), &values);
    (!fits).then(|| format!("the {kind} `{}` is not named like `{}`", name.for_people(), pattern.as_str()))
}
