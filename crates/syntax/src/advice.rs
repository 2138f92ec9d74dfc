//! What a parser has to say about statements: advice, never a verdict, since the server alone knows its grammar.

use squawk_syntax::SourceFile;

use crate::lexer::Lexer;
use crate::script::{Script, Statement};
use crate::token::TokenKind;
use crate::{Problem, Span};

/// Longer statements are data, and get no advice.
const MAX_BYTES: usize = 64 * 1024;

/// The parser calls itself for each level of nesting.
const MAX_DEPTH: usize = 50;

/// A chain of operators makes a tree as deep as the chain is long; a comma or semicolon breaks it.
const MAX_CHAIN: usize = 400;

/// Warnings about statements that seem to hold a syntax error, for people who write SQL and want to know before they run
/// it. The parser knows PostgreSQL's grammar but is not PostgreSQL: a server may take what is warned of here, so none of
/// these is an error. Statements that are very long or deeply nested are passed over, as are those in a script with
/// errors of its own.
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
    let error = SourceFile::parse(sql).errors().into_iter().next()?;
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
    if sql.len() > MAX_BYTES {
        return false;
    }
    let mut depth = 0_usize;
    let mut chain = 0_usize;
    for token in Lexer::new(sql, Span::new(0, sql.len())) {
        match token.kind {
            TokenKind::Whitespace | TokenKind::LineComment | TokenKind::BlockComment => {}
            TokenKind::Comma | TokenKind::Semicolon => chain = 0,
            // A placeholder is filled in later.
            TokenKind::Placeholder => return false,
            TokenKind::DollarString if !is_parseable_body(token.span.of(sql)) => return false,
            TokenKind::LeftParen | TokenKind::LeftBracket => depth += 1,
            TokenKind::RightParen | TokenKind::RightBracket => depth = depth.saturating_sub(1),
            _ => chain += 1,
        }
        if depth > MAX_DEPTH || chain > MAX_CHAIN {
            return false;
        }
    }
    true
}

/// The parser looks into the bodies of functions too, so the same holds for them, one level down.
fn is_parseable_body(literal: &str) -> bool {
    let Some(body) = crate::name::dollar_body(literal) else { return false };
    let mut depth = 0_usize;
    let mut chain = 0_usize;
    Lexer::new(body, Span::new(0, body.len())).all(|token| {
        match token.kind {
            TokenKind::Whitespace | TokenKind::LineComment | TokenKind::BlockComment => {}
            TokenKind::Comma | TokenKind::Semicolon => chain = 0,
            TokenKind::LeftParen | TokenKind::LeftBracket => depth += 1,
            TokenKind::RightParen | TokenKind::RightBracket => depth = depth.saturating_sub(1),
            _ => chain += 1,
        }
        depth <= MAX_DEPTH && chain <= MAX_CHAIN
    })
}
