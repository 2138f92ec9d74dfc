//! The rows that migrations write, for a baseline: the statements that wrote them, else the rows themselves. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use limosa_catalog::kind::constraint::ConstraintRule;
use limosa_catalog::{Catalog, Entry, Literal, Object, ObjectId, ObjectKind, ObjectName};
use limosa_project::{Migration, MigrationSet};
use limosa_syntax::{LineIndex, Script, Statement, placeholders, summarize};

use super::draft::LeftOut;
use crate::prove::Rows;

/// What people call statements that change rows and nothing else.
const WRITES: &[&str] = &["INSERT", "UPDATE", "DELETE", "MERGE"];

/// Beginnings of what concerns the server and no single schema, which no catalog of a database shows.
const OF_SERVER: &[&str] = &["ROLE", "USER", "GROUP", "DATABASE", "TABLESPACE", "SYSTEM"];

/// As many characters of a statement are told.
const SUMMARY: usize = 60;

/// The statements of migrations that write rows, as they stand there, each ended by a semicolon.
pub(super) fn writing_statements(originals: &MigrationSet) -> Vec<String> {
    let of_migration = |migration: &Migration| {
        let text = migration.up.text().to_owned();
        let statements = Script::parse(&text).statements;
        let writing = statements.iter().filter(|statement| WRITES.contains(&&*statement.class.tag));
        writing.map(|statement| format!("{};\n", statement.span.of(&text))).collect::<Vec<_>>()
    };
    originals.migrations.iter().flat_map(of_migration).collect()
}

/// Statements that no baseline holds, since nothing of them is in the database: roles, settings of the server.
pub(super) fn of_server(originals: &MigrationSet) -> Vec<LeftOut> {
    told(originals, |statement, _| {
        let mut words = statement.class.tag.split(' ');
        let (verb, object) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        ["CREATE", "ALTER", "DROP", "GRANT", "REVOKE"].contains(&verb) && OF_SERVER.contains(&object)
    })
}

/// Statements with placeholders, of which a baseline would hold the values: those that change the schema, and where
/// rows are written one by one, those that write rows.
pub(super) fn with_values(originals: &MigrationSet, row_by_row: bool) -> Vec<LeftOut> {
    told(originals, |statement, text| {
        let is_kept = !row_by_row && WRITES.contains(&&*statement.class.tag);
        !is_kept && !placeholders(text).is_empty()
    })
}

/// The statements of migrations that are meant, with their places.
fn told(originals: &MigrationSet, is_meant: impl Fn(&Statement, &str) -> bool) -> Vec<LeftOut> {
    let of_migration = |migration: &Migration| {
        let (source, section) = (&migration.up.source, migration.up.section.start);
        let (text, lines) = (migration.up.text(), LineIndex::new(&source.text));
        let left_out = |statement: &Statement| LeftOut {
            path: source.path.clone(),
            line: lines.locate(&source.text, section + statement.span.start).line,
            statement: summarize(statement.span.of(text), SUMMARY),
        };
        let statements = Script::parse(text).statements;
        let meant = statements.iter().filter(|statement| is_meant(statement, statement.span.of(text)));
        meant.map(left_out).collect::<Vec<_>>()
    };
    originals.migrations.iter().flat_map(of_migration).collect()
}

/// Rows as statements that write them, those first that others refer to.
pub(super) fn writing_rows(catalog: &Catalog, rows: &Rows) -> String {
    let mut text = String::new();
    for name in in_order(catalog, rows.tables.keys()) {
        let Some(table) = rows.tables.get(name).filter(|table| !table.rows.is_empty()) else { continue };
        let columns: Vec<String> = table.columns.iter().map(|column| column.name.to_string()).collect();
        let values: Vec<String> = table
            .rows
            .iter()
            .map(|row| {
                let values: Vec<String> = row.iter().map(|value| Literal::or_null(value.as_deref())).collect();
                format!("    ({})", values.join(", "))
            })
            .collect();
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "INSERT INTO {name} ({}) OVERRIDING SYSTEM VALUE VALUES\n{};",
            columns.join(", "),
            values.join(",\n")
        );
        for column in &table.columns {
            let counted = Literal(&name.to_string()).to_string();
            let (own, quoted) = (Literal(column.name.as_str()), &column.name);
            if is_numbered(catalog, name, column.name.as_str()) {
                let _ = writeln!(
                    text,
                    "SELECT pg_catalog.setval(pg_catalog.pg_get_serial_sequence({counted}, {own}), \
                     max({quoted})) FROM {name};"
                );
            }
        }
        text.push('\n');
    }
    text
}

/// Whether the database numbers the rows of a column.
fn is_numbered(catalog: &Catalog, table: &ObjectName, column: &str) -> bool {
    let is_it = |entry: &Entry<'_>| match entry.id() {
        ObjectId::Column(id) => id.relation == *table && id.name.as_str() == column,
        _ => false,
    };
    let Some(entry) = catalog.of_kind(ObjectKind::Column).find(is_it) else { return false };
    let has_identity = matches!(entry.object(), Object::Column(column) if column.identity.is_some());
    let from_sequence = entry.children().any(|child| {
        matches!(child.object(), Object::ColumnDefault(default) if default.expression.as_str().starts_with("nextval("))
    });
    has_identity || from_sequence
}

/// Tables in an order in which none refers to a later one, as far as there is one.
fn in_order<'t>(catalog: &Catalog, tables: impl Iterator<Item = &'t ObjectName>) -> Vec<&'t ObjectName> {
    let mut refers: BTreeMap<ObjectName, BTreeSet<ObjectName>> = BTreeMap::new();
    for entry in catalog.of_kind(ObjectKind::Constraint) {
        let Object::Constraint(constraint) = entry.object() else { continue };
        let (ConstraintRule::ForeignKey(key), Some(parent)) = (&constraint.rule, entry.parent()) else { continue };
        if let ObjectId::Table(name) = parent.id() {
            refers.entry(name.clone()).or_default().insert(key.references.clone());
        }
    }
    let mut left: Vec<&ObjectName> = tables.collect();
    let mut ordered = Vec::new();
    while !left.is_empty() {
        let is_free = |name: &&ObjectName| {
            let others = |to: &ObjectName| to != *name && left.contains(&to);
            !refers.get(*name).is_some_and(|to| to.iter().any(others))
        };
        // Where tables refer to each other in a circle, the server says what is in the way.
        let at = left.iter().position(is_free).unwrap_or(0);
        ordered.push(left.remove(at));
    }
    ordered
}
