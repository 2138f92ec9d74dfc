//! `VACUUM`, `REINDEX` and the other statements that tend what is there. All may run again without harm.

use super::{Class, Effect, Forbidden, LockWait};
use crate::token::TokenKind;
use crate::words::Words;

/// The class of a maintenance statement.
pub(super) fn classify(mut words: Words<'_>) -> Class {
    let first = words.word().unwrap_or_default().to_ascii_uppercase();
    words.next();
    let class = match first.as_str() {
        "REINDEX" => reindex(words),
        "REFRESH" => {
            words.take(&["MATERIALIZED", "VIEW"]);
            let waits = if words.take(&["CONCURRENTLY"]) { LockWait::Patiently } else { LockWait::Briefly };
            Class { object: words.qualified_name(), ..Class::new("REFRESH MATERIALIZED VIEW", waits) }
        }
        "CHECKPOINT" => Class::new("CHECKPOINT", LockWait::Never),
        "LOAD" => Class::new("LOAD", LockWait::Never),
        "VACUUM" => {
            let full = words.at(&["FULL"]) || options(words).is_some_and(|options| is_on(options, "FULL"));
            let class = table_command("VACUUM", words).forbidden(Forbidden::CommitsPerTable);
            if full { rewrites(class) } else { class }
        }
        "CLUSTER" => rewrites(table_command("CLUSTER", words)),
        "REPACK" if options(words).is_some_and(|options| is_on(options, "CONCURRENTLY")) => {
            table_command("REPACK", words).forbidden(Forbidden::Concurrently)
        }
        "REPACK" => rewrites(table_command("REPACK", words)),
        _ => table_command("ANALYZE", words),
    };
    Class { effect: Some(Effect::Repeatable), ..class }
}

/// A command that rewrites one table, which it locks against everybody, or table after table.
fn rewrites(class: Class) -> Class {
    if class.object.is_some() {
        Class { waits: LockWait::Briefly, ..class }
    } else {
        class.forbidden(Forbidden::CommitsPerTable)
    }
}

/// `REINDEX [(options)] {INDEX|TABLE|SCHEMA|DATABASE|SYSTEM} [CONCURRENTLY] [name]`
fn reindex(mut words: Words<'_>) -> Class {
    let option = options(words).is_some_and(|options| is_on(options, "CONCURRENTLY"));
    words.parenthesised();
    let of_many = words.at_any(&["SCHEMA", "DATABASE", "SYSTEM"]);
    words.take_any(&["INDEX", "TABLE", "SCHEMA", "DATABASE", "SYSTEM"]);
    let concurrently = words.take(&["CONCURRENTLY"]) || option;
    let (tag, waits) = if concurrently {
        ("REINDEX CONCURRENTLY", LockWait::Patiently)
    } else {
        ("REINDEX", if of_many { LockWait::Patiently } else { LockWait::Briefly })
    };
    Class { object: words.qualified_name(), ..Class::new(tag, waits) }
        .forbidden_if(of_many, Forbidden::CommitsPerTable)
        .forbidden_if(concurrently, Forbidden::Concurrently)
}

/// A command that takes options, then perhaps a table.
fn table_command(tag: &'static str, mut words: Words<'_>) -> Class {
    words.parenthesised();
    while words.take_any(&["FULL", "FREEZE", "VERBOSE", "ANALYZE", "ANALYSE"]) {}
    words.take(&["ONLY"]);
    let mut object = words.qualified_name();
    // `CLUSTER index ON table` is an old spelling.
    if tag == "CLUSTER" && words.take(&["ON"]) {
        object = words.qualified_name();
    }
    // `REPACK USING INDEX` is about all tables that were ever clustered.
    if tag == "REPACK" && object.as_ref().is_some_and(|object| object.name.as_str() == "using") {
        object = None;
    }
    Class { object, ..Class::new(tag, LockWait::Patiently) }
}

/// The options in parentheses, if any are next.
fn options(mut words: Words<'_>) -> Option<Words<'_>> {
    words.parenthesised()
}

/// Whether the options hold this one and do not say that it is off.
fn is_on(options: Words<'_>, option: &str) -> bool {
    options.each().any(|(_, mut here)| {
        here.take(&[option])
            && !here.at_any(&["FALSE", "OFF"])
            && !here.peek().is_some_and(|token| token.kind == TokenKind::Number && here.text_of(token) == "0")
            && !here.string().is_some_and(|value| matches!(value.to_ascii_lowercase().as_str(), "false" | "off" | "0"))
    })
}
