//! `UPDATE` and `DELETE`.

use limosa_catalog::Identifier;

use super::refusal::{self, same_table};
use super::{BatchedAssignment, BatchedChange, BatchedStatement, expression, named_table};
use crate::token::TokenKind;
use crate::words::{Tokens, Words};
use crate::{Problem, Span};

/// What may follow the assignments; the last two are no PostgreSQL, and are refused by name.
const CLAUSES: &[&str] = &["FROM", "WHERE", "RETURNING", "ORDER", "LIMIT"];

pub(super) fn update(mut words: Words<'_>, head: Span) -> Result<BatchedStatement, Vec<Problem>> {
    let table = named_table(&mut words, head, &["SET"]).map_err(|problem| vec![problem])?;
    let set = words.peek().map_or(head, |token| token.span);
    if !words.take(&["SET"]) {
        return Err(vec![refusal::unreadable(set)]);
    }
    let mut problems = Vec::new();
    let mut clauses = words.clauses(CLAUSES);
    let mut assignments = Vec::new();
    for part in clauses.next().into_iter().flat_map(|list| list.split(TokenKind::Comma)) {
        match assigned(part, set) {
            Ok(found) => assignments.extend(found),
            Err(problem) => problems.push(problem),
        }
        problems.extend(same_table(part, &table.name));
    }
    let (mut from, mut condition) = (None, None);
    for clause in clauses {
        match () {
            () if clause.at(&["FROM"]) => from = clause_body(clause, &mut problems),
            () if clause.at(&["WHERE"]) => condition = where_clause(clause, &mut problems),
            () => problems.push(refusal::clause(clause)),
        }
        problems.extend(same_table(clause, &table.name));
    }
    if assignments.is_empty() && problems.is_empty() {
        problems.push(refusal::unreadable(set));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let change = BatchedChange::Update { assignments, from };
    Ok(BatchedStatement { table: table.span, alias: table.alias, change, condition })
}

/// An `UPDATE` that makes further assignments before its own: expressions over a row of the table, which is called as
/// the statement calls it. `None` for a text that is no `UPDATE`.
#[must_use]
pub fn update_with(statement: &str, more: impl Fn(&Identifier) -> Vec<(Identifier, String)>) -> Option<String> {
    let tokens = Tokens::within(statement, Span::new(0, statement.len()));
    let mut words = tokens.words();
    let head = words.peek()?.span;
    words.take(&["UPDATE"]).then_some(())?;
    let table = named_table(&mut words, head, &["SET"]).ok()?;
    let set = words.peek()?.span;
    words.take(&["SET"]).then_some(())?;
    let row = table.alias.unwrap_or(table.name.name);
    let more: Vec<String> = more(&row).into_iter().map(|(column, value)| format!("{column} = {value}, ")).collect();
    Some(format!("{} {}{}", statement.get(..set.end)?, more.concat(), statement.get(set.end..)?.trim_start()))
}

pub(super) fn delete(mut words: Words<'_>, head: Span) -> Result<BatchedStatement, Vec<Problem>> {
    const AFTER: &[&str] = &["USING", "WHERE", "RETURNING", "ORDER", "LIMIT"];
    let table = named_table(&mut words, head, AFTER).map_err(|problem| vec![problem])?;
    let (mut condition, mut problems) = (None, Vec::new());
    for clause in words.clauses(AFTER) {
        match () {
            () if clause.at(&["WHERE"]) => condition = where_clause(clause, &mut problems),
            () if clause.peek().is_some() => problems.push(refusal::clause(clause)),
            () => {}
        }
        problems.extend(same_table(clause, &table.name));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(BatchedStatement { table: table.span, alias: table.alias, change: BatchedChange::Delete, condition })
}

/// What stands behind the clause's keyword.
pub(super) fn clause_body(mut clause: Words<'_>, problems: &mut Vec<Problem>) -> Option<Span> {
    let keyword = clause.next()?.span;
    expression(clause, keyword).map_err(|problem| problems.push(problem)).ok()
}

/// The condition of a `WHERE`.
pub(super) fn where_clause(clause: Words<'_>, problems: &mut Vec<Problem>) -> Option<Span> {
    let mut inside = clause;
    inside.next();
    if inside.at(&["CURRENT", "OF"]) {
        problems.push(refusal::cursor(inside.span()?));
        return None;
    }
    clause_body(clause, problems)
}

/// `column = expression`, or `(a, b) = (x, y)`.
fn assigned(mut part: Words<'_>, head: Span) -> Result<Vec<BatchedAssignment>, Problem> {
    let whole = part.span().unwrap_or(head);
    if let Some(columns) = part.parenthesised() {
        return row(columns, part, whole);
    }
    let Some(column) = part.identifier() else { return Err(refusal::unreadable(whole)) };
    if part.at_kind(TokenKind::LeftBracket) || part.at_kind(TokenKind::Dot) {
        return Err(refusal::part_of_column(whole));
    }
    let Some(span) = behind_equals(&mut part).and_then(|value| value.span()) else {
        return Err(refusal::unreadable(whole));
    };
    let is_default = part.at(&["DEFAULT"]);
    Ok(vec![BatchedAssignment { column, value: (!is_default).then_some(span), span }])
}

fn row(columns: Words<'_>, mut rest: Words<'_>, whole: Span) -> Result<Vec<BatchedAssignment>, Problem> {
    let names: Option<Vec<_>> = columns.split(TokenKind::Comma).map(|mut name| name.identifier()).collect();
    let names = names.ok_or_else(|| refusal::unreadable(whole))?;
    behind_equals(&mut rest).ok_or_else(|| refusal::unreadable(whole))?;
    rest.take(&["ROW"]);
    let values = rest.parenthesised().filter(|values| rest.peek().is_none() && !values.at_any(&["SELECT", "WITH"]));
    let values = values.ok_or_else(|| refusal::row_from_query(whole))?;
    let values: Vec<Words<'_>> = values.split(TokenKind::Comma).collect();
    if values.len() != names.len() {
        return Err(refusal::unreadable(whole));
    }
    let pair = |(column, value): (_, &Words<'_>)| {
        let span = expression(*value, whole)?;
        let is_default = value.at(&["DEFAULT"]);
        Ok(BatchedAssignment { column, value: (!is_default).then_some(span), span })
    };
    names.into_iter().zip(&values).map(pair).collect()
}

/// Passes over a `=`, and gives what stands behind it.
fn behind_equals<'a>(words: &mut Words<'a>) -> Option<Words<'a>> {
    let token = words.peek().filter(|token| token.kind == TokenKind::Operator)?;
    (words.text_of(token) == "=").then(|| words.next())?;
    Some(*words)
}
