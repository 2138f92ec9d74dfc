//! Functions called by a statement that could change settings of the session.

use super::{SettingsChange, classify::Head};
use crate::token::TokenKind;
use crate::words::Words;

/// What looks like a call in SQL or PL/pgSQL and is none, and the functions of PostgreSQL that scripts call most, in
/// order. Functions that begin with `pg_` are PostgreSQL's own and need no entry.
#[rustfmt::skip]
const HARMLESS: &[&str] = &[
    "abs", "all", "and", "any", "array", "array_agg", "array_length", "array_to_string", "as", "assert", "avg", "bit",
    "bool_and", "bool_or", "btrim", "by", "case", "cast", "ceil", "char", "char_length", "check", "clock_timestamp",
    "coalesce", "concat", "concat_ws", "conflict", "count", "cross", "cube", "currval", "date_part", "date_trunc",
    "decimal", "declare", "distinct", "else", "elsif", "except", "exists", "extract", "filter", "first_value",
    "float", "floor", "for", "format", "format_type", "from", "gen_random_uuid", "generate_series",
    "generate_subscripts", "greatest", "grouping", "having", "if", "in", "initcap", "inner", "intersect", "interval",
    "into", "is", "join", "json_agg", "json_build_array", "json_build_object", "json_object", "json_object_agg",
    "jsonb_agg", "jsonb_array_elements", "jsonb_array_elements_text", "jsonb_array_length", "jsonb_build_array",
    "jsonb_build_object", "jsonb_each", "jsonb_each_text", "jsonb_object_agg", "jsonb_set", "jsonb_typeof", "key",
    "lag", "last_value", "lastval", "lateral", "lead", "least", "left", "length", "limit", "log", "loop", "lower",
    "lpad", "ltrim", "make_date", "make_interval", "materialized", "max", "md5", "min", "mod", "nextval", "normalize",
    "not", "now", "ntile", "nullif", "numeric", "obj_description", "on", "only", "or", "order", "over", "overlay",
    "partition", "percentile_cont", "position", "power", "quote_ident", "quote_literal", "quote_nullable", "random",
    "rank", "recursive", "regexp_match", "regexp_matches", "regexp_replace", "regexp_split_to_table", "repeat",
    "replace", "return", "returning", "reverse", "right", "rollup", "round", "row", "row_number", "row_to_json",
    "rpad", "rtrim", "select", "set", "sets", "setval", "sign", "some", "split_part", "sqrt", "string_agg",
    "string_to_array", "strpos", "substr", "substring", "sum", "table", "then", "time", "timestamp", "timestamptz",
    "to_char", "to_date", "to_json", "to_jsonb", "to_number", "to_regclass", "to_timestamp", "translate", "trim",
    "trunc", "txid_current", "union", "unique", "unnest", "upper", "using", "values", "varchar", "version", "when",
    "where", "while", "window", "with", "within", "xmlelement",
];

/// What the calls in a statement can do to the settings. Outside of queries only `set_config` is looked for: DML calls
/// functions row by row, and those that change settings are not used so.
pub(super) fn settings(tag: &str, head: Head<'_>) -> SettingsChange {
    let is_query = matches!(tag, "SELECT" | "SELECT INTO" | "EXPLAIN");
    if is_query && !head.is_whole {
        return SettingsChange::Session;
    }
    if is_query {
        return of_words(head.words);
    }
    let runs_now =
        matches!(tag, "INSERT" | "UPDATE" | "DELETE" | "MERGE" | "CREATE TABLE AS" | "COPY" | "DECLARE CURSOR");
    match (runs_now && head.calls_set_config, head.is_whole) {
        (false, _) => SettingsChange::None,
        (true, false) => SettingsChange::Session,
        (true, true) => set_config_calls(head.words),
    }
}

/// What the calls among these words can do.
pub(super) fn of_words(words: Words<'_>) -> SettingsChange {
    let mut after_dot = false;
    for (token, here) in words.each() {
        let is_qualified = std::mem::replace(&mut after_dot, token.kind == TokenKind::Dot);
        if calls_unknown(here, is_qualified) {
            return SettingsChange::Session;
        }
    }
    set_config_calls(words)
}

/// Whether a function that is not known to be harmless is called here, `set_config` aside.
fn calls_unknown(mut here: Words<'_>, is_qualified: bool) -> bool {
    if is_qualified {
        return false;
    }
    let is_word = here.at_kind(TokenKind::Word);
    let Some(name) = here.qualified_name() else { return false };
    if !here.at_kind(TokenKind::LeftParen) || name.name.as_str() == "set_config" {
        return false;
    }
    match &name.schema {
        Some(schema) => schema.as_str() != "pg_catalog",
        None => {
            let name = name.name.as_str();
            !(is_word && (name.starts_with("pg_") || HARMLESS.binary_search(&name).is_ok()))
        }
    }
}

/// The strongest of the `set_config` calls.
fn set_config_calls(words: Words<'_>) -> SettingsChange {
    // Calls nested in one another would be read again and again.
    const MANY: usize = 16;
    let calls: Vec<_> = words.each().filter_map(|(_, here)| set_config_call(here)).take(MANY + 1).collect();
    if calls.len() > MANY { SettingsChange::Session } else { calls.into_iter().max().unwrap_or(SettingsChange::None) }
}

fn set_config_call(mut here: Words<'_>) -> Option<SettingsChange> {
    let name = here.identifier()?;
    let arguments = (name.as_str() == "set_config").then(|| here.parenthesised()).flatten()?;
    let mut commas = arguments.outermost().filter(|(token, _)| token.kind == TokenKind::Comma);
    let is_local = commas.nth(1).is_some_and(|(_, mut third)| {
        third.next();
        third.at(&["TRUE"]) || third.string().is_some_and(|value| matches!(value.as_str(), "t" | "true" | "on" | "1"))
    });
    Some(if is_local { SettingsChange::Transaction } else { SettingsChange::Session })
}

#[cfg(test)]
mod tests {
    use super::HARMLESS;

    #[test]
    fn the_list_is_in_order_for_binary_search() {
        assert!(HARMLESS.is_sorted(), "put the new entry where it belongs");
    }
}
