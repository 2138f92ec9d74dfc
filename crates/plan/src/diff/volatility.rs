//! Whether an expression gives another value for each row.

use limosa_catalog::kind::function::Volatility;
use limosa_catalog::{Entry, Object};

/// Functions of the server that may give another value in each call.
const VOLATILE: [&str; 13] = [
    "nextval",
    "setval",
    "currval",
    "lastval",
    "random",
    "random_normal",
    "clock_timestamp",
    "timeofday",
    "gen_random_uuid",
    "uuidv4",
    "uuidv7",
    "pg_sleep",
    "pg_backend_pid",
];

/// Whether the expression of an object may be volatile: it calls such a function of the server, of the database, or
/// something of an extension, of which nothing is known.
pub(crate) fn may_be_volatile(expression: &str, of: Entry<'_>) -> bool {
    let calls_own = |needed: &Object| match needed {
        Object::Function(function) => function.volatility == Volatility::Volatile,
        Object::Extension(_) => true,
        _ => false,
    };
    calls_volatile(expression) || of.depends_on().any(|(needed, _)| calls_own(needed.object()))
}

/// Whether an expression in small letters calls a function of PostgreSQL itself that gives another value each time.
pub(crate) fn calls_volatile(expression: &str) -> bool {
    expression.split(|sign: char| !sign.is_alphanumeric() && sign != '_').any(|word| VOLATILE.contains(&word))
}
