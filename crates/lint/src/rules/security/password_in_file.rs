//! A password stands in a migration.
//!
//! Migrations are kept for ever, in every checkout, in the history of each database and in the server's log. The role
//! can be made without a password here, and be given one where secrets are kept; `${env:NAME}` puts one in when the
//! migration runs.
//!
//! ```sql,bad
//! CREATE ROLE reporting LOGIN PASSWORD 'green-godwit';
//! ```
//! ```sql,good
//! CREATE ROLE reporting LOGIN PASSWORD NULL;
//! ```

use limosa_syntax::{Command, TokenKind, Words};

use crate::found::Findings;
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    // What is about a relation or a function has no password.
    if !matches!(step.command(), Command::NoRelation) {
        return;
    }
    let tokens = step.tokens();
    let mut words = tokens.words();
    if !words.take_any(&["CREATE", "ALTER"]) || !is_about_rights(words) {
        return;
    }
    for (_, mut here) in words.each() {
        if !here.take(&["PASSWORD"]) {
            continue;
        }
        let Some(token) = here.peek() else { continue };
        let is_placeholder = here.text_of(token).contains("${");
        if token.kind.is_string() && !is_placeholder {
            let finding = found.at(step.place(token.span), "this password is kept wherever the migration is");
            finding.help("write `${env:NAME}` inside the quotes, or give the password elsewhere");
        }
    }
}

fn is_about_rights(words: Words<'_>) -> bool {
    words.at_any(&["ROLE", "GROUP"])
        || words.at(&["USER"]) && !words.at_kind(TokenKind::LeftParen)
        || words.at(&["SERVER"])
}
