//! A migration makes a table that an earlier one uses.
//!
//! In a database that has seen more than these files it works; in an empty one, where they run in their order, it
//! fails: for a new colleague, in CI, and wherever the schema is to be built anew.
//!
//! Silent where the later file says `IF NOT EXISTS`, and where the table is dropped or renamed in between.
//!
//! ```sql,bad
//! ALTER TABLE visit ADD COLUMN note text;
//! -- next migration
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! ```
//! ```sql,good
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! -- next migration
//! ALTER TABLE visit ADD COLUMN note text;
//! ```

use std::collections::BTreeMap;

use limosa_catalog::{Identifier, QualifiedName};
use limosa_syntax::{Command, Effect, TableAction, TableRule};

use crate::file::{File, Role};
use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::{Read, Set};

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Set(check)]);

fn check(set: &Set<'_>, found: &mut Findings<'_>) {
    // Which file used a name before anything of that name was made; `None` from the moment at which it is there.
    let mut waiting: BTreeMap<QualifiedName, Option<&File>> = BTreeMap::new();
    for read in set.files.iter().filter(|read| read.file.role == Role::Migration) {
        for (number, (statement, command)) in read.parsed.statements.iter().zip(&read.commands).enumerate() {
            for name in gone(command) {
                waiting.insert(full(&name), None);
            }
            for name in used(read, number, command) {
                waiting.entry(full(name)).or_insert(Some(&read.file));
            }
            let Some((name, is_certain)) = made(read, number, command) else { continue };
            let Some(Some(first)) = waiting.insert(full(name), None) else { continue };
            if is_certain && !std::ptr::eq(first, &read.file) {
                let path = &first.source.path;
                found
                    .at(statement.span, format!("`{path}` uses {} before it is made here", shown(name)))
                    .in_file(&read.file)
                    .note("in a database that has seen nothing but these files, that fails")
                    .help("give this migration an earlier version, if neither has been applied");
            }
        }
    }
}

/// The name with its schema. What a `search_path` of the file would make of it is not known here.
fn full(name: &QualifiedName) -> QualifiedName {
    let schema = name.schema.clone().or_else(|| Identifier::new("public").ok());
    QualifiedName { schema, name: name.name.clone() }
}

/// What a statement cannot do without.
fn used<'a>(read: &Read, number: usize, command: &'a Command) -> Vec<&'a QualifiedName> {
    let text = read.parsed.statements.get(number).map_or("", |statement| statement.span.of(&read.file.source.text));
    match command {
        Command::AlterTable { table, actions, .. } if !says_if_exists(text) => {
            let mut names = vec![table];
            names.extend(actions.iter().filter_map(|action| match action {
                TableAction::AddConstraint(constraint) => referenced(&constraint.rule),
                TableAction::AddColumn(column) => column.references.as_ref(),
                _ => None,
            }));
            names
        }
        Command::CreateIndex { table, .. } => vec![table],
        Command::CreateTable(table) => {
            let of_columns = table.columns.iter().filter_map(|column| column.references.as_ref());
            let of_table = table.constraints.iter().filter_map(|constraint| referenced(&constraint.rule));
            let parents = table.inherits.iter().chain(&table.partition_of);
            of_columns.chain(of_table).chain(parents).filter(|name| **name != table.name).collect()
        }
        _ => Vec::new(),
    }
}

fn referenced(rule: &TableRule) -> Option<&QualifiedName> {
    match rule {
        TableRule::ForeignKey { references, .. } => Some(references),
        _ => None,
    }
}

fn says_if_exists(text: &str) -> bool {
    let tokens = limosa_syntax::Tokens::of(text);
    tokens.words().each().take(4).any(|(_, here)| here.at(&["IF", "EXISTS"]))
}

/// What a statement makes, and whether it fails where that is there already.
fn made<'a>(read: &Read, number: usize, command: &'a Command) -> Option<(&'a QualifiedName, bool)> {
    let effect = read.parsed.statements.get(number).and_then(|statement| statement.class.effect.as_ref());
    let is_certain = matches!(effect, Some(Effect::CreateRelation { if_not_exists: false, .. }));
    match command {
        Command::CreateTable(table) => Some((&table.name, is_certain && !table.temporary)),
        Command::CreateTableAs { name, .. } | Command::CreateView { name, .. } => Some((name, false)),
        _ => None,
    }
}

/// Names behind which something else may stand from here on.
fn gone(command: &Command) -> Vec<QualifiedName> {
    match command {
        Command::DropRelations { names, .. } => names.clone(),
        Command::AlterTable { table, actions, .. } => {
            let renamed = actions.iter().filter_map(|action| match action {
                TableAction::Rename(to) => Some(QualifiedName { schema: table.schema.clone(), name: to.clone() }),
                TableAction::SetSchema(to) => {
                    Some(QualifiedName { schema: Some(to.clone()), name: table.name.clone() })
                }
                _ => None,
            });
            let moved: Vec<QualifiedName> = renamed.collect();
            if moved.is_empty() { moved } else { moved.into_iter().chain([table.clone()]).collect() }
        }
        _ => Vec::new(),
    }
}
