//! A change of rows in its parts, so that it can be done in batches: each part is put into a statement over fewer rows,
//! and all of them together must do what the statement does at once.

mod insert;
mod refusal;
mod update;

use limosa_catalog::{Identifier, QualifiedName};

pub use update::update_with;

use crate::words::{Tokens, Words};
use crate::{Problem, Span};

/// A change of rows that can be done in batches. Spans count in the text that the statement stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchedStatement {
    /// The table whose rows are visited: the one that is changed, or the one that an `INSERT` selects from.
    pub table: Span,
    /// What its rows are called in the statement; its own name where there is none.
    pub alias: Option<Identifier>,
    /// What becomes of each row.
    pub change: BatchedChange,
    /// The condition behind `WHERE`.
    pub condition: Option<Span>,
}

/// What becomes of each row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BatchedChange {
    /// `UPDATE`
    Update {
        /// In the order of the text.
        assignments: Vec<BatchedAssignment>,
        /// What stands behind `FROM`.
        from: Option<Span>,
    },
    /// `DELETE`
    Delete,
    /// `INSERT … SELECT`
    Insert {
        /// The table that rows are added to.
        target: Span,
        /// Its columns, with the expressions that they get; never the default.
        values: Vec<BatchedAssignment>,
        /// `ON CONFLICT DO NOTHING`
        skips_present: bool,
    },
}

/// A column and what it gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchedAssignment {
    /// The column.
    pub column: Identifier,
    /// The expression; `None` for `DEFAULT`.
    pub value: Option<Span>,
    /// The expression, or the word `DEFAULT`.
    pub span: Span,
}

/// Reads a statement that is to be run in batches. `span` is where it stands in the text.
///
/// # Errors
/// What in it keeps it from being run in batches, each part with the reason.
pub fn batched_statement(text: &str, span: Span) -> Result<BatchedStatement, Vec<Problem>> {
    let tokens = Tokens::within(text, span);
    let mut words = tokens.words();
    let head = words.peek().map_or(span, |token| token.span);
    if words.take(&["UPDATE"]) {
        update::update(words, head)
    } else if words.take(&["DELETE", "FROM"]) {
        update::delete(words, head)
    } else if words.take(&["INSERT", "INTO"]) {
        insert::insert(words, head)
    } else if words.at(&["WITH"]) {
        Err(vec![refusal::with(head)])
    } else {
        Err(vec![refusal::of_kind(head)])
    }
}

/// A table with its alias.
struct Named {
    name: QualifiedName,
    span: Span,
    alias: Option<Identifier>,
}

/// Reads `name [*] [[AS] alias]`; one of the words `after` is no alias. `ONLY` is refused.
fn named_table(words: &mut Words<'_>, head: Span, after: &[&str]) -> Result<Named, Problem> {
    if let Some(only) = words.peek().filter(|_| words.at(&["ONLY"])) {
        return Err(refusal::only(only.span));
    }
    let first = words.peek().map_or(head, |token| token.span);
    let before = *words;
    let Some(name) = words.qualified_name() else { return Err(refusal::unreadable(first)) };
    let span = Span::new(first.start, end_of(before, *words, first));
    words.take_kind(crate::TokenKind::Operator);
    let has_alias = words.take(&["AS"]) || (words.peek().is_some() && !words.at_any(after));
    let alias = if has_alias { words.identifier() } else { None };
    Ok(Named { name, span, alias })
}

/// Where the last token between two places of the same words ends.
fn end_of(before: Words<'_>, after: Words<'_>, first: Span) -> usize {
    let rest = after.peek().map_or(usize::MAX, |token| token.span.start);
    before.each().take_while(|(token, _)| token.span.start < rest).last().map_or(first.end, |(token, _)| token.span.end)
}

/// The expression that words are; refused where there are none.
fn expression(words: Words<'_>, head: Span) -> Result<Span, Problem> {
    words.span().ok_or_else(|| refusal::unreadable(head))
}

#[cfg(test)]
mod tests;
