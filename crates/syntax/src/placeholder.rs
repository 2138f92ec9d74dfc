//! Placeholders `${env:NAME}`: the only way in which values from outside, secrets above all, reach the SQL of a file.

mod substitute;

use crate::Span;
use crate::lexer::{Lexer, placeholder_length};
use crate::script::Script;
use crate::splitter::backslash_escapes_after;
use crate::token::{Token, TokenKind};
use crate::words::Words;

pub use substitute::{SubstitutionError, substitute};

/// A placeholder in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placeholder<'a> {
    /// From `$` to `}`.
    pub span: Span,
    /// What it asks for: `env:NAME`.
    pub name: &'a str,
    /// What it stands in, which decides how the value is written there.
    pub within: Within<'a>,
}

/// What a placeholder stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Within<'a> {
    /// In SQL itself: the value becomes a string literal.
    Code,
    /// In `'…'`: quotes in the value are doubled.
    SingleQuoted,
    /// In `E'…'`: quotes are doubled, backslashes too.
    EscapeString,
    /// In `"…"`: double quotes are doubled.
    DoubleQuoted,
    /// In `U&'…'` or `U&"…"`, where which sign escapes is said only later: no value is put there.
    UnicodeQuoted,
    /// Between delimiters such as `$body$`: the value stands as it is, and may not hold the delimiter.
    DollarQuoted {
        /// The delimiter.
        delimiter: &'a str,
    },
}

/// The placeholders of a text, in their order. Those in comments and in the data of a `COPY` are text like any other
/// and left out.
#[must_use]
pub fn placeholders(text: &str) -> Vec<Placeholder<'_>> {
    // Most texts hold none, and are not read a second time for it.
    if !text.contains("${env:") {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut backslash_escapes = false;
    for statement in Script::parse(text).statements {
        let mut lexer = Lexer::new(text, statement.span);
        lexer.backslash_escapes = backslash_escapes;
        let tokens: Vec<Token> = lexer.filter(|token| token.kind.is_significant()).collect();
        tokens.iter().for_each(|token| collect(text, *token, &mut found));
        backslash_escapes = backslash_escapes_after(Words::new(text, &tokens)).unwrap_or(backslash_escapes);
    }
    found
}

/// Adds the placeholders that one token is or holds.
fn collect<'a>(text: &'a str, token: Token, found: &mut Vec<Placeholder<'a>>) {
    let Some(within) = within(text, token) else { return };
    let mut from = token.span.start;
    while let Some(at) = text.get(from..token.span.end).and_then(|rest| rest.find("${env:")).map(|at| from + at) {
        let rest = text.as_bytes().get(at..token.span.end).unwrap_or_default();
        let Some(length) = placeholder_length(rest) else {
            from = at + 1;
            continue;
        };
        let span = Span::new(at, at + length);
        found.push(Placeholder { span, name: Span::new(at + 2, span.end - 1).of(text), within });
        from = span.end;
    }
}

fn within(text: &str, token: Token) -> Option<Within<'_>> {
    Some(match token.kind {
        TokenKind::Placeholder => Within::Code,
        TokenKind::String => Within::SingleQuoted,
        TokenKind::EscapeString => Within::EscapeString,
        TokenKind::QuotedIdentifier => Within::DoubleQuoted,
        TokenKind::UnicodeIdentifier | TokenKind::UnicodeString => Within::UnicodeQuoted,
        TokenKind::DollarString => {
            let all = token.span.of(text);
            let end = all.get(1..)?.find('$')? + 1;
            Within::DollarQuoted { delimiter: all.get(..=end)? }
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_found_with_what_it_stands_in() {
        let text =
            "-- ${env:NO}\nSELECT ${env:A}, '${env:B}', E'${env:C}', \"${env:D}\", $x$ ${env:E} $x$, U&'${env:F}';
            COPY t FROM stdin;\n${env:NO}\n\\.\nSELECT ${env:G}";
        let found: Vec<_> = placeholders(text).into_iter().map(|found| (found.name, found.within)).collect();
        assert_eq!(
            found,
            [
                ("env:A", Within::Code),
                ("env:B", Within::SingleQuoted),
                ("env:C", Within::EscapeString),
                ("env:D", Within::DoubleQuoted),
                ("env:E", Within::DollarQuoted { delimiter: "$x$" }),
                ("env:F", Within::UnicodeQuoted),
                ("env:G", Within::Code),
            ]
        );
    }
}
