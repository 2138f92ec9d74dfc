//! Comments.

use super::Lexer;
use crate::token::{Token, TokenKind};

impl Lexer<'_> {
    /// `-- …` up to the end of the line, which a carriage return ends as well.
    pub(super) fn line_comment(&mut self) -> Token {
        let length = self.run(self.at, |byte| byte != b'\n' && byte != b'\r');
        self.take(TokenKind::LineComment, length)
    }

    /// `/* … */`, nested to any depth.
    pub(super) fn block_comment(&mut self) -> Token {
        let bytes = self.text.as_bytes();
        let mut depth = 0_usize;
        let mut at = self.at;
        while let Some(pair) = bytes.get(at..at + 2) {
            match pair {
                b"/*" => {
                    depth += 1;
                    at += 2;
                }
                b"*/" => {
                    depth -= 1;
                    at += 2;
                    if depth == 0 {
                        return self.finish(TokenKind::BlockComment, at, true);
                    }
                }
                _ => at += 1,
            }
        }
        self.finish(TokenKind::BlockComment, bytes.len(), false)
    }
}
