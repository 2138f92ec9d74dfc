//! Settings that a statement changes.

use crate::token::TokenKind;
use crate::words::{Tokens, Words};

/// A setting that `SET`, `RESET` or `set_config` changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Its name in small letters: `lock_timeout`, `search_path`; `role`, `timezone` and `session authorization` for the
    /// forms with words of their own; `all` for `RESET ALL`.
    pub name: String,
    /// The values as text, without quotes; empty for `DEFAULT` and `RESET`, and where an expression gives them.
    pub values: Vec<String>,
    /// Whether it holds until the transaction ends: `SET LOCAL`, `set_config(…, true)`.
    pub local: bool,
}

impl Setting {
    /// What a statement changes: one for `SET` and `RESET`, one for each call of `set_config` elsewhere.
    #[must_use]
    pub fn within(statement: &str) -> Vec<Self> {
        let tokens = Tokens::of(statement);
        let mut words = tokens.words();
        match () {
            () if words.take(&["SET"]) => set(words).into_iter().collect(),
            () if words.take(&["RESET"]) => {
                name(&mut words).map(|name| Self { name, values: Vec::new(), local: false }).into_iter().collect()
            }
            () => words.each().filter_map(|(_, here)| set_config(here)).collect(),
        }
    }
}

fn set(mut words: Words<'_>) -> Option<Setting> {
    let local = words.take(&["LOCAL"]);
    if words.take(&["SESSION", "AUTHORIZATION"]) {
        return Some(Setting { name: "session authorization".to_owned(), values: values(words), local });
    }
    words.take(&["SESSION"]);
    // `SET TRANSACTION`, `SET SESSION CHARACTERISTICS` and `SET CONSTRAINTS` change no setting by its name.
    if words.at_any(&["TRANSACTION", "CHARACTERISTICS", "CONSTRAINTS"]) {
        return None;
    }
    let name = name(&mut words)?;
    if !words.take(&["TO"]) && words.at_kind(TokenKind::Operator) {
        words.next();
    }
    Some(Setting { name, values: values(words), local })
}

fn name(words: &mut Words<'_>) -> Option<String> {
    for (long, short) in [(&["TIME", "ZONE"], "timezone"), (&["SESSION", "AUTHORIZATION"], "session authorization")] {
        if words.take(long) {
            return Some(short.to_owned());
        }
    }
    let name = words.qualified_name()?;
    let with_dot = |schema: limosa_catalog::Identifier| format!("{}.{}", schema.as_str(), name.name.as_str());
    Some(name.schema.clone().map_or_else(|| name.name.as_str().to_owned(), with_dot).to_ascii_lowercase())
}

fn values(words: Words<'_>) -> Vec<String> {
    if words.at(&["DEFAULT"]) {
        return Vec::new();
    }
    words.split(TokenKind::Comma).filter_map(value).collect()
}

fn value(mut words: Words<'_>) -> Option<String> {
    if let Some(text) = words.string() {
        return Some(text);
    }
    words.span().map(|span| span.of(words.text()).trim_matches('"').to_owned())
}

/// `set_config('name', 'value', is_local)`
fn set_config(mut here: Words<'_>) -> Option<Setting> {
    let is_call = here.identifier().is_some_and(|name| name.as_str() == "set_config");
    let arguments = here.parenthesised().filter(|_| is_call)?;
    let mut arguments = arguments.split(TokenKind::Comma);
    let name = arguments.next()?.string()?.to_ascii_lowercase();
    let value = arguments.next().and_then(|mut value| value.string());
    let local = arguments.next().is_some_and(|local| local.at(&["TRUE"]));
    // As in a configuration file, a list is one text with commas.
    let values = value.map(|value| value.split(',').map(|one| one.trim().to_owned()).collect());
    Some(Setting { name, values: values.unwrap_or_default(), local })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(statement: &str) -> String {
        let shown = |setting: &Setting| {
            let scope = if setting.local { " local" } else { "" };
            format!("{}={}{scope}", setting.name, setting.values.join("|"))
        };
        Setting::within(statement).iter().map(shown).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn every_way_of_setting_is_read() {
        for (statement, expected) in [
            ("SET lock_timeout = '5s'", "lock_timeout=5s"),
            ("SET LOCAL lock_timeout TO 5000", "lock_timeout=5000 local"),
            ("set session Lock_Timeout = '1 min'", "lock_timeout=1 min"),
            ("SET search_path TO audit, \"Public\"", "search_path=audit|Public"),
            ("SET search_path = ''", "search_path="),
            ("SET lock_timeout TO DEFAULT", "lock_timeout="),
            ("SET my.tenant = 'a'", "my.tenant=a"),
            ("SET TIME ZONE 'UTC'", "timezone=UTC"),
            ("SET LOCAL ROLE owner", "role=owner local"),
            ("SET SESSION AUTHORIZATION owner", "session authorization=owner"),
            ("RESET lock_timeout", "lock_timeout="),
            ("RESET ALL", "all="),
            ("SET TRANSACTION READ ONLY", ""),
            ("SET CONSTRAINTS ALL DEFERRED", ""),
            ("SELECT set_config('lock_timeout', '5s', true)", "lock_timeout=5s local"),
            ("SELECT pg_catalog.set_config('search_path', 'a, b', false)", "search_path=a|b"),
            ("SELECT 1", ""),
        ] {
            assert_eq!(shown(statement), expected, "{statement}");
        }
    }
}
