//! Strings, quoted identifiers and what begins with a dollar sign.

use super::{Lexer, is_identifier_part, is_identifier_start, is_space};
use crate::token::{Token, TokenKind};

/// What begins a placeholder of ours.
const PLACEHOLDER: &str = "${env:";

impl Lexer<'_> {
    /// `'…'`, whose backslashes mean what `standard_conforming_strings` says. `prefix` bytes stand before the quote.
    pub(super) fn string(&mut self, prefix: usize) -> Token {
        if self.backslash_escapes { self.escape_string(prefix) } else { self.plain_string(prefix, TokenKind::String) }
    }

    /// A string in which only the quote itself, doubled, is special.
    pub(super) fn plain_string(&mut self, prefix: usize, kind: TokenKind) -> Token {
        self.until_quote(self.at + prefix, b'\'', kind)
    }

    /// A quoted identifier.
    pub(super) fn identifier(&mut self, prefix: usize, kind: TokenKind) -> Token {
        self.until_quote(self.at + prefix, b'"', kind)
    }

    fn until_quote(&mut self, open: usize, quote: u8, kind: TokenKind) -> Token {
        let bytes = self.text.as_bytes();
        let mut at = open + 1;
        loop {
            at += self.run(at, |byte| byte != quote);
            match (bytes.get(at), bytes.get(at + 1)) {
                (None, _) => return self.finish(kind, bytes.len(), false),
                (Some(_), Some(next)) if *next == quote => at += 2,
                (Some(_), _) => return self.finish(kind, at + 1, true),
            }
        }
    }

    /// `E'…'`. PostgreSQL joins it with a string that begins on a later line, and reads that one's backslashes in the
    /// same way, so both become one token.
    pub(super) fn escape_string(&mut self, prefix: usize) -> Token {
        let bytes = self.text.as_bytes();
        let mut at = self.at + prefix + 1;
        loop {
            at += self.run(at, |byte| byte != b'\'' && byte != b'\\');
            match (bytes.get(at), bytes.get(at + 1)) {
                (None, _) => return self.finish(TokenKind::EscapeString, bytes.len(), false),
                (Some(b'\\'), _) | (Some(_), Some(b'\'')) => at += 2,
                (Some(_), _) => match self.continuation(at + 1) {
                    Some(quote) => at = quote + 1,
                    None => return self.finish(TokenKind::EscapeString, at + 1, true),
                },
            }
        }
    }

    /// The opening quote of the string that continues one ending before `from`: only white space, with a new line in
    /// it, and line comments may stand between.
    fn continuation(&self, from: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mut at = from;
        let mut new_line = false;
        loop {
            let space = self.run(at, is_space);
            new_line |= bytes.get(at..at + space)?.iter().any(|byte| matches!(byte, b'\n' | b'\r'));
            at += space;
            if bytes.get(at..at + 2) != Some(b"--") {
                return (new_line && bytes.get(at) == Some(&b'\'')).then_some(at);
            }
            at += self.run(at, |byte| byte != b'\n' && byte != b'\r');
        }
    }

    /// `$1`, `$tag$…$tag$`, `${env:NAME}`, or a lone dollar sign.
    pub(super) fn dollar(&mut self) -> Token {
        let bytes = self.text.as_bytes();
        let digits = self.run(self.at + 1, |byte| byte.is_ascii_digit());
        if digits > 0 {
            return self.take(TokenKind::Parameter, 1 + digits);
        }
        if let Some(length) = placeholder_length(bytes.get(self.at..).unwrap_or_default()) {
            return self.take(TokenKind::Placeholder, length);
        }
        let tag = match bytes.get(self.at + 1) {
            Some(first) if is_identifier_start(*first) => {
                self.run(self.at + 1, |byte| is_identifier_part(byte) && byte != b'$')
            }
            _ => 0,
        };
        let opening = self.at + 1 + tag;
        if bytes.get(opening) != Some(&b'$') {
            return self.take(TokenKind::Unknown, 1);
        }
        let delimiter = self.text.get(self.at..=opening).unwrap_or_default();
        let body = self.text.get(opening + 1..).unwrap_or_default();
        match body.find(delimiter) {
            Some(close) => self.finish(TokenKind::DollarString, opening + 1 + close + delimiter.len(), true),
            None => self.finish(TokenKind::DollarString, bytes.len(), false),
        }
    }
}

/// The length of the `${env:NAME}` that `bytes` begin with.
pub(crate) fn placeholder_length(bytes: &[u8]) -> Option<usize> {
    let name = bytes.strip_prefix(PLACEHOLDER.as_bytes())?;
    let length = name.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    let named = length > 0 && !name.first().is_some_and(u8::is_ascii_digit) && name.get(length) == Some(&b'}');
    named.then_some(PLACEHOLDER.len() + length + 1)
}
