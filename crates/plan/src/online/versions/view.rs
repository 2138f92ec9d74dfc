//! A view through which a version reads and writes a table.

use limosa_catalog::{ColumnName, Entry, Identifier, Literal, Object, ObjectId, ObjectName};

use super::super::privileges::hand_on;
use super::picture::{SeenColumn, SeenTable};

/// The statements that make it, with the comments and privileges of its table. `role` is the one that runs them.
pub(super) fn make_view(view: &ObjectName, seen: &SeenTable<'_>, role: &Identifier) -> Vec<String> {
    let Some(columns) = &seen.columns else {
        return vec![format!("CREATE VIEW {view} WITH (security_invoker) AS SELECT * FROM {}", seen.table)];
    };
    let listed: Vec<String> = columns.iter().map(shown).collect();
    let mut statements =
        vec![format!("CREATE VIEW {view} WITH (security_invoker) AS SELECT {} FROM {}", listed.join(", "), seen.table)];
    let Some(table) = seen.entry else { return statements };
    if let Some(text) = comment(table) {
        statements.push(format!("COMMENT ON VIEW {view} IS {}", Literal(text)));
    }
    statements.extend(hand_on(table, &format!("TABLE {view}"), |word| Some(word.to_owned())));
    if let Some(owner) = owner(table).filter(|owner| *owner != role) {
        statements.push(format!("GRANT ALL ON TABLE {view} TO {owner}"));
    }
    for column in columns {
        let id = ObjectId::Column(ColumnName { relation: seen.table.clone(), name: original(table, columns, column) });
        let Some(entry) = table.catalog().entry(&id) else { continue };
        if let Some(text) = comment(entry) {
            statements.push(format!("COMMENT ON COLUMN {view}.{} IS {}", column.name, Literal(text)));
        }
    }
    statements
}

/// Who owns an object.
pub(super) fn owner<'a>(entry: Entry<'a>) -> Option<&'a Identifier> {
    entry.children().find_map(|child| match (child.id(), child.object()) {
        (ObjectId::Owner(_), Object::Owner(owner)) => Some(&owner.role),
        _ => None,
    })
}

fn comment<'a>(entry: Entry<'a>) -> Option<&'a str> {
    entry.children().find_map(|child| match child.object() {
        Object::Comment(comment) => Some(comment.text.as_ref()),
        _ => None,
    })
}

fn shown(column: &SeenColumn) -> String {
    match column.column == column.name {
        true => column.column.to_string(),
        false => format!("{} AS {}", column.column, column.name),
    }
}

/// The column whose comment and privileges it has: itself, or the one that it will take the place of, where it is not
/// there yet.
fn original(table: Entry<'_>, columns: &[SeenColumn], column: &SeenColumn) -> Identifier {
    let is_there = |name: &Identifier| {
        table.children().any(|child| matches!(child.id(), ObjectId::Column(own) if own.name == *name))
    };
    let is_another = |name: &Identifier| columns.iter().any(|other| other.column == *name);
    match is_there(&column.column) || is_another(&column.name) {
        true => column.column.clone(),
        false => column.name.clone(),
    }
}
