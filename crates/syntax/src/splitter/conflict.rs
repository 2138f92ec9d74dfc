//! The lines that git puts around a conflict which somebody has yet to resolve.

use crate::token::{Token, TokenKind};
use crate::{Problem, Span};

/// How each of the lines begins.
const MARKS: [&str; 4] = ["<<<<<<<", "|||||||", "=======", ">>>>>>>"];

/// The line that begins with this token, which was read as an operator.
pub(super) fn find(text: &str, token: Token) -> Option<Span> {
    let is_mark = token.kind == TokenKind::Operator && MARKS.contains(&token.span.of(text));
    let begins_line = text.get(..token.span.start).is_some_and(|before| before.is_empty() || before.ends_with('\n'));
    if !is_mark || !begins_line {
        return None;
    }
    let line = text.get(token.span.start..)?.split(['\n', '\r']).next()?.trim_end();
    Some(Span::new(token.span.start, token.span.start + line.len()))
}

/// The finding.
pub(super) fn problem(text: &str, line: Span) -> Problem {
    let mark = line.of(text).split(' ').next().unwrap_or_default();
    Problem::error("conflict-marker", line, format!("`{mark}` was left by a merge that nobody has finished"))
        .with_help("decide between the two sides, and delete the lines that git has put around them")
}
