//! From the first words of a statement to the reader of its kind.

use super::{Command, TableMember, alter_table, block, create, drop, query, tend};
use crate::class::object_kind;
use crate::token::TokenKind;
use crate::words::{Tokens, Words};

pub(super) fn statement(text: &str) -> Command {
    of_words(Tokens::of(text).words())
}

/// The command that these words are, up to a semicolon.
pub(super) fn of_words(words: Words<'_>) -> Command {
    let mut words = words.until(TokenKind::Semicolon);
    let first = words.word().unwrap_or_default().to_ascii_uppercase();
    let known = match first.as_str() {
        "CREATE" => create::create(words),
        "ALTER" => alter(words),
        "DROP" => drop::drop(words),
        "COMMENT" => tend::comment(words),
        "GRANT" | "REVOKE" => Some(tend::grant(words)),
        "TRUNCATE" => tend::truncate(words),
        "LOCK" => tend::lock(words),
        "VACUUM" | "ANALYZE" | "ANALYSE" | "CLUSTER" | "REPACK" => Some(tend::tend(words)),
        "REINDEX" => tend::reindex(words),
        "REFRESH" => tend::refresh(words),
        "DO" => Some(block::block(words)),
        "BEGIN" | "START" | "COMMIT" | "END" | "ROLLBACK" | "ABORT" | "SAVEPOINT" | "RELEASE" | "PREPARE" | "SET"
        | "RESET" | "DISCARD" | "SHOW" | "LISTEN" | "UNLISTEN" | "NOTIFY" | "DEALLOCATE" | "CLOSE" | "CHECKPOINT"
        | "LOAD" | "SECURITY" => Some(Command::NoRelation),
        "SELECT" | "INSERT" | "UPDATE" | "DELETE" | "MERGE" | "VALUES" | "TABLE" | "WITH" | "COPY" => {
            query::query(words)
        }
        "" if words.take_kind(TokenKind::LeftParen) => query::query(words),
        _ => None,
    };
    known.unwrap_or(Command::Unknown)
}

fn alter(mut words: Words<'_>) -> Option<Command> {
    words.take(&["ALTER"]);
    words.take_any(&["PROCEDURAL"]);
    let kind = object_kind::take(&mut words)?;
    words.take(&["IF", "EXISTS"]);
    match kind {
        "TABLE" | "FOREIGN TABLE" | "VIEW" | "MATERIALIZED VIEW" if !words.at(&["ALL", "IN"]) => {
            alter_table::alter_table(words, kind.ends_with("VIEW"))
        }
        "INDEX" if !words.at(&["ALL", "IN"]) => tend::alter_index(words),
        "SEQUENCE" => {
            let name = words.qualified_name()?;
            Some(Command::AlterSequence { name, owned_by: create::owned_by(words) })
        }
        "TRIGGER" => tend::member(words, TableMember::Trigger, super::MemberChange::Alter),
        "POLICY" => tend::member(words, TableMember::Policy, super::MemberChange::Alter),
        "RULE" => tend::member(words, TableMember::Rule, super::MemberChange::Alter),
        "DOMAIN" => tend::alter_domain(words),
        "PUBLICATION" => Some(tend::publish(words)),
        "TABLE" | "INDEX" | "FOREIGN TABLE" | "VIEW" | "MATERIALIZED VIEW" | "EXTENSION" => None,
        _ => Some(Command::NoRelation),
    }
}
