//! Queries and changes of rows.

use std::collections::BTreeSet;

use limosa_catalog::{Identifier, QualifiedName};

use super::Command;
use crate::class::main_query;
use crate::token::TokenKind;
use crate::words::Words;

/// Words behind a relation in a `FROM` list that are no alias.
const AFTER_RELATION: &[&str] = &[
    "WHERE",
    "JOIN",
    "LEFT",
    "RIGHT",
    "FULL",
    "INNER",
    "CROSS",
    "NATURAL",
    "ON",
    "USING",
    "GROUP",
    "ORDER",
    "LIMIT",
    "OFFSET",
    "FETCH",
    "FOR",
    "UNION",
    "INTERSECT",
    "EXCEPT",
    "HAVING",
    "WINDOW",
    "TABLESAMPLE",
    "SET",
    "RETURNING",
    "WITH",
    "WHEN",
];

pub(super) fn query(mut words: Words<'_>) -> Option<Command> {
    let reads = relations(words);
    let whole = words;
    if words.at(&["WITH"]) {
        words = main_query(words)?;
    }
    let first = words.word()?.to_ascii_uppercase();
    words.next();
    let others = |table: &QualifiedName| reads.iter().filter(|read| *read != table).cloned().collect();
    match first.as_str() {
        "INSERT" => {
            words.take(&["INTO"]);
            let table = words.qualified_name()?;
            Some(Command::Insert { table, reads })
        }
        "UPDATE" | "DELETE" | "MERGE" => {
            words.take_any(&["FROM", "INTO"]);
            words.take(&["ONLY"]);
            let table = words.qualified_name()?;
            let has_where = words.outermost().any(|(_, here)| here.at_any(&["WHERE", "USING"]));
            let every_row = first != "MERGE" && !has_where;
            let deletes =
                first == "DELETE" || (first == "MERGE" && words.outermost().any(|(_, it)| it.at(&["DELETE"])));
            Some(Command::Change { deletes, every_row, reads: others(&table), table })
        }
        "COPY" => copy(words),
        "TABLE" => Some(Command::Query { reads: words.qualified_name().into_iter().collect(), locks_rows: false }),
        _ => {
            let into = words.outermost().take_while(|(_, here)| !here.at_any(&["FROM", "WHERE", "UNION"]));
            if let Some((_, mut here)) = into.into_iter().find(|(_, here)| here.at(&["INTO"])) {
                here.next();
                while here.take_any(&["TEMPORARY", "TEMP", "UNLOGGED", "TABLE"]) {}
                let name = here.qualified_name()?;
                return Some(Command::CreateTableAs { name, materialized_view: false, reads });
            }
            Some(Command::Query { reads, locks_rows: locks_rows(whole) })
        }
    }
}

/// Whether a query ends in `FOR UPDATE`, or a weaker lock of that kind.
pub(super) fn locks_rows(query: Words<'_>) -> bool {
    query.each().any(|(_, mut here)| here.take(&["FOR"]) && here.at_any(&["UPDATE", "SHARE", "NO", "KEY"]))
}

fn copy(mut words: Words<'_>) -> Option<Command> {
    words.take(&["BINARY"]);
    if let Some(inside) = words.parenthesised() {
        return if inside.at(&["COPY"]) { None } else { query(inside) };
    }
    let table = words.qualified_name()?;
    words.parenthesised();
    Some(match words.at(&["FROM"]) {
        true => Command::Insert { table, reads: Vec::new() },
        false => Command::Query { reads: vec![table], locks_rows: false },
    })
}

/// The relations that a query names, those of its subqueries included; what `WITH` makes is none.
pub(crate) fn relations(words: Words<'_>) -> Vec<QualifiedName> {
    let mut found = BTreeSet::new();
    let mut made = BTreeSet::new();
    // Whether the parentheses that are open hold a query: `extract(day FROM at)` names no relation.
    let mut queries = vec![true];
    // Whether `WITH` was said there.
    let mut has_with = vec![false];
    let mut before: Option<Words<'_>> = None;
    for (token, here) in words.each() {
        match token.kind {
            TokenKind::LeftParen => {
                let mut inside = here;
                inside.next();
                let begins_query = inside.at_any(&["SELECT", "WITH", "DELETE", "UPDATE", "INSERT", "TABLE"]);
                // `FROM (a JOIN b …)` is a list of relations in parentheses.
                let begins_list = before.is_some_and(|word| word.at_any(&["FROM", "JOIN"]));
                has_with.push(false);
                queries.push(begins_query || begins_list);
            }
            TokenKind::RightParen => {
                queries.pop();
                has_with.pop();
            }
            _ => {
                let is_from = here.at_any(&["FROM", "JOIN"]) || (here.at(&["USING"]) && !here.at(&["USING", "INDEX"]));
                let is_distinct = before.is_some_and(|word| word.at(&["DISTINCT"]));
                if is_from && !is_distinct && queries.last() == Some(&true) {
                    let mut list = here;
                    list.next();
                    from_list(list, &mut found);
                }
                let follows =
                    before.is_some_and(|word| word.at_any(&["WITH", "RECURSIVE"]) || word.at_kind(TokenKind::Comma));
                if let Some(has_with) = has_with.last_mut() {
                    *has_with |= here.at(&["WITH"]);
                    if *has_with && follows {
                        made.extend(common_table(here));
                    }
                }
            }
        }
        before = Some(here);
    }
    found.retain(|name| name.schema.is_some() || !made.contains(&name.name));
    found.into_iter().collect()
}

/// `name AS (` and `name (columns) AS MATERIALIZED (`.
fn common_table(mut here: Words<'_>) -> Option<Identifier> {
    let name = here.identifier()?;
    here.parenthesised();
    here.take(&["AS"]).then_some(())?;
    here.take(&["NOT"]);
    here.take(&["MATERIALIZED"]);
    here.at_kind(TokenKind::LeftParen).then_some(name)
}

/// `a, b AS x, LATERAL f(1), (SELECT …) y, c`
fn from_list(mut list: Words<'_>, found: &mut BTreeSet<QualifiedName>) {
    loop {
        list.take_any(&["ONLY", "LATERAL"]);
        if list.parenthesised().is_none() {
            let Some(name) = list.qualified_name() else { return };
            if list.parenthesised().is_none() {
                found.insert(name);
            }
        }
        list.take_kind(TokenKind::Operator);
        list.take(&["AS"]);
        if !list.at_any(AFTER_RELATION) {
            list.identifier();
            list.parenthesised();
        }
        if !list.take_kind(TokenKind::Comma) {
            return;
        }
    }
}
