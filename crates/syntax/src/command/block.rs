//! The statements inside of others: in the body of a `DO` block, and of a function.

use super::{Command, read};
use crate::Span;
use crate::class::object_kind;
use crate::name;
use crate::token::{Token, TokenKind};
use crate::words::{Tokens, Words};

/// Words behind which a statement begins.
const BEFORE: &[&str] = &["BEGIN", "THEN", "ELSE", "LOOP", "ATOMIC"];
/// What begins a statement of SQL.
const VERBS: &[&str] = &[
    "CREATE", "ALTER", "DROP", "COMMENT", "GRANT", "REVOKE", "TRUNCATE", "LOCK", "INSERT", "UPDATE", "DELETE", "MERGE",
    "REINDEX", "REFRESH", "CLUSTER", "ANALYZE", "WITH", "SELECT",
];

/// A statement that stands inside another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Embedded {
    /// Where it stands in the text of the statement around it; where the body's quotes hide that, the whole body.
    pub span: Span,
    /// Its own text, without the quotes around it.
    pub text: String,
    /// What it is. What is put together while the body runs is [`Command::Unknown`].
    pub command: Command,
}

impl Embedded {
    /// The statements in the body of a `DO` block, or of the function or procedure that is created, as far as they can
    /// be read; of `EXECUTE`, a string that is a whole statement. Empty for all other statements.
    #[must_use]
    pub fn within(statement: &str) -> Vec<Self> {
        let tokens = Tokens::of(statement);
        let mut words = tokens.words();
        if words.take(&["DO"]) {
            return body(words).map(Body::statements).unwrap_or_default();
        }
        if !words.take(&["CREATE"]) {
            return Vec::new();
        }
        words.take(&["OR", "REPLACE"]);
        if !matches!(object_kind::take(&mut words), Some("FUNCTION" | "PROCEDURE")) {
            return Vec::new();
        }
        for (_, mut here) in words.outermost() {
            if here.take(&["AS"]) {
                return body(here).map(Body::statements).unwrap_or_default();
            }
            if here.at(&["BEGIN", "ATOMIC"]) {
                return statements(here, |span| span);
            }
        }
        Vec::new()
    }
}

/// `DO [LANGUAGE lang] 'body'`
pub(super) fn block(words: Words<'_>) -> Command {
    let Some(body) = body(words) else { return Command::Unknown };
    Command::Block(body.statements().into_iter().map(|it| it.command).collect())
}

/// What is between the first quotes.
struct Body {
    literal: Token,
    text: String,
    /// Where the text begins in the statement, if it stands there as it is.
    start: Option<usize>,
}

fn body(words: Words<'_>) -> Option<Body> {
    let (literal, _) = words.each().find(|(token, _)| token.kind.is_string())?;
    let written = words.text_of(literal);
    let text = name::string(literal.kind, written)?;
    let start =
        (literal.kind == TokenKind::DollarString).then(|| literal.span.start + (written.len() - text.len()) / 2);
    Some(Body { literal, text, start })
}

impl Body {
    fn statements(self) -> Vec<Embedded> {
        let tokens = Tokens::of(&self.text);
        statements(tokens.words(), |span| self.start.map_or(self.literal.span, |start| span.shifted(start)))
    }
}

fn statements(words: Words<'_>, place: impl Fn(Span) -> Span) -> Vec<Embedded> {
    let mut found = Vec::new();
    let mut begins = true;
    for (token, mut here) in words.each() {
        if begins && here.at_any(VERBS) {
            let statement = here.until(TokenKind::Semicolon);
            let span = statement.span().unwrap_or(token.span);
            let command = read::of_words(statement);
            found.push(Embedded { span: place(span), text: span.of(here.text()).to_owned(), command });
        } else if here.take(&["EXECUTE"]) && !here.at_any(&["FUNCTION", "PROCEDURE", "ON"]) {
            let literal = here.peek();
            let text = here.string().filter(|_| here.at_kind(TokenKind::Semicolon));
            let text = text.filter(|text| !text.trim_start().get(..2).is_some_and(|it| it.eq_ignore_ascii_case("DO")));
            let span = literal.filter(|_| text.is_some()).map_or(token.span, |literal| literal.span);
            let command = text.as_deref().map_or(Command::Unknown, read::statement);
            found.push(Embedded { span: place(span), text: text.unwrap_or_default(), command });
        } else if begins && here.at_any(&["PERFORM", "CALL"]) {
            found.push(Embedded { span: place(token.span), text: String::new(), command: Command::Unknown });
        }
        begins = token.kind == TokenKind::Semicolon || BEFORE.iter().any(|word| is_word(words, token, word));
    }
    found
}

fn is_word(words: Words<'_>, token: Token, word: &str) -> bool {
    token.kind == TokenKind::Word && words.text_of(token).eq_ignore_ascii_case(word)
}
