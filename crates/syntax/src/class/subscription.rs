//! Which subscription commands act on the publisher, and are refused in a transaction block for it.

use crate::token::TokenKind;
use crate::words::Words;

/// Whether `CREATE SUBSCRIPTION` makes a replication slot, as it does unless `connect` or `create_slot` is off.
pub(super) fn creates_slot(words: Words<'_>) -> bool {
    !(is_off(words, "connect") || is_off(words, "create_slot"))
}

/// Whether what follows `ALTER SUBSCRIPTION name` refreshes from the publisher or alters the slot there.
pub(super) fn alters_publisher(words: Words<'_>) -> bool {
    if words.at(&["REFRESH", "PUBLICATION"]) {
        return true;
    }
    let changes_list = ["SET", "ADD", "DROP"].iter().any(|verb| words.at(&[verb, "PUBLICATION"]));
    if changes_list {
        return !is_off(words, "refresh");
    }
    words.at(&["SET"]) && words.each().any(|(_, here)| here.at_any(&["FAILOVER", "TWO_PHASE"]))
}

/// Whether the list of options says that one is off.
fn is_off(words: Words<'_>, option: &str) -> bool {
    words.each().any(|(_, mut here)| {
        if !here.take(&[&option.to_ascii_uppercase()]) {
            return false;
        }
        let has_value =
            here.peek().is_some_and(|token| token.kind == TokenKind::Operator && here.text_of(token) == "=");
        has_value && {
            here.next();
            let value = here.string().or_else(|| here.next().map(|token| here.text_of(token).to_owned()));
            value.is_some_and(|value| matches!(value.to_ascii_lowercase().as_str(), "false" | "off" | "0" | "no"))
        }
    })
}
