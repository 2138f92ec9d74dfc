//! `DO` blocks: what their body says about transactions, locks and settings.

use super::{Class, LockWait, SettingsChange, TransactionRule, calls};
use crate::Span;
use crate::lexer::Lexer;
use crate::name;
use crate::token::{Token, TokenKind};
use crate::words::Words;

/// Words that begin statements which ask for strong locks. They are looked for in strings too, which `EXECUTE` may run.
const DDL: &[&str] = &["ALTER", "CREATE", "DROP", "TRUNCATE", "LOCK", "REINDEX", "COMMENT"];

/// `DO [LANGUAGE lang] 'body'`
pub(super) fn do_block(words: Words<'_>) -> Class {
    let mut class = Class::new("DO", LockWait::Patiently);
    let Some(literal) = words.each().find(|(token, _)| token.kind.is_string()).map(|(token, _)| words.text_of(token))
    else {
        return class;
    };
    let body = name::dollar_body(literal).unwrap_or(literal);
    let tokens = significant(body);
    let code = Words::new(body, &tokens);
    if ends_transactions(code) {
        class.transaction = TransactionRule::MayControl;
    }
    if holds_ddl(body) {
        class.waits = LockWait::Briefly;
    }
    class.settings = settings(code);
    class
}

fn significant(body: &str) -> Vec<Token> {
    // A body in plain quotes is read as one word after another, without its quotes.
    let inner = body.trim_start_matches(['e', 'E', 'n', 'N']).trim_start_matches('\'');
    let start = if inner.len() < body.len() && body.ends_with('\'') { body.len() - inner.len() } else { 0 };
    Lexer::new(body, Span::new(start, body.len())).filter(|token| token.kind.is_significant()).collect()
}

/// `COMMIT` or `ROLLBACK` as a statement of its own; `ON COMMIT DROP` and `ROLLBACK TO` in exception handlers are not.
fn ends_transactions(code: Words<'_>) -> bool {
    let mut previous_is_on = false;
    code.each().any(|(_, here)| {
        let ends = here.at_any(&["COMMIT", "ROLLBACK"]) && !previous_is_on;
        previous_is_on = here.at(&["ON"]);
        ends
    })
}

fn holds_ddl(body: &str) -> bool {
    let is_part = |character: char| character.is_alphanumeric() || character == '_';
    body.split(|character| !is_part(character)).any(|word| DDL.iter().any(|ddl| word.eq_ignore_ascii_case(ddl)))
}

/// Whether the block could change a setting: it says so, runs a text, or calls what is not known to be harmless.
fn settings(code: Words<'_>) -> SettingsChange {
    let mut begins = true;
    let mut change = SettingsChange::None;
    for (token, here) in code.each() {
        if begins && here.at(&["SET", "LOCAL"]) {
            change = change.max(SettingsChange::Transaction);
        } else if (begins && here.at_any(&["SET", "RESET"])) || here.at_any(&["EXECUTE", "DISCARD", "CALL"]) {
            return SettingsChange::Session;
        }
        begins = token.kind == TokenKind::Semicolon || here.at_any(&["BEGIN", "THEN", "ELSE", "LOOP"]);
    }
    change.max(calls::of_words(code))
}
