//! Statements that look first.

use limosa_catalog::kind::grant::{GrantName, Grantee};
use limosa_catalog::{ColumnName, ObjectId, Rename};

use super::exists::{exists, is_owned_by, keyword, label_exists};
use super::{FixStep, Verb};
use crate::diff::graph::Action;
use crate::diff::rename::RenameStep;
use crate::diff::statement::{Run, Sql, Statement};

/// The statements of an action, each so that it can be run again.
pub(super) fn guarded(action: &Action, name_is_taken: bool) -> Vec<String> {
    let condition = condition(action);
    if let (Some(condition), Verb::Remove | Verb::Drop, true) = (&condition, action.verb, name_is_taken) {
        // Something else has the name afterwards, of which `IF EXISTS` would say that it is of the wrong kind.
        let plain = |statement: &Statement| match &action.id {
            ObjectId::Index(name) => Statement::text(format!("DROP INDEX {name}")),
            _ => statement.clone(),
        };
        return vec![conditional(condition, &action.statements.iter().map(plain).collect::<Vec<_>>())];
    }
    let can_stand_in_a_block = action.statements.iter().all(|statement| statement.run == Run::Together);
    let plain: Vec<String> = action.statements.iter().map(|statement| lenient(statement, &action.id)).collect();
    let is_lenient = |statement: &Statement, plain: &str| statement.to_string() != plain;
    match (&condition, action.statements.as_slice()) {
        // `IF EXISTS` says it all.
        (Some(_), [only]) if plain.iter().all(|plain| is_lenient(only, plain)) => end(plain),
        (Some(condition), statements) if can_stand_in_a_block => vec![conditional(condition, statements)],
        _ => {
            let again = |(statement, plain): (&Statement, String)| {
                if statement.run == Run::Alone || is_lenient(statement, &plain) {
                    return format!("{plain};");
                }
                match (&condition, excuses(statement)) {
                    (Some(condition), _) if makes(statement) => conditional(condition, std::slice::from_ref(statement)),
                    (_, Some(excuses)) => block(&format!(
                        "{}EXCEPTION WHEN {excuses} THEN\n  NULL; -- it is so already",
                        inner(std::slice::from_ref(statement), "  ").trim_start_matches("  ")
                    )),
                    _ => format!("{plain};"),
                }
            };
            action.statements.iter().zip(plain).map(again).collect()
        }
    }
}

/// A statement that does nothing where what it changes is not there.
pub(in crate::diff) fn where_there(id: &ObjectId, statement: Statement) -> Statement {
    match exists(id) {
        Some(there) => Statement::text(conditional(&there, &[statement]).trim_end_matches(';')),
        None => statement,
    }
}

fn conditional(condition: &str, statements: &[Statement]) -> String {
    block(&format!("IF {condition} THEN\n{}  END IF;", inner(statements, "    ")))
}

/// Whether a statement is the one that makes something, which it can only once.
fn makes(statement: &Statement) -> bool {
    let text = statement.to_string();
    text.starts_with("CREATE ") || text.contains(" ADD ") || text.contains("\n    ADD ")
}

fn end(statements: Vec<String>) -> Vec<String> {
    statements.into_iter().map(|sql| format!("{sql};")).collect()
}

/// What has to hold for the action to be done.
fn condition(action: &Action) -> Option<String> {
    let there = match (&action.id, action.verb) {
        // What is taken from something can be taken while that is there.
        (ObjectId::Grant(grant), Verb::Remove | Verb::Drop) => return revocable(grant),
        (ObjectId::SecurityLabel(label), Verb::Remove | Verb::Drop) => return exists(&label.on),
        (ObjectId::Comment(of) | ObjectId::Owner(of), Verb::Remove | Verb::Drop) => return exists(of),
        (ObjectId::ColumnDefault(column), Verb::Remove | Verb::Drop) => {
            return exists(&ObjectId::Column(column.clone()));
        }
        (ObjectId::DefaultPrivilege(name), Verb::Remove | Verb::Drop) => {
            return name.schema.as_ref().and_then(|schema| exists(&ObjectId::Schema(schema.clone())));
        }
        (id, _) => exists(id)?,
    };
    match (action.verb, &action.id) {
        (Verb::Remove | Verb::Drop, _) => Some(there),
        // A base type is announced first, and made when its functions are there.
        (Verb::Create, ObjectId::BaseType(name)) => {
            Some(format!("pg_catalog.to_regtype({}) IS NULL", limosa_catalog::Literal(&name.to_string())))
        }
        (Verb::Finish, ObjectId::BaseType(_)) => Some(format!("NOT {there}")),
        // What is made along with something else has only its settings left to be said, which can be said again.
        (Verb::Create, _) => action.statements.iter().any(makes).then(|| format!("NOT {there}")),
        (Verb::Alter | Verb::Finish, _) => None,
    }
}

/// Whether a privilege can be taken from a role: it is on something that is there, and that the role does not own by
/// now. What an owner has stays.
fn revocable(grant: &GrantName) -> Option<String> {
    let there = exists(&grant.on)?;
    let owned = match &grant.grantee {
        Grantee::Role(role) => is_owned_by(&grant.on, role),
        Grantee::Public | Grantee::Owner => None,
    };
    Some(owned.map_or_else(|| there.clone(), |owned| format!("{there}\n    AND NOT {owned}")))
}

fn block(inside: &str) -> String {
    let tag = (0..).map(|number: u32| format!("$fix{}$", if number == 0 { String::new() } else { number.to_string() }));
    let tag = tag.into_iter().find(|tag| !inside.contains(tag.as_str())).unwrap_or_default();
    format!("DO {tag}\nBEGIN\n  {inside}\nEND\n{tag};")
}

/// Statements as PL/pgSQL has them.
fn inner(statements: &[Statement], indent: &str) -> String {
    let line = |statement: &Statement| {
        let sql = statement.to_string();
        let sql = match sql.strip_prefix("SELECT ") {
            Some(rest) => format!("PERFORM {rest}"),
            // Its own parser looks for the end of each statement.
            None if sql.contains(';') => format!("EXECUTE {}", quoted(&sql)),
            None => sql,
        };
        format!("{indent}{sql};\n")
    };
    statements.iter().map(line).collect()
}

fn quoted(sql: &str) -> String {
    let mut tag = "$sql$".to_owned();
    while sql.contains(&tag) {
        tag.insert(1, 'x');
    }
    format!("{tag}{sql}{tag}")
}

/// The statement with `IF EXISTS` or `IF NOT EXISTS` where PostgreSQL has it.
fn lenient(statement: &Statement, id: &ObjectId) -> String {
    let text = statement.to_string();
    if let Sql::Alter { target, actions } = &statement.sql
        && let [action] = actions.as_slice()
    {
        let head = format!("ALTER {} ", target.keyword);
        let lenient = [
            ("ADD COLUMN ", "ADD COLUMN IF NOT EXISTS "),
            ("DROP COLUMN ", "DROP COLUMN IF EXISTS "),
            ("DROP CONSTRAINT ", "DROP CONSTRAINT IF EXISTS "),
        ];
        if let Some((plain, lenient)) = lenient.iter().find(|(plain, _)| action.starts_with(plain)) {
            let text = text.replacen(plain, lenient, 1);
            return if lenient.starts_with("DROP") {
                text.replacen(&head, &format!("{head}IF EXISTS "), 1)
            } else {
                text
            };
        }
        let ends = [(" DROP IDENTITY", " DROP IDENTITY IF EXISTS"), (" DROP EXPRESSION", " DROP EXPRESSION IF EXISTS")];
        if let Some((plain, lenient)) = ends.iter().find(|(plain, _)| text.ends_with(plain)) {
            return text.replacen(plain, lenient, 1);
        }
        return text;
    }
    let keyword = keyword(id);
    let heads = [
        ("DROP INDEX CONCURRENTLY ".to_owned(), "IF EXISTS "),
        (format!("DROP {keyword} "), "IF EXISTS "),
        ("CREATE UNIQUE INDEX CONCURRENTLY ".to_owned(), "IF NOT EXISTS "),
        ("CREATE INDEX CONCURRENTLY ".to_owned(), "IF NOT EXISTS "),
        ("CREATE UNIQUE INDEX ".to_owned(), "IF NOT EXISTS "),
        ("CREATE INDEX ".to_owned(), "IF NOT EXISTS "),
        ("CREATE TABLE ".to_owned(), "IF NOT EXISTS "),
        ("CREATE SEQUENCE ".to_owned(), "IF NOT EXISTS "),
        ("CREATE SCHEMA ".to_owned(), "IF NOT EXISTS "),
        ("CREATE MATERIALIZED VIEW ".to_owned(), "IF NOT EXISTS "),
    ];
    if let Some((head, condition)) = heads.iter().find(|(head, _)| text.starts_with(head.as_str())) {
        let rest = &text[head.len()..];
        let has_it = rest.starts_with("IF ") || rest.starts_with("ONLY ");
        return if has_it { text } else { format!("{head}{condition}{rest}") };
    }
    if text.starts_with("ALTER TYPE ") {
        return text.replacen(" ADD VALUE ", " ADD VALUE IF NOT EXISTS ", 1);
    }
    text
}

/// The errors with which PostgreSQL says that an alteration is done already, where it does not simply do it again.
fn excuses(statement: &Statement) -> Option<&'static str> {
    const EXCUSES: &[(&str, &str)] = &[
        (" RENAME ", "undefined_object OR undefined_table OR undefined_column OR duplicate_object OR duplicate_table"),
        (" ADD GENERATED ", "object_not_in_prerequisite_state"),
        (" ADD ATTRIBUTE ", "duplicate_column"),
        (" DROP ATTRIBUTE ", "undefined_column"),
        (" ATTACH PARTITION ", "wrong_object_type OR object_not_in_prerequisite_state"),
        (" DETACH PARTITION ", "undefined_table OR undefined_object"),
        (" NO INHERIT ", "undefined_table"),
        (" INHERIT ", "duplicate_table"),
        (" MAPPING ", "unique_violation OR duplicate_object OR undefined_object"),
        (" OPTIONS (", "duplicate_object OR undefined_object"),
        ("ALTER PUBLICATION ", "duplicate_object OR undefined_object"),
        ("ALTER OPERATOR FAMILY ", "duplicate_object OR undefined_object"),
        (" ADD CONSTRAINT ", "duplicate_object"),
        (" ADD PRIMARY KEY ", "invalid_table_definition"),
        (" ADD ", "duplicate_object"),
    ];
    let text = statement.to_string();
    EXCUSES.iter().find(|(part, _)| text.contains(part)).map(|(_, excuses)| *excuses)
}

/// A rename that is made where the old name is there and the new one is not.
pub(super) fn rename(step: &RenameStep) -> FixStep {
    let column = |of: &ObjectId, name: &limosa_catalog::Identifier| {
        let relation = match of {
            ObjectId::Table(relation)
            | ObjectId::ForeignTable(relation)
            | ObjectId::View(relation)
            | ObjectId::MaterializedView(relation)
            | ObjectId::CompositeType(relation) => relation.clone(),
            _ => return None,
        };
        exists(&ObjectId::Column(ColumnName { relation, name: name.clone() }))
    };
    let (old, new) = match &step.now {
        Rename::Object { from, .. } => (exists(from), exists(&step.new_id)),
        Rename::Column { of, from, to } => (column(of, from), column(of, to)),
        Rename::Label { of, from, to } => (Some(label_exists(of, from)), Some(label_exists(of, to))),
    };
    let about = format!("rename {}", step.now);
    let condition = [old, new.map(|new| format!("NOT {new}"))].into_iter().flatten().collect::<Vec<_>>();
    let inside = format!("IF {} THEN\n    {};\n  END IF;", condition.join("\n    AND "), step.statement);
    FixStep { about, sql: vec![block(&inside)], held_back: None, hazards: Vec::new() }
}
