//! The statements in the body of a `DO` block.

use super::{Command, read};
use crate::Span;
use crate::lexer::Lexer;
use crate::name;
use crate::token::{Token, TokenKind};
use crate::words::Words;

/// Words behind which a statement begins.
const BEFORE: &[&str] = &["BEGIN", "THEN", "ELSE", "LOOP"];
/// What begins a statement of SQL.
const VERBS: &[&str] = &[
    "CREATE", "ALTER", "DROP", "COMMENT", "GRANT", "REVOKE", "TRUNCATE", "LOCK", "INSERT", "UPDATE", "DELETE", "MERGE",
    "REINDEX", "REFRESH", "CLUSTER", "ANALYZE", "WITH", "SELECT",
];

/// `DO [LANGUAGE lang] 'body'`. Of `EXECUTE`, a string that is a whole statement is read; what is put together while
/// the block runs is [`Command::Unknown`].
pub(super) fn block(words: Words<'_>) -> Command {
    let Some((literal, _)) = words.each().find(|(token, _)| token.kind.is_string()) else { return Command::Unknown };
    let Some(body) = name::string(literal.kind, words.text_of(literal)) else { return Command::Unknown };
    let tokens: Vec<Token> =
        Lexer::new(&body, Span::new(0, body.len())).filter(|token| token.kind.is_significant()).collect();
    let mut commands = Vec::new();
    let mut begins = true;
    for (token, mut here) in Words::new(&body, &tokens).each() {
        if begins && here.at_any(VERBS) {
            commands.push(read::of_words(here));
        } else if here.take(&["EXECUTE"]) && !here.at_any(&["FUNCTION", "PROCEDURE", "ON"]) {
            let text = here.string().filter(|_| here.at_kind(TokenKind::Semicolon));
            let text = text.filter(|text| !text.trim_start().get(..2).is_some_and(|it| it.eq_ignore_ascii_case("DO")));
            commands.push(text.map_or(Command::Unknown, |text| read::statement(&text)));
        } else if begins && here.at_any(&["PERFORM", "CALL"]) {
            commands.push(Command::Unknown);
        }
        begins = token.kind == TokenKind::Semicolon || BEFORE.iter().any(|word| is_word(&body, token, word));
    }
    Command::Block(commands)
}

fn is_word(text: &str, token: Token, word: &str) -> bool {
    token.kind == TokenKind::Word && token.span.of(text).eq_ignore_ascii_case(word)
}
