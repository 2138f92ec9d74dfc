//! What the engine reads from a server's refusal.

use limosa_postgres::ServerError;

/// The five-character code, where the server gave one.
pub(crate) fn code(error: &ServerError) -> Option<&str> {
    error.sqlstate().map(limosa_postgres::SqlState::code)
}

/// 55P03 lock not available, 40P01 deadlock: another try may get through.
pub(crate) fn is_lock_failure(error: &ServerError) -> bool {
    !error.is_connection_lost() && matches!(code(error), Some("55P03" | "40P01"))
}

/// 57014: the statement was cancelled, on request or by `statement_timeout`.
pub(crate) fn is_cancelled(error: &ServerError) -> bool {
    code(error) == Some("57014")
}

/// What no row is at fault for, by the class of the code: 08 connections, 25 the transaction's state, 42 what the
/// statement names or may, 53 room, memory and connections, 57 an operator, 58 the system, XX the server itself.
pub(crate) fn is_beyond_rows(error: &ServerError) -> bool {
    const CLASSES: [&str; 7] = ["08", "25", "42", "53", "57", "58", "XX"];
    code(error).and_then(|code| code.get(..2)).is_some_and(|class| CLASSES.contains(&class))
}

/// 42501: the role has not the right.
pub(crate) fn is_forbidden(error: &ServerError) -> bool {
    code(error) == Some("42501")
}

/// 26000: there is no prepared statement of that name.
pub(crate) fn is_unprepared(error: &ServerError) -> bool {
    code(error) == Some("26000")
}

/// 42P01 undefined table, 3F000 undefined schema.
pub(crate) fn is_missing(error: &ServerError) -> bool {
    matches!(code(error), Some("42P01" | "3F000"))
}

/// Where the server points, counted in characters of the text that was sent, from 1.
pub(crate) fn position(error: &ServerError) -> Option<usize> {
    error.database().and_then(|error| error.position)
}

/// What the server adds to its message. It repeats values of rows.
pub(crate) fn detail(error: &ServerError) -> Option<&str> {
    error.database().and_then(|error| error.detail.as_deref())
}

/// What the server advises.
pub(crate) fn hint(error: &ServerError) -> Option<&str> {
    error.database().and_then(|error| error.hint.as_deref())
}
