//! Transaction control, settings, and what else concerns the session alone.

use super::{Class, Effect, Forbidden, LockWait, SettingsChange, TransactionControl as Control};
use crate::words::Words;

/// The class of a statement about the session.
pub(super) fn classify(mut words: Words<'_>) -> Class {
    let first = words.word().unwrap_or_default().to_ascii_uppercase();
    words.next();
    match first.as_str() {
        "BEGIN" => Class::of_control("BEGIN", Control::Begin),
        "START" => Class::of_control("START TRANSACTION", Control::Begin),
        "COMMIT" | "ROLLBACK" if words.at(&["PREPARED"]) => {
            let tag = if first == "COMMIT" { "COMMIT PREPARED" } else { "ROLLBACK PREPARED" };
            Class::new(tag, LockWait::Never).forbidden(Forbidden::EndsPreparedTransaction)
        }
        "COMMIT" | "END" => Class::of_control("COMMIT", Control::Commit),
        "ROLLBACK" | "ABORT" => {
            words.take_any(&["WORK", "TRANSACTION"]);
            if words.at(&["TO"]) {
                Class::of_control("ROLLBACK TO SAVEPOINT", Control::RollbackToSavepoint)
            } else {
                Class::of_control("ROLLBACK", Control::Rollback)
            }
        }
        "SAVEPOINT" => Class::of_control("SAVEPOINT", Control::Savepoint),
        "RELEASE" => Class::of_control("RELEASE SAVEPOINT", Control::ReleaseSavepoint),
        "PREPARE" if words.at(&["TRANSACTION"]) => Class::of_control("PREPARE TRANSACTION", Control::Prepare),
        "PREPARE" => Class::new("PREPARE", LockWait::Patiently),
        "SET" => set(words),
        "RESET" => Class::of_session("RESET", SettingsChange::Session),
        "DISCARD" if words.at(&["ALL"]) => {
            Class::of_session("DISCARD ALL", SettingsChange::Session).forbidden(Forbidden::DiscardsSession)
        }
        "DISCARD" => Class::of_session("DISCARD", SettingsChange::Session),
        // The others may fail or act twice when they run again.
        "NOTIFY" => Class { effect: None, ..Class::of_session("NOTIFY", SettingsChange::None) },
        "CLOSE" => Class { effect: None, ..Class::of_session("CLOSE CURSOR", SettingsChange::None) },
        "DEALLOCATE" => Class { effect: None, ..Class::of_session("DEALLOCATE", SettingsChange::None) },
        _ => Class { effect: Some(Effect::Repeatable), ..Class::of_session(first, SettingsChange::None) },
    }
}

fn set(mut words: Words<'_>) -> Class {
    if words.take(&["CONSTRAINTS"]) {
        // Deferred checks that become due run now, and wait for the rows they look at.
        let class = Class::of_session("SET CONSTRAINTS", SettingsChange::Transaction);
        return Class { waits: LockWait::Patiently, ..class };
    }
    if words.at(&["TRANSACTION"]) {
        return Class::of_session("SET TRANSACTION", SettingsChange::Transaction);
    }
    let settings = if words.take(&["LOCAL"]) { SettingsChange::Transaction } else { SettingsChange::Session };
    Class::of_session("SET", settings)
}
