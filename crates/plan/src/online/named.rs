//! What `COMMENT ON`, `GRANT` and `REVOKE` name, in the catalog that is met.

use limosa_catalog::{ColumnName, Entry, Identifier, MemberName, Object, ObjectId, ObjectName, QualifiedName};
use limosa_syntax::{ObjectAction, ObjectChange, Tokens, Words};

use super::situation::{Situation, Work};

/// What a statement is about.
#[derive(Debug)]
pub(super) enum Named {
    /// It is there.
    There(ObjectId),
    /// The migration makes it.
    New,
    /// It is what a statement before has made of something else, or calls so: a copy, which an abort takes away.
    Passing,
}

impl Situation<'_> {
    /// Notes what a statement makes, besides tables.
    pub(super) fn has_made(&self, work: &Work<'_>) {
        let Some(change) = ObjectChange::of(&work.text) else { return };
        if matches!(change.action, ObjectAction::Create | ObjectAction::CreateEnum(_)) {
            let names = change.names.into_iter().map(|name| (family(change.kind), name.name));
            self.made.borrow_mut().extend(names);
        }
    }

    fn makes_it(&self, kind: &'static str, name: &QualifiedName) -> bool {
        self.is_new(name) || self.made.borrow().contains(&(family(kind), name.name.clone()))
    }
}

/// What a comment is on; `None` where that is not known.
pub(super) fn commented(situation: &Situation<'_>, text: &str) -> Option<Named> {
    let tokens = Tokens::of(text);
    let mut words = tokens.words();
    words.take(&["COMMENT", "ON"]).then_some(())?;
    if words.take(&["COLUMN"]) {
        let (table, column) = words.column_of()?;
        return of_column(situation, &table, column);
    }
    for kind in ["CONSTRAINT", "TRIGGER", "POLICY", "RULE"] {
        if words.take(&[kind]) {
            return of_member(situation, kind, words);
        }
    }
    // The words up to the name say the kind: `TEXT SEARCH PARSER`.
    let kind = KINDS.iter().find(|kind| words.take(&kind.split(' ').collect::<Vec<_>>()))?;
    let name = words.qualified_name()?;
    let arguments = words.parenthesised().map(|it| it.span().map_or("", |it| it.of(text)));
    named(situation, kind, &name, arguments)
}

/// An object of a kind, as it is said in capitals; `None` where none is known, or more than one may be meant.
pub(super) fn named(
    situation: &Situation<'_>,
    kind: &'static str,
    name: &QualifiedName,
    arguments: Option<&str>,
) -> Option<Named> {
    let path = situation.settings.search_path;
    let schemas = name.schema.as_ref().map_or(path, std::slice::from_ref);
    let is_called = |entry: &Entry<'_>| is_of(entry.id(), kind) && entry.id().own_name() == Some(&name.name);
    let there: Vec<&ObjectId> = situation.catalog.iter().filter(is_called).map(|entry| entry.id()).collect();
    let in_schema = |schema: &Identifier| -> Vec<&ObjectId> {
        there.iter().copied().filter(|id| id.schema().is_none_or(|own| own == schema)).collect()
    };
    let mut found = schemas.iter().map(in_schema).find(|found| !found.is_empty()).unwrap_or_default();
    if let Some(said) = arguments.filter(|_| found.len() > 1) {
        found.retain(|id| has_arguments(id, said));
    }
    match found.as_slice() {
        [only] => Some(Named::There((*only).clone())),
        [] if there.is_empty() && situation.makes_it(kind, name) => Some(Named::New),
        _ => None,
    }
}

/// The kinds that have a name by which they are found.
const KINDS: &[&str] = &[
    "ACCESS METHOD",
    "AGGREGATE",
    "COLLATION",
    "CONVERSION",
    "DOMAIN",
    "EVENT TRIGGER",
    "EXTENSION",
    "FOREIGN DATA WRAPPER",
    "FOREIGN TABLE",
    "FUNCTION",
    "INDEX",
    "LANGUAGE",
    "MATERIALIZED VIEW",
    "PROCEDURE",
    "PUBLICATION",
    "ROUTINE",
    "SCHEMA",
    "SEQUENCE",
    "SERVER",
    "STATISTICS",
    "TABLE",
    "TEXT SEARCH CONFIGURATION",
    "TEXT SEARCH DICTIONARY",
    "TEXT SEARCH PARSER",
    "TEXT SEARCH TEMPLATE",
    "TYPE",
    "VIEW",
];

/// Whether an object is of a kind. `TABLE` is said of all that rows are read from, `TYPE` of domains as well.
fn is_of(id: &ObjectId, kind: &str) -> bool {
    match (kind, id) {
        (
            "TABLE",
            ObjectId::Table(_) | ObjectId::View(_) | ObjectId::MaterializedView(_) | ObjectId::ForeignTable(_),
        )
        | (
            "TYPE",
            ObjectId::Enum(_)
            | ObjectId::CompositeType(_)
            | ObjectId::Range(_)
            | ObjectId::BaseType(_)
            | ObjectId::Domain(_),
        )
        | ("ROUTINE", ObjectId::Function(_) | ObjectId::Procedure(_) | ObjectId::Aggregate(_))
        | ("FUNCTION", ObjectId::Aggregate(_)) => true,
        (_, id) => id.kind().words().replace('-', " ").eq_ignore_ascii_case(kind),
    }
}

/// The kinds that share their names.
fn family(kind: &'static str) -> &'static str {
    match kind {
        "FUNCTION" | "PROCEDURE" | "AGGREGATE" => "ROUTINE",
        "VIEW" | "MATERIALIZED VIEW" | "FOREIGN TABLE" | "SEQUENCE" | "INDEX" => "TABLE",
        "DOMAIN" => "TYPE",
        other => other,
    }
}

/// Whether a routine has these arguments, as far as types are called alike.
fn has_arguments(id: &ObjectId, said: &str) -> bool {
    let (ObjectId::Function(name) | ObjectId::Procedure(name) | ObjectId::Aggregate(name)) = id else { return false };
    let own: Vec<&str> = name.arguments.iter().map(|argument| argument.as_str()).collect();
    let said: Vec<String> = said.split(',').map(|it| usual_name(it.trim())).filter(|it| !it.is_empty()).collect();
    own == said
}

/// A type as `format_type` prints it, of those that have a short name.
fn usual_name(said: &str) -> String {
    let said = said.to_lowercase();
    let (own, array) = match said.strip_suffix("[]") {
        Some(own) => (own, "[]"),
        None => (said.as_str(), ""),
    };
    let own = match own {
        "int" | "int4" => "integer",
        "int8" => "bigint",
        "int2" => "smallint",
        "bool" => "boolean",
        "varchar" => "character varying",
        "timestamptz" => "timestamp with time zone",
        "timestamp" => "timestamp without time zone",
        "float8" => "double precision",
        "float4" => "real",
        "decimal" => "numeric",
        own => own,
    };
    format!("{own}{array}")
}

fn of_column(situation: &Situation<'_>, table: &QualifiedName, name: Identifier) -> Option<Named> {
    if situation.makes_it("TABLE", table) {
        return Some(Named::New);
    }
    let Some(Named::There(id)) = named(situation, "TABLE", table, None) else { return None };
    let relation = relation(&id)?;
    let column = ColumnName { relation: relation.clone(), name };
    let id_of_column = ObjectId::Column(column.clone());
    let is_of_view = |attributes: &[limosa_catalog::kind::composite_type::Attribute]| {
        attributes.iter().any(|attribute| attribute.name == column.name)
    };
    let is_there = match situation.catalog.get(&id)? {
        Object::View(view) => is_of_view(&view.columns),
        Object::MaterializedView(_) => true,
        _ => situation.catalog.contains(&id_of_column),
    };
    if is_there {
        return Some(Named::There(id_of_column));
    }
    if situation.added(&relation).contains(&column.name) {
        return Some(Named::New);
    }
    let is_copy = situation.refuse_changing(&relation, std::slice::from_ref(&column.name)).is_err();
    is_copy.then_some(Named::Passing)
}

/// The name of what rows are read from.
pub(super) fn relation(id: &ObjectId) -> Option<ObjectName> {
    match id {
        ObjectId::Table(name)
        | ObjectId::View(name)
        | ObjectId::MaterializedView(name)
        | ObjectId::ForeignTable(name) => Some(name.clone()),
        _ => None,
    }
}

/// What lives in a table, or a constraint of it.
fn of_member(situation: &Situation<'_>, kind: &'static str, mut words: Words<'_>) -> Option<Named> {
    let name = words.identifier()?;
    words.take(&["ON"]).then_some(())?;
    if words.at(&["DOMAIN"]) {
        return None;
    }
    let table = words.qualified_name()?;
    if situation.makes_it("TABLE", &table) {
        return Some(Named::New);
    }
    let relation = situation.resolve(&table)?;
    let makes_it = situation.made.borrow().contains(&(kind, name.clone()));
    let member = MemberName { relation, name };
    let is_not_null = kind == "CONSTRAINT" && refuses_null(situation, &member);
    let id = match kind {
        "TRIGGER" => ObjectId::Trigger(member),
        "POLICY" => ObjectId::Policy(member),
        "RULE" => ObjectId::Rule(member),
        _ => ObjectId::Constraint(member),
    };
    Some(match situation.catalog.contains(&id) || is_not_null {
        true => Named::There(id),
        false if makes_it => Named::New,
        false => Named::Passing,
    })
}

/// Whether a constraint is that of a column which refuses null: no object of its own in the catalog.
fn refuses_null(situation: &Situation<'_>, name: &MemberName) -> bool {
    let Some(table) = situation.catalog.entry(&ObjectId::Table(name.relation.clone())) else { return false };
    table.children().any(|part| match (part.id(), part.object()) {
        (ObjectId::Column(column), Object::Column(facts)) => {
            facts.not_null.as_ref().is_some_and(|rule| rule.name_on(column) == name.name.as_str())
        }
        _ => false,
    })
}
