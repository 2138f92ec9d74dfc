//! A cursor over the tokens that say something.

use limosa_catalog::{Identifier, QualifiedName};

use crate::Span;
use crate::lexer::Lexer;
use crate::name;
use crate::token::{Token, TokenKind};

/// The tokens of a text that say something: without white space and comments.
#[derive(Debug, Clone)]
pub struct Tokens<'a> {
    text: &'a str,
    tokens: Vec<Token>,
}

impl<'a> Tokens<'a> {
    /// Reads a text. Spans count in it.
    #[must_use]
    pub fn of(text: &'a str) -> Self {
        // A token and the blanks around it take five bytes, more or less; what is very long grows as it needs.
        let mut tokens = Vec::with_capacity((text.len() / 5 + 1).min(1024));
        tokens.extend(Lexer::new(text, Span::new(0, text.len())).filter(|token| token.kind.is_significant()));
        Self { text, tokens }
    }

    /// Reads a section of a text. Spans count in the whole text.
    #[must_use]
    pub(crate) fn within(text: &'a str, section: Span) -> Self {
        let tokens = Lexer::new(text, section).filter(|token| token.kind.is_significant()).collect();
        Self { text, tokens }
    }

    /// A cursor at the first.
    #[must_use]
    pub fn words(&self) -> Words<'_> {
        Words::new(self.text, &self.tokens)
    }
}

/// Reads keywords and names off the significant tokens of a statement. Copies are cheap: to look ahead, copy.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    text: &'a str,
    tokens: &'a [Token],
}

impl<'a> Words<'a> {
    /// A cursor at the first of `tokens`, which must hold no white space and no comments.
    pub(crate) fn new(text: &'a str, tokens: &'a [Token]) -> Self {
        Self { text, tokens }
    }

    /// From the first token to the last; `None` where there is none.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        let (first, last) = (self.tokens.first()?, self.tokens.last()?);
        Some(Span::new(first.span.start, last.span.end))
    }

    /// The whole text that the tokens were read from.
    #[must_use]
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The next token.
    #[must_use]
    pub fn peek(&self) -> Option<Token> {
        self.tokens.first().copied()
    }

    /// The next token, which is passed over.
    #[expect(clippy::should_implement_trait, reason = "an iterator that is Copy would be moved on by accident")]
    pub fn next(&mut self) -> Option<Token> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(*first)
    }

    /// The text of a token.
    #[must_use]
    pub fn text_of(&self, token: Token) -> &'a str {
        token.span.of(self.text)
    }

    /// The text of the next token if that is an unquoted word.
    #[must_use]
    pub fn word(&self) -> Option<&'a str> {
        self.peek().filter(|token| token.kind == TokenKind::Word).map(|token| self.text_of(token))
    }

    /// Whether the next tokens are these keywords, given in capitals.
    #[must_use]
    pub fn at(&self, keywords: &[&str]) -> bool {
        let mut ahead = *self;
        ahead.take(keywords)
    }

    /// Passes over these keywords if all of them are next.
    pub fn take(&mut self, keywords: &[&str]) -> bool {
        let mut ahead = *self;
        for keyword in keywords {
            match ahead.word() {
                Some(word) if word.eq_ignore_ascii_case(keyword) => ahead.next(),
                _ => return false,
            };
        }
        *self = ahead;
        true
    }

    /// Passes over one of these keywords if it is next.
    pub fn take_any(&mut self, keywords: &[&str]) -> bool {
        keywords.iter().any(|keyword| self.take(&[keyword]))
    }

    /// Whether the next token is one of these keywords.
    #[must_use]
    pub fn at_any(&self, keywords: &[&str]) -> bool {
        self.word().is_some_and(|word| keywords.iter().any(|keyword| word.eq_ignore_ascii_case(keyword)))
    }

    /// Whether the next token is of this kind.
    #[must_use]
    pub fn at_kind(&self, kind: TokenKind) -> bool {
        self.peek().is_some_and(|token| token.kind == kind)
    }

    /// Passes over the next token if it is of this kind.
    pub fn take_kind(&mut self, kind: TokenKind) -> bool {
        let is = self.at_kind(kind);
        if is {
            self.next();
        }
        is
    }

    /// Reads an identifier, quoted or not.
    pub fn identifier(&mut self) -> Option<Identifier> {
        let token = self.peek()?;
        let identifier = name::identifier(token.kind, self.text_of(token))?;
        self.next();
        Some(identifier)
    }

    /// Reads a name with or without its schema; a database name before these is passed over.
    pub fn qualified_name(&mut self) -> Option<QualifiedName> {
        let mut schema = None;
        let mut name = self.identifier()?;
        while self.take_kind(TokenKind::Dot) {
            schema = Some(name);
            name = self.identifier()?;
        }
        Some(QualifiedName { schema, name })
    }

    /// Reads names with commas between them.
    pub fn qualified_names(&mut self) -> Vec<QualifiedName> {
        let mut names = Vec::new();
        while let Some(name) = self.qualified_name() {
            names.push(name);
            if !self.take_kind(TokenKind::Comma) {
                break;
            }
        }
        names
    }

    /// Reads a string constant and decodes it.
    pub fn string(&mut self) -> Option<String> {
        let token = self.peek()?;
        let value = name::string(token.kind, self.text_of(token))?;
        self.next();
        Some(value)
    }

    /// Passes over a list in parentheses, nested ones included, and gives the tokens inside; `None` if none is next.
    pub fn parenthesised(&mut self) -> Option<Words<'a>> {
        if !self.at_kind(TokenKind::LeftParen) {
            return None;
        }
        let mut depth = 0_usize;
        let mut length = self.tokens.len();
        for (at, token) in self.tokens.iter().enumerate() {
            match token.kind {
                TokenKind::LeftParen => depth += 1,
                TokenKind::RightParen => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                length = at;
                break;
            }
        }
        let inside = self.tokens.get(1..length).unwrap_or_default();
        self.tokens = self.tokens.get(length + 1..).unwrap_or_default();
        Some(Words { text: self.text, tokens: inside })
    }

    /// Reads `[ONLY] name [*], …`.
    pub fn tables(&mut self) -> Vec<QualifiedName> {
        let mut names = Vec::new();
        loop {
            self.take(&["ONLY"]);
            let Some(name) = self.qualified_name() else { return names };
            names.push(name);
            self.take_kind(TokenKind::Operator);
            if !self.take_kind(TokenKind::Comma) {
                return names;
            }
        }
    }

    /// Reads a name of which the last part is a column and the rest its table.
    pub fn column_of(&mut self) -> Option<(QualifiedName, Identifier)> {
        let mut parts = vec![self.identifier()?];
        while self.take_kind(TokenKind::Dot) {
            parts.push(self.identifier()?);
        }
        let column = parts.pop()?;
        let name = parts.pop()?;
        Some((QualifiedName { schema: parts.pop(), name }, column))
    }

    /// The words up to the first token of a kind outside parentheses.
    #[must_use]
    pub fn until(&self, kind: TokenKind) -> Words<'a> {
        self.first(self.place_of(|here| here.at_kind(kind)))
    }

    /// The words up to the first of these keywords outside parentheses.
    #[must_use]
    pub fn until_any(&self, keywords: &[&str]) -> Words<'a> {
        self.first(self.place_of(|here| here.at_any(keywords)))
    }

    /// Passes over the words up to the first of these keywords outside parentheses.
    pub fn skip_until_any(&mut self, keywords: &[&str]) {
        let place = self.place_of(|here| here.at_any(keywords));
        self.tokens = self.tokens.get(place..).unwrap_or_default();
    }

    /// The parts between tokens of a kind outside parentheses and brackets.
    pub fn split(self, kind: TokenKind) -> impl Iterator<Item = Words<'a>> {
        let mut rest = Some(self);
        std::iter::from_fn(move || {
            let here = rest.filter(|here| here.peek().is_some())?;
            let place = here.place_of(|here| here.at_kind(kind));
            let behind = here.tokens.get(place + 1..);
            rest = behind.map(|tokens| Words { text: here.text, tokens });
            Some(here.first(place))
        })
    }

    /// The parts that begin at one of these keywords outside parentheses; what stands before the first keyword is the
    /// first part. The `FROM` of `IS DISTINCT FROM` begins none.
    pub(crate) fn clauses(self, keywords: &[&str]) -> impl Iterator<Item = Words<'a>> {
        let mut rest = Some(self);
        std::iter::from_fn(move || {
            let here = rest?;
            let mut first = true;
            let mut before_is_distinct = false;
            let mut depth = 0_usize;
            let begins = here.each().position(|(token, at)| {
                let begins = !first && depth == 0 && !before_is_distinct && at.at_any(keywords);
                before_is_distinct = at.at(&["DISTINCT"]);
                first = false;
                match token.kind {
                    TokenKind::LeftParen | TokenKind::LeftBracket => depth += 1,
                    TokenKind::RightParen | TokenKind::RightBracket => depth = depth.saturating_sub(1),
                    _ => {}
                }
                begins
            });
            let place = begins.unwrap_or(here.tokens.len());
            rest = begins.and_then(|place| here.tokens.get(place..)).map(|tokens| Words { text: here.text, tokens });
            Some(here.first(place))
        })
    }

    fn first(&self, count: usize) -> Words<'a> {
        Words { text: self.text, tokens: self.tokens.get(..count).unwrap_or(self.tokens) }
    }

    /// The place of the first token outside parentheses and brackets that is as wanted; the end where none is.
    fn place_of(&self, wanted: impl Fn(Words<'a>) -> bool) -> usize {
        let mut depth = 0_usize;
        for (place, (token, here)) in self.each().enumerate() {
            match token.kind {
                _ if depth == 0 && wanted(here) => return place,
                TokenKind::LeftParen | TokenKind::LeftBracket => depth += 1,
                TokenKind::RightParen | TokenKind::RightBracket => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        self.tokens.len()
    }

    /// The tokens that are not inside any parentheses, each with a cursor that stands at it.
    pub fn outermost(self) -> impl Iterator<Item = (Token, Words<'a>)> {
        let mut depth = 0_usize;
        self.tokens.iter().enumerate().filter_map(move |(at, token)| {
            match token.kind {
                TokenKind::LeftParen => depth += 1,
                TokenKind::RightParen => depth = depth.saturating_sub(1),
                _ if depth == 0 => {
                    return Some((
                        *token,
                        Words { text: self.text, tokens: self.tokens.get(at..).unwrap_or_default() },
                    ));
                }
                _ => {}
            }
            None
        })
    }

    /// Every token with a cursor that stands at it.
    pub fn each(self) -> impl Iterator<Item = (Token, Words<'a>)> {
        self.tokens.iter().enumerate().map(move |(at, token)| {
            (*token, Words { text: self.text, tokens: self.tokens.get(at..).unwrap_or_default() })
        })
    }
}
