//! The statement being read, and what it has opened and not yet closed.

use crate::token::{Token, TokenKind};
use crate::{Problem, Span};

/// A statement whose end has not been seen.
#[derive(Debug)]
pub(super) struct OpenStatement {
    span: Span,
    token_count: usize,
    calls_set_config: bool,
    parens: usize,
    /// The parenthesis that took `parens` from zero to one.
    outermost_paren: Span,
    brackets: usize,
    /// Inside `json_object(…)`, where a colon parts key and value: the depth of its parenthesis.
    json_object: Option<usize>,
    /// Whether it is a `CREATE … FUNCTION` or `PROCEDURE`, the only statements with a `BEGIN ATOMIC` body.
    routine: Routine,
    /// `BEGIN ATOMIC` and `CASE` that wait for their `END`.
    blocks: usize,
    outermost_block: Span,
    last: Option<Last>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Routine {
    No,
    /// It begins with `CREATE`.
    Maybe,
    Yes,
}

/// The token before the one at hand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Last {
    pub(super) token: Token,
    word: Word,
}

/// The words that matter to where statements end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    As,
    Atomic,
    Begin,
    Case,
    Create,
    End,
    JsonObject,
    Routine,
    SetConfig,
    Other,
}

impl Word {
    fn of(text: &str) -> Self {
        // By far the most words are none of these; their length tells.
        let is = |keyword: &str| text.eq_ignore_ascii_case(keyword);
        match text.len() {
            2 if is("as") => Self::As,
            3 if is("end") => Self::End,
            4 if is("case") => Self::Case,
            5 if is("begin") => Self::Begin,
            6 if is("atomic") => Self::Atomic,
            6 if is("create") => Self::Create,
            8 if is("function") => Self::Routine,
            9 if is("procedure") => Self::Routine,
            10 if is("set_config") => Self::SetConfig,
            11 if is("json_object") => Self::JsonObject,
            12 if is("\"set_config\"") => Self::SetConfig,
            14 if is("json_objectagg") => Self::JsonObject,
            _ => Self::Other,
        }
    }
}

impl OpenStatement {
    /// A statement that begins with this token, which is yet to be pushed.
    pub(super) fn new(first: Token) -> Self {
        let nowhere = Span::new(first.span.start, first.span.start);
        Self {
            span: nowhere,
            token_count: 0,
            calls_set_config: false,
            parens: 0,
            outermost_paren: nowhere,
            brackets: 0,
            json_object: None,
            routine: Routine::No,
            blocks: 0,
            outermost_block: nowhere,
            last: None,
        }
    }

    /// Takes in the next significant token.
    pub(super) fn push(&mut self, text: &str, token: Token) {
        let word = match token.kind {
            TokenKind::Word | TokenKind::QuotedIdentifier => Word::of(token.span.of(text)),
            _ => Word::Other,
        };
        self.span.end = token.span.end;
        self.token_count += 1;
        match token.kind {
            TokenKind::LeftParen => self.left_paren(token),
            TokenKind::RightParen => self.right_paren(),
            TokenKind::LeftBracket => self.brackets += 1,
            TokenKind::RightBracket => self.brackets = self.brackets.saturating_sub(1),
            TokenKind::Word => self.word(word, token),
            _ => {}
        }
        self.calls_set_config |= word == Word::SetConfig;
        self.last = Some(Last { token, word });
    }

    fn left_paren(&mut self, token: Token) {
        if self.parens == 0 {
            self.outermost_paren = token.span;
        }
        self.parens += 1;
        if self.json_object.is_none() && self.last.is_some_and(|last| last.word == Word::JsonObject) {
            self.json_object = Some(self.parens);
        }
    }

    fn right_paren(&mut self) {
        self.parens = self.parens.saturating_sub(1);
        if self.json_object.is_some_and(|depth| depth > self.parens) {
            self.json_object = None;
        }
    }

    fn word(&mut self, word: Word, token: Token) {
        match (self.routine, word) {
            (Routine::No, Word::Create) if self.token_count == 1 => self.routine = Routine::Maybe,
            (Routine::Maybe, Word::Routine) => self.routine = Routine::Yes,
            _ => {}
        }
        if self.routine != Routine::Yes || self.parens > 0 {
            return;
        }
        // `x.end` and `AS end` are names, not the keyword.
        let is_name = self.last.is_some_and(|last| last.token.kind == TokenKind::Dot || last.word == Word::As);
        match word {
            Word::Atomic if self.blocks == 0 && self.last.is_some_and(|last| last.word == Word::Begin) => {
                self.blocks = 1;
                self.outermost_block = token.span;
            }
            Word::Case if self.blocks > 0 && !is_name => self.blocks += 1,
            Word::End if !is_name => self.blocks = self.blocks.saturating_sub(1),
            _ => {}
        }
    }

    /// Whether a semicolon would end it.
    pub(super) fn is_complete(&self) -> bool {
        self.parens == 0 && self.blocks == 0
    }

    /// What keeps it from being complete.
    pub(super) fn unclosed(&self) -> Option<Problem> {
        if self.parens > 0 {
            let message = "this `(` is never closed, so the rest of the text belongs to its statement";
            Some(Problem::error("unclosed-parenthesis", self.outermost_paren, message).with_help("add the missing `)`"))
        } else if self.blocks > 0 {
            let message = "this `BEGIN ATOMIC` has no `END`, so the rest of the text belongs to its statement";
            Some(Problem::error("unclosed-block", self.outermost_block, message).with_help("end the body with `END;`"))
        } else {
            None
        }
    }

    /// From its first token to its last so far.
    pub(super) fn span(&self) -> Span {
        self.span
    }

    /// How many tokens it has so far.
    pub(super) fn token_count(&self) -> usize {
        self.token_count
    }

    /// Whether `set_config` is named anywhere in it.
    pub(super) fn calls_set_config(&self) -> bool {
        self.calls_set_config
    }

    /// Whether a colon may stand here: in an array slice or between key and value of a JSON object.
    pub(super) fn allows_colon(&self) -> bool {
        self.brackets > 0 || self.json_object.is_some()
    }

    /// The last token so far.
    pub(super) fn last(&self) -> Option<Token> {
        self.last.map(|last| last.token)
    }
}
