//! Numbers.

use super::{Lexer, is_identifier_part};
use crate::token::{Token, TokenKind};

impl Lexer<'_> {
    /// A number with what is glued to it (`0xFF`, `1_000`, `1.5e-3`); the server alone judges whether it is a good one.
    pub(super) fn number(&mut self) -> Token {
        let bytes = self.text.as_bytes();
        let mut end = self.at + self.run(self.at, |byte| byte.is_ascii_digit() || byte == b'_');
        if bytes.get(end) == Some(&b'.') && bytes.get(end + 1) != Some(&b'.') {
            end += 1;
            end += self.run(end, |byte| byte.is_ascii_digit() || byte == b'_');
        }
        let signed =
            matches!(bytes.get(end + 1), Some(b'+' | b'-')) && bytes.get(end + 2).is_some_and(u8::is_ascii_digit);
        if matches!(bytes.get(end), Some(b'e' | b'E')) && signed {
            end += 2;
        }
        end += self.run(end, is_identifier_part);
        self.finish(TokenKind::Number, end, true)
    }
}
