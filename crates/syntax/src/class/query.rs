//! Queries, DML, `COPY` and what runs other statements.

use super::{Class, LockWait, SettingsChange, TransactionRule};
use crate::token::TokenKind;
use crate::words::Words;

/// The class of a query or a change of data.
pub(super) fn classify(mut words: Words<'_>) -> Class {
    let first = words.word().unwrap_or_default().to_ascii_uppercase();
    match first.as_str() {
        "WITH" => main_query(words).map_or_else(|| Class::new("SELECT", LockWait::Patiently), classify),
        "INSERT" => {
            words.take(&["INSERT"]);
            words.take(&["INTO"]);
            Class { object: words.qualified_name(), ..Class::new("INSERT", LockWait::Patiently) }
        }
        "UPDATE" => {
            words.take(&["UPDATE"]);
            words.take(&["ONLY"]);
            Class { object: words.qualified_name(), ..Class::new("UPDATE", LockWait::Patiently) }
        }
        "DELETE" => {
            words.take(&["DELETE", "FROM"]);
            words.take(&["ONLY"]);
            Class { object: words.qualified_name(), ..Class::new("DELETE", LockWait::Patiently) }
        }
        "MERGE" => {
            words.take(&["MERGE", "INTO"]);
            words.take(&["ONLY"]);
            Class { object: words.qualified_name(), ..Class::new("MERGE", LockWait::Patiently) }
        }
        "COPY" => {
            words.take(&["COPY"]);
            words.take(&["BINARY"]);
            Class { object: words.qualified_name(), ..Class::new("COPY", LockWait::Patiently) }
        }
        "CALL" => {
            words.take(&["CALL"]);
            Class {
                object: words.qualified_name(),
                transaction: TransactionRule::MayControl,
                settings: SettingsChange::Session,
                ..Class::new("CALL", LockWait::Patiently)
            }
        }
        // What was prepared may be anything.
        "EXECUTE" => Class { settings: SettingsChange::Session, ..Class::new("EXECUTE", LockWait::Patiently) },
        "DECLARE" => Class::new("DECLARE CURSOR", LockWait::Patiently),
        "WAIT" => Class::new("WAIT FOR", LockWait::Patiently),
        "EXPLAIN" | "FETCH" | "MOVE" => Class::new(first, LockWait::Patiently),
        _ if makes_a_table(words) => Class::new("SELECT INTO", LockWait::Patiently),
        _ => Class::new("SELECT", LockWait::Patiently),
    }
}

/// The query behind the list of `WITH`.
pub(crate) fn main_query(words: Words<'_>) -> Option<Words<'_>> {
    const VERBS: &[&str] = &["SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "VALUES", "TABLE"];
    // The words of the statement can also be names of its subqueries, which follow these.
    let mut names_next = false;
    words.outermost().find_map(|(token, here)| {
        let is_name = names_next;
        names_next = token.kind == TokenKind::Comma || here.at_any(&["WITH", "RECURSIVE"]);
        (!is_name && here.at_any(VERBS)).then_some(here)
    })
}

/// `SELECT … INTO table …`
fn makes_a_table(words: Words<'_>) -> bool {
    let before_from = words.outermost().take_while(|(_, here)| !here.at_any(&["FROM", "WHERE", "UNION"]));
    words.at(&["SELECT"]) && before_from.skip(1).any(|(_, here)| here.at(&["INTO"]))
}

/// Whether a statement is a query that gives rows, as far as its first word tells. `WITH … DELETE` counts as one.
///
/// ```
/// assert!(limosa_syntax::is_query("( select 1 ) UNION SELECT 2"));
/// assert!(!limosa_syntax::is_query("DELETE FROM a RETURNING *"));
/// ```
#[must_use]
pub fn is_query(statement: &str) -> bool {
    let statement = statement.trim_start_matches(|c: char| c == '(' || c.is_whitespace());
    let word: String = statement.chars().take_while(char::is_ascii_alphabetic).collect();
    ["SELECT", "WITH", "VALUES", "TABLE"].iter().any(|query| query.eq_ignore_ascii_case(&word))
}
