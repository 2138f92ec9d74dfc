//! `INSERT … SELECT`.

use super::refusal::{self, same_table};
use super::update::where_clause;
use super::{BatchedAssignment, BatchedChange, BatchedStatement, expression, named_table};
use crate::token::TokenKind;
use crate::words::Words;
use crate::{Problem, Span};

/// What may follow the list of a `SELECT`.
const CLAUSES: &[&str] = &[
    "FROM",
    "WHERE",
    "GROUP",
    "HAVING",
    "WINDOW",
    "UNION",
    "INTERSECT",
    "EXCEPT",
    "ORDER",
    "LIMIT",
    "OFFSET",
    "FETCH",
    "FOR",
    "ON",
    "RETURNING",
];

pub(super) fn insert(mut words: Words<'_>, head: Span) -> Result<BatchedStatement, Vec<Problem>> {
    let one = |problem: Problem| vec![problem];
    let target =
        named_table(&mut words, head, &["SELECT", "WITH", "VALUES", "DEFAULT", "OVERRIDING", "TABLE"]).map_err(one)?;
    let here = words.peek().map_or(head, |token| token.span);
    let Some(columns) = words.parenthesised().filter(|inside| !inside.at_any(&["SELECT", "WITH", "VALUES"])) else {
        return Err(one(refusal::no_columns(target.span)));
    };
    let names: Option<Vec<_>> = columns.split(TokenKind::Comma).map(|mut name| name.identifier()).collect();
    let names = names.ok_or_else(|| one(refusal::unreadable(here)))?;
    let query = words.peek().map_or(head, |token| token.span);
    if words.at(&["WITH"]) {
        return Err(one(refusal::with(query)));
    }
    if !words.take(&["SELECT"]) {
        return Err(one(refusal::no_select(query)));
    }
    let mut problems = Vec::new();
    let mut clauses = words.clauses(CLAUSES);
    let mut spans = Vec::new();
    if let Some(list) = clauses.next() {
        problems.extend(refusal::in_list(list));
        problems.extend(same_table(list, &target.name));
        for part in list.split(TokenKind::Comma) {
            match expression(without_alias(part), query) {
                Ok(span) => spans.push(span),
                Err(problem) => problems.push(problem),
            }
        }
    }
    let (mut source, mut condition, mut skips_present) = (None, None, false);
    for mut clause in clauses {
        match () {
            () if clause.take(&["FROM"]) => match single_table(clause, query) {
                Ok(found) => source = Some(found),
                Err(problem) => problems.push(problem),
            },
            () if clause.at(&["WHERE"]) => condition = where_clause(clause, &mut problems),
            () if clause.at(&["ON", "CONFLICT"]) => match conflict(clause) {
                true => skips_present = true,
                false => problems.push(refusal::on_conflict(clause)),
            },
            () => problems.push(refusal::clause(clause)),
        }
    }
    let Some(source) = source else {
        problems.extend((problems.is_empty()).then(|| refusal::no_source(query)));
        return Err(problems);
    };
    if source.name == target.name {
        problems.push(refusal::into_itself(source.span));
    }
    if problems.is_empty() && names.len() != spans.len() {
        problems.push(refusal::other_count(query, names.len(), spans.len()));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let value = |(column, span)| BatchedAssignment { column, value: Some(span), span };
    let values = names.into_iter().zip(spans).map(value).collect();
    let change = BatchedChange::Insert { target: target.span, values, skips_present };
    Ok(BatchedStatement { table: source.span, alias: source.alias, change, condition })
}

/// One table, with or without an alias.
fn single_table(mut list: Words<'_>, head: Span) -> Result<super::Named, Problem> {
    let whole = list.span().unwrap_or(head);
    if list.at_kind(TokenKind::LeftParen) {
        return Err(refusal::several_sources(whole));
    }
    let found = named_table(&mut list, head, &["JOIN", "LEFT", "RIGHT", "FULL", "INNER", "CROSS", "NATURAL"])?;
    if list.peek().is_some() { Err(refusal::several_sources(whole)) } else { Ok(found) }
}

/// An expression of the list without its `AS name`, which says nothing here.
fn without_alias(part: Words<'_>) -> Words<'_> {
    part.until_any(&["AS"])
}

/// Whether it is `ON CONFLICT … DO NOTHING`.
fn conflict(clause: Words<'_>) -> bool {
    let mut inside = clause;
    inside.skip_until_any(&["DO"]);
    inside.take(&["DO", "NOTHING"]) && inside.peek().is_none()
}
