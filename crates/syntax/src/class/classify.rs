//! From the words of a statement to its class.
//!
//! It goes by keywords and never fails: what it does not know is taken for a DDL statement that may stand in a
//! transaction block, which is what most statements of later PostgreSQL versions will be.

use std::borrow::Cow;

use super::{
    Class, Effect, Forbidden, LockWait, SettingsChange, TransactionControl, TransactionRule, body, calls, definition,
    maintenance, query, session,
};
use crate::words::Words;

/// What classification sees of a statement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Head<'a> {
    /// Its first tokens.
    pub(crate) words: Words<'a>,
    /// Whether these are all of them.
    pub(crate) is_whole: bool,
    /// Whether `set_config` is named anywhere in it, beyond the first tokens too.
    pub(crate) calls_set_config: bool,
}

impl Class {
    /// A statement that may stand in a transaction block, changes no settings, and of which no more is known.
    pub(super) fn new(tag: impl Into<Cow<'static, str>>, waits: LockWait) -> Self {
        Self {
            tag: tag.into(),
            object: None,
            transaction: TransactionRule::Allowed,
            waits,
            settings: SettingsChange::None,
            effect: None,
        }
    }

    /// A statement that waits for no lock and may run again.
    pub(super) fn of_session(tag: impl Into<Cow<'static, str>>, settings: SettingsChange) -> Self {
        Self { settings, effect: Some(Effect::Repeatable), ..Self::new(tag, LockWait::Never) }
    }

    /// A transaction command.
    pub(super) fn of_control(tag: &'static str, control: TransactionControl) -> Self {
        Self { transaction: TransactionRule::Control(control), ..Self::new(tag, LockWait::Never) }
    }

    /// The same, refused in a transaction block.
    pub(super) fn forbidden(self, reason: Forbidden) -> Self {
        Self { transaction: TransactionRule::Forbidden(reason), ..self }
    }

    /// The same, refused in a transaction block if `condition` holds.
    pub(super) fn forbidden_if(self, condition: bool, reason: Forbidden) -> Self {
        if condition { self.forbidden(reason) } else { self }
    }
}

/// Classifies a statement of at least one token.
pub(crate) fn classify(head: Head<'_>) -> Class {
    let mut words = head.words;
    let first = words.word().unwrap_or_default().to_ascii_uppercase();
    let mut class = match first.as_str() {
        "CREATE" => definition::create(words),
        "ALTER" => definition::alter(words),
        "DROP" => definition::drop(words),
        "DO" => body::do_block(words),
        "COMMENT" | "GRANT" | "REVOKE" | "SECURITY" | "REASSIGN" | "IMPORT" | "TRUNCATE" | "LOCK" => {
            definition::other(words)
        }
        "VACUUM" | "ANALYZE" | "ANALYSE" | "CLUSTER" | "REPACK" | "REINDEX" | "REFRESH" | "CHECKPOINT" | "LOAD" => {
            maintenance::classify(words)
        }
        "BEGIN" | "START" | "COMMIT" | "END" | "ROLLBACK" | "ABORT" | "SAVEPOINT" | "RELEASE" | "PREPARE" | "SET"
        | "RESET" | "DISCARD" | "SHOW" | "LISTEN" | "UNLISTEN" | "NOTIFY" | "DEALLOCATE" | "CLOSE" => {
            session::classify(words)
        }
        "SELECT" | "INSERT" | "UPDATE" | "DELETE" | "MERGE" | "VALUES" | "TABLE" | "WITH" | "EXPLAIN" | "COPY"
        | "CALL" | "EXECUTE" | "DECLARE" | "FETCH" | "MOVE" | "WAIT" => query::classify(words),
        "" if words.take_kind(crate::token::TokenKind::LeftParen) => query::classify(words),
        "" => Class::new("UNKNOWN", LockWait::Briefly),
        _ => Class::new(first, LockWait::Briefly),
    };
    class.settings = class.settings.max(calls::settings(&class.tag, head));
    class
}
