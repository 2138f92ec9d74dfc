//! The statements inside of others: in the body of a `DO` block, and of a function.

use super::{Command, query, read};
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
        if super::is_too_deep(statement) {
            return Vec::new();
        }
        let tokens = Tokens::of(statement);
        let mut words = tokens.words();
        if words.take(&["DO"]) {
            return body(words).map(|body| body.statements(IntoTarget::Variable)).unwrap_or_default();
        }
        if !words.take(&["CREATE"]) {
            return Vec::new();
        }
        words.take(&["OR", "REPLACE"]);
        if !matches!(object_kind::take(&mut words), Some("FUNCTION" | "PROCEDURE")) {
            return Vec::new();
        }
        let is_sql = words.outermost().any(|(_, here)| here.at(&["LANGUAGE", "SQL"]));
        let into = if is_sql { IntoTarget::Table } else { IntoTarget::Variable };
        for (_, mut here) in words.outermost() {
            if here.take(&["AS"]) {
                return body(here).map(|body| body.statements(into)).unwrap_or_default();
            }
            if here.at(&["BEGIN", "ATOMIC"]) {
                return statements(here, IntoTarget::Table, |span| span);
            }
        }
        Vec::new()
    }
}

/// What `SELECT … INTO` names in the language of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum IntoTarget {
    /// SQL: a table that it makes.
    Table,
    /// PL/pgSQL: a variable that it sets.
    Variable,
}

impl IntoTarget {
    /// What a statement is, by what its words alone say that it is.
    fn meant(self, statement: Words<'_>, command: Command) -> Command {
        match command {
            Command::CreateTableAs { reads, .. } if self == Self::Variable && !statement.at(&["CREATE"]) => {
                Command::Query { reads, locks_rows: query::locks_rows(statement) }
            }
            command => command,
        }
    }
}

/// `DO [LANGUAGE lang] 'body'`
pub(super) fn block(words: Words<'_>) -> Command {
    let Some(body) = body(words) else { return Command::Unknown };
    Command::Block(body.statements(IntoTarget::Variable).into_iter().map(|it| it.command).collect())
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
    fn statements(self, into: IntoTarget) -> Vec<Embedded> {
        if super::is_too_deep(&self.text) {
            let text = String::new();
            return vec![Embedded { span: self.literal.span, text, command: Command::Unknown }];
        }
        let tokens = Tokens::of(&self.text);
        statements(tokens.words(), into, |span| self.start.map_or(self.literal.span, |start| span.shifted(start)))
    }
}

fn statements(words: Words<'_>, into: IntoTarget, place: impl Fn(Span) -> Span) -> Vec<Embedded> {
    let mut found = Vec::new();
    let mut begins = true;
    for (token, mut here) in words.each() {
        if begins && here.at_any(VERBS) {
            let statement = here.until(TokenKind::Semicolon);
            let span = statement.span().unwrap_or(token.span);
            let command = into.meant(statement, read::of_words(statement));
            found.push(Embedded { span: place(span), text: span.of(here.text()).to_owned(), command });
        } else if here.take(&["EXECUTE"]) && !here.at_any(&["FUNCTION", "PROCEDURE", "ON"]) {
            let literal = here.peek();
            let text = here.string().filter(|_| here.at_kind(TokenKind::Semicolon));
            let text = text.filter(|text| !text.trim_start().get(..2).is_some_and(|it| it.eq_ignore_ascii_case("DO")));
            let span = literal.filter(|_| text.is_some()).map_or(token.span, |literal| literal.span);
            let command = text.as_deref().map_or(Command::Unknown, Command::of);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn commands(statement: &str) -> Vec<Command> {
        Embedded::within(statement).into_iter().map(|it| it.command).collect()
    }

    #[test]
    fn into_sets_a_variable_in_a_block_and_makes_a_table_in_sql() {
        let body = "BEGIN SELECT id INTO found FROM visit FOR UPDATE; \
                    WITH late AS (SELECT 1) SELECT 1 INTO STRICT found; END";
        let block = format!("DO $$ {body} $$");
        let function = format!("CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ {body} $$");
        for statement in [&block, &function] {
            let found = commands(statement);
            assert!(matches!(&found[0], Command::Query { reads, locks_rows: true } if reads.len() == 1), "{found:?}");
            assert!(matches!(&found[1], Command::Query { locks_rows: false, .. }), "{found:?}");
        }
        assert_eq!(read::statement(&block), Command::Block(commands(&block)));

        let found = commands("CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ SELECT 1 AS a INTO copy $$");
        assert!(matches!(&found[0], Command::CreateTableAs { name, .. } if name.name.as_str() == "copy"), "{found:?}");
        let found = commands("DO $$ BEGIN CREATE TABLE copy AS SELECT 1; END $$");
        assert!(matches!(&found[0], Command::CreateTableAs { .. }), "{found:?}");
    }
}
