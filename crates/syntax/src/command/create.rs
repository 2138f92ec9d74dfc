//! `CREATE`.

use limosa_catalog::{Identifier, QualifiedName};

use super::column::{self, ColumnDefinition};
use super::constraint::{self, TableConstraint};
use super::{Command, MemberChange, TableMember, query, tend};
use crate::class::object_kind;
use crate::token::TokenKind;
use crate::words::Words;

/// `CREATE TABLE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTable {
    /// Its name.
    pub name: QualifiedName,
    /// Whether it is seen by this session alone.
    pub temporary: bool,
    /// `IF NOT EXISTS`
    pub if_not_exists: bool,
    /// Its columns.
    pub columns: Vec<ColumnDefinition>,
    /// Its constraints, those of columns aside.
    pub constraints: Vec<TableConstraint>,
    /// The tables of `LIKE`.
    pub like: Vec<QualifiedName>,
    /// The tables of `INHERITS`.
    pub inherits: Vec<QualifiedName>,
    /// The table of which it is a partition.
    pub partition_of: Option<QualifiedName>,
    /// Whether it takes the rows that fit no other partition.
    pub default_partition: bool,
    /// Whether it is partitioned.
    pub partitioned: bool,
}

pub(super) fn create(mut words: Words<'_>) -> Option<Command> {
    words.take(&["CREATE"]);
    let or_replace = words.take(&["OR", "REPLACE"]);
    let (mut temporary, mut unique) = (false, false);
    loop {
        if words.take(&["UNIQUE"]) {
            unique = true;
        } else if words.take_any(&["TEMP", "TEMPORARY"]) {
            temporary = true;
        } else if !words.take_any(&["GLOBAL", "LOCAL", "UNLOGGED", "RECURSIVE", "TRUSTED", "PROCEDURAL"]) {
            break;
        }
    }
    if words.at(&["CONSTRAINT", "TRIGGER"]) {
        words.next();
    }
    let kind = object_kind::take(&mut words)?;
    let concurrently = words.take(&["CONCURRENTLY"]);
    let if_not_exists = words.take(&["IF", "NOT", "EXISTS"]);
    match kind {
        "TABLE" | "FOREIGN TABLE" => table(words, temporary, if_not_exists),
        "VIEW" => {
            let name = words.qualified_name()?;
            Some(Command::CreateView { name, or_replace, reads: query::relations(words) })
        }
        "MATERIALIZED VIEW" => {
            let name = words.qualified_name()?;
            Some(Command::CreateTableAs { name, materialized_view: true, reads: query::relations(words) })
        }
        "INDEX" => index(words, concurrently, unique),
        "SEQUENCE" => {
            let name = words.qualified_name()?;
            Some(Command::CreateSequence { name, owned_by: owned_by(words) })
        }
        "STATISTICS" => {
            let name = if words.at(&["ON"]) { None } else { words.qualified_name() };
            let (_, mut here) = words.outermost().find(|(_, here)| here.at(&["FROM"]))?;
            here.next();
            Some(Command::CreateStatistics { name, tables: here.qualified_names() })
        }
        "DOMAIN" => {
            let domain = words.qualified_name()?;
            let checked = words.outermost().any(|(_, here)| here.at(&["CHECK"]) || here.at(&["NOT", "NULL"]));
            Some(Command::CreateDomain { domain, checked })
        }
        "TRIGGER" => tend::member(words, TableMember::Trigger, MemberChange::Create),
        "POLICY" => tend::member(words, TableMember::Policy, MemberChange::Create),
        "RULE" => tend::member(words, TableMember::Rule, MemberChange::Create),
        "PUBLICATION" => Some(tend::publish(words)),
        // What they bring with them does not stand in the text.
        "EXTENSION" | "SCHEMA" if kind == "EXTENSION" || holds_definitions(words) => None,
        _ => Some(Command::NoRelation),
    }
}

/// `CREATE SCHEMA s CREATE TABLE …`
fn holds_definitions(words: Words<'_>) -> bool {
    words.outermost().any(|(_, here)| here.at_any(&["CREATE", "GRANT"]))
}

fn table(mut words: Words<'_>, temporary: bool, if_not_exists: bool) -> Option<Command> {
    let name = words.qualified_name()?;
    let mut table = NewTable {
        name,
        temporary,
        if_not_exists,
        columns: Vec::new(),
        constraints: Vec::new(),
        like: Vec::new(),
        inherits: Vec::new(),
        partition_of: None,
        default_partition: false,
        partitioned: false,
    };
    if words.take(&["PARTITION", "OF"]) {
        table.partition_of = Some(words.qualified_name()?);
    }
    if words.take(&["OF"]) {
        words.qualified_name();
    }
    let definitions = words.parenthesised();
    if let Some((_, query)) = words.outermost().find(|(_, here)| here.at(&["AS"])) {
        let reads = query::relations(query);
        return Some(Command::CreateTableAs { name: table.name, materialized_view: false, reads });
    }
    for mut definition in definitions.iter().flat_map(|all| all.split(TokenKind::Comma)) {
        if definition.take(&["LIKE"]) {
            table.like.extend(definition.qualified_name());
        } else if constraint::begins(&definition) {
            table.constraints.extend(constraint::table_constraint(definition));
        } else {
            table.columns.extend(column::definition(definition));
        }
    }
    for (_, mut here) in words.outermost() {
        table.partitioned |= here.at(&["PARTITION", "BY"]);
        table.default_partition |= here.at(&["DEFAULT"]);
        if here.take(&["INHERITS"]) {
            table.inherits = here.parenthesised().map(|mut names| names.qualified_names()).unwrap_or_default();
        }
    }
    Some(Command::CreateTable(table))
}

fn index(mut words: Words<'_>, concurrently: bool, unique: bool) -> Option<Command> {
    let name = if words.at(&["ON"]) { None } else { words.qualified_name().map(|name| name.name) };
    words.take(&["ON"]).then_some(())?;
    let only = words.take(&["ONLY"]);
    let table = words.qualified_name()?;
    let method = if words.take(&["USING"]) { words.identifier() } else { None };
    let keys = words.parenthesised();
    let columns: Vec<Identifier> = keys.map(constraint::columns).unwrap_or_default();
    let expressions = keys.is_some_and(|keys| keys.split(TokenKind::Comma).count() > columns.len());
    let predicate = words.outermost().find(|(_, here)| here.at(&["WHERE"])).and_then(|(_, mut here)| {
        here.next();
        Some(here.span()?.of(here.text()).to_owned())
    });
    Some(Command::CreateIndex { name, table, only, concurrently, unique, method, columns, expressions, predicate })
}

/// The table of `OWNED BY table.column`.
pub(super) fn owned_by(words: Words<'_>) -> Option<QualifiedName> {
    let (_, mut here) = words.outermost().find(|(_, here)| here.at(&["OWNED", "BY"]))?;
    here.take(&["OWNED", "BY"]);
    here.column_of().map(|(table, _)| table)
}
