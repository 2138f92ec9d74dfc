//! Splits a text into tokens as PostgreSQL's own lexer does, without ever failing.

mod comment;
mod number;
mod quoted;

pub(crate) use quoted::placeholder_length;

use crate::Span;
use crate::token::{Token, TokenKind};

/// Reads tokens off a section of a text, one at a time.
#[derive(Debug, Clone)]
pub(crate) struct Lexer<'a> {
    /// The text up to the end of the section.
    text: &'a str,
    at: usize,
    /// What `standard_conforming_strings = off` brings: a backslash in `'…'` escapes.
    pub(crate) backslash_escapes: bool,
}

impl<'a> Lexer<'a> {
    /// A lexer for the section, whose ends must be on character boundaries of the text.
    pub(crate) fn new(text: &'a str, section: Span) -> Self {
        let text = text.get(..section.end).unwrap_or(text);
        Self { text, at: section.start.min(text.len()), backslash_escapes: false }
    }

    /// Where the next token begins.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// Goes on at another place, which is narrowed to a character boundary.
    pub(crate) fn jump_to(&mut self, at: usize) {
        self.at = self.text.ceil_char_boundary(at);
    }

    /// The text up to the end of the section.
    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    /// The byte `ahead` bytes behind the current place, or zero past the end. Zero is in no set that is asked for.
    fn peek(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.at + ahead).copied().unwrap_or(0)
    }

    /// The length of the run of bytes from `from` on which satisfy a condition.
    fn run(&self, from: usize, condition: impl Fn(u8) -> bool) -> usize {
        self.text.as_bytes().iter().skip(from).take_while(|byte| condition(**byte)).count()
    }

    /// Moves behind `length` bytes and makes a token of them.
    fn take(&mut self, kind: TokenKind, length: usize) -> Token {
        self.finish(kind, self.at + length, true)
    }

    /// Moves to `end`, or to the end of the text if that comes first, and makes a token of what is passed over.
    fn finish(&mut self, kind: TokenKind, end: usize, terminated: bool) -> Token {
        let start = self.at;
        self.at = self.text.ceil_char_boundary(end);
        Token { kind, span: Span::new(start, self.at), terminated }
    }

    fn word(&mut self) -> Token {
        let length = self.run(self.at, is_identifier_part);
        self.take(TokenKind::Word, length)
    }

    fn operator(&mut self) -> Token {
        let length = self.run(self.at, is_operator_part);
        let rest = self.text.as_bytes().get(self.at..self.at + length).unwrap_or_default();
        // A comment ends an operator.
        let comment = rest.windows(2).position(|pair| pair == b"--" || pair == b"/*");
        self.take(TokenKind::Operator, comment.unwrap_or(length).max(1))
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        use TokenKind as Kind;
        let first = *self.text.as_bytes().get(self.at)?;
        let second = self.peek(1);
        Some(match first {
            _ if is_space(first) => {
                let length = self.run(self.at, is_space);
                self.take(Kind::Whitespace, length)
            }
            b'-' if second == b'-' => self.line_comment(),
            b'/' if second == b'*' => self.block_comment(),
            b'\'' => self.string(0),
            b'e' | b'E' if second == b'\'' => self.escape_string(1),
            b'b' | b'B' | b'x' | b'X' if second == b'\'' => self.plain_string(1, Kind::String),
            b'n' | b'N' if second == b'\'' => self.string(1),
            b'u' | b'U' if second == b'&' && self.peek(2) == b'\'' => self.plain_string(2, Kind::UnicodeString),
            b'u' | b'U' if second == b'&' && self.peek(2) == b'"' => self.identifier(2, Kind::UnicodeIdentifier),
            b'"' => self.identifier(0, Kind::QuotedIdentifier),
            b'$' => self.dollar(),
            b'0'..=b'9' => self.number(),
            b'.' if second.is_ascii_digit() => self.number(),
            b'.' if second == b'.' => self.take(Kind::Operator, 2),
            b'.' => self.take(Kind::Dot, 1),
            b';' => self.take(Kind::Semicolon, 1),
            b',' => self.take(Kind::Comma, 1),
            b'(' => self.take(Kind::LeftParen, 1),
            b')' => self.take(Kind::RightParen, 1),
            b'[' => self.take(Kind::LeftBracket, 1),
            b']' => self.take(Kind::RightBracket, 1),
            b'\\' => self.take(Kind::Backslash, 1),
            b':' if second == b':' => self.take(Kind::DoubleColon, 2),
            b':' if second == b'=' => self.take(Kind::ColonEquals, 2),
            b':' => self.take(Kind::Colon, 1),
            _ if is_identifier_start(first) => self.word(),
            _ if is_operator_part(first) => self.operator(),
            _ => self.take(Kind::Unknown, 1),
        })
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

fn is_identifier_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || !byte.is_ascii()
}

fn is_identifier_part(byte: u8) -> bool {
    is_identifier_start(byte) || byte.is_ascii_digit() || byte == b'$'
}

fn is_operator_part(byte: u8) -> bool {
    b"~!@#^&|`?+-*/%<>=".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(TokenKind, &str)> {
        Lexer::new(text, Span::new(0, text.len()))
            .filter(|token| token.kind != TokenKind::Whitespace)
            .map(|token| (token.kind, token.span.of(text)))
            .collect()
    }

    fn texts(text: &str) -> Vec<&str> {
        kinds(text).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn a_dollar_is_part_of_a_word_a_parameter_or_a_quote() {
        use TokenKind::{DollarString, Operator, Parameter, Word};
        assert_eq!(kinds("a$b$ $1 $x$;$x$"), [(Word, "a$b$"), (Parameter, "$1"), (DollarString, "$x$;$x$")]);
        assert_eq!(kinds("$$a$$=$é$$x$$é$"), [(DollarString, "$$a$$"), (Operator, "="), (DollarString, "$é$$x$$é$")]);
    }

    #[test]
    fn operators_stop_at_comments() {
        assert_eq!(texts("a @> b->>c ? d::e := 1"), ["a", "@>", "b", "->>", "c", "?", "d", "::", "e", ":=", "1"]);
        assert_eq!(texts("1*/*x*/2"), ["1", "*", "/*x*/", "2"]);
        assert_eq!(texts("1+--x\n2"), ["1", "+", "--x", "2"]);
    }

    #[test]
    fn numbers_do_not_swallow_ranges_or_words() {
        assert_eq!(
            texts("1..10 1.5e-3 .5 0xFF 1_000 5-3 e+1"),
            ["1", "..", "10", "1.5e-3", ".5", "0xFF", "1_000", "5", "-", "3", "e", "+", "1"]
        );
    }

    #[test]
    fn quotes_double_or_escape() {
        assert_eq!(
            texts(r"'a''b' E'a\'b' 'c\' U&'\0061''' x'1f' n'x'"),
            ["'a''b'", r"E'a\'b'", r"'c\'", r"U&'\0061'''", "x'1f'", "n'x'"]
        );
        assert_eq!(texts(r#""a""b" U&"\0061" u & "x""#), [r#""a""b""#, r#"U&"\0061""#, "u", "&", r#""x""#]);
    }

    #[test]
    fn a_string_goes_on_in_its_own_mode_after_a_new_line() {
        assert_eq!(texts("E'a' -- note\n '\\'' x"), ["E'a' -- note\n '\\''", "x"]);
        assert_eq!(texts("E'a'\n '\\'' x"), ["E'a'\n '\\''", "x"]);
        assert_eq!(texts("E'a'\n-- note\n '\\'' x"), ["E'a'\n-- note\n '\\''", "x"]);
        // Without a new line it is a new constant, read in the usual mode.
        assert_eq!(texts("E'a' '\\' x"), ["E'a'", "'\\'", "x"]);
    }
}
