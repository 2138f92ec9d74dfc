//! What a parser has to say about statements: advice, never a verdict, since the server alone knows its grammar.

mod plain;

use std::panic::catch_unwind;

use squawk_syntax::SourceFile;

use crate::lexer::Lexer;
use crate::name;
use crate::script::{Script, Statement};
use crate::token::{Token, TokenKind};
use crate::{Problem, Span};

/// Longer statements are data, and get no advice.
const MAX_BYTES: usize = 64 * 1024;

/// The parser calls itself for each level of nesting.
const MAX_DEPTH: usize = 50;

/// A chain of operators makes a tree as deep as the chain is long; a comma or semicolon breaks it.
const MAX_CHAIN: usize = 400;

/// Warnings about statements that seem to hold a syntax error, for people who write SQL and want to know before they
/// run it. The parser knows PostgreSQL's grammar but is not PostgreSQL: a server may take what is warned of here, so
/// none of these is an error. Statements that are very long or deeply nested are passed over, as are those in a script
/// with errors of its own.
///
/// `script` must have been parsed from `text`.
#[must_use]
pub fn advise(text: &str, script: &Script) -> Vec<Problem> {
    if script.has_errors() {
        return Vec::new();
    }
    script.statements.iter().filter_map(|statement| advise_on(text, statement)).collect()
}

/// The first thing that the parser does not understand in a statement.
fn advise_on(text: &str, statement: &Statement) -> Option<Problem> {
    let sql = statement.span.of(text);
    if !is_parseable(sql) {
        return None;
    }
    // The parser asserts that it makes progress, and fails that on rare broken statements; then it has no advice.
    let first_error = || if plain::is_right(sql) { None } else { SourceFile::parse(sql).errors().into_iter().next() };
    let error = catch_unwind(first_error).ok()??;
    let range = error.range();
    let start = sql.floor_char_boundary(usize::from(range.start()));
    let end = sql.ceil_char_boundary(usize::from(range.end()).max(start));
    let message = format!("this may be a syntax error: {}", error.message());
    Some(
        Problem::warning("doubtful-syntax", Span::new(start, end).shifted(statement.span.start), message)
            .with_help("if the server takes it, nothing needs to change"),
    )
}

/// Whether a statement can be handed to a parser that recurses.
fn is_parseable(sql: &str) -> bool {
    sql.len() <= MAX_BYTES
        && is_shallow(sql, |token| match token.kind {
            // A placeholder is filled in later.
            TokenKind::Placeholder => false,
            // The parser looks into the bodies of functions too.
            TokenKind::DollarString => {
                name::dollar_body(token.span.of(sql)).is_some_and(|body| is_shallow(body, |_| true))
            }
            _ => true,
        })
}

/// Whether neither nesting nor chains are too deep, and every token is to the liking of `accepts`.
fn is_shallow(sql: &str, accepts: impl Fn(Token) -> bool) -> bool {
    let mut depth = 0_usize;
    let mut chain = 0_usize;
    Lexer::new(sql, Span::new(0, sql.len())).filter(|token| token.kind.is_significant()).all(|token| {
        match token.kind {
            TokenKind::Comma | TokenKind::Semicolon => chain = 0,
            TokenKind::LeftParen | TokenKind::LeftBracket => depth += 1,
            TokenKind::RightParen | TokenKind::RightBracket => depth = depth.saturating_sub(1),
            _ => chain += 1,
        }
        depth <= MAX_DEPTH && chain <= MAX_CHAIN && accepts(token)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advice(text: &str) -> Vec<Problem> {
        advise(text, &Script::parse(text))
    }

    #[test]
    fn a_mistake_is_shown_where_it_is() {
        let text = "SELECT 1;\nCREATE TABLE t (a int,);";
        let advice = advice(text);
        assert_eq!(advice.len(), 1);
        assert_eq!(advice[0].span.start, text.find(",)").unwrap());
        assert!(!advice[0].is_error(), "only the server can tell for sure");
    }

    #[test]
    fn good_statements_get_none() {
        assert_eq!(advice("CREATE TABLE t (a int); INSERT INTO t VALUES (1) RETURNING a;"), []);
    }

    #[test]
    fn a_parser_that_gives_up_gives_no_advice() {
        assert_eq!(advice("alter table t merge partitions current_user()text)\n  create t1 (z int8)"), []);
    }
}
