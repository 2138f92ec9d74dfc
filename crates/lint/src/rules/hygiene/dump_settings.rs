//! A file sets what `pg_dump` sets for itself.
//!
//! `SET check_function_bodies = false` and an empty `search_path` are meant for a dump that is read back at once. In a
//! migration the first hides mistakes in functions, and the second makes every name without a schema unknown to the
//! statements below.
//!
//! ```sql,bad
//! SET check_function_bodies = false;
//! SELECT pg_catalog.set_config('search_path', '', false);
//! CREATE TABLE public.visit (id bigint PRIMARY KEY);
//! ```
//! ```sql,good
//! SET LOCAL search_path = clinic;
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! ```

use limosa_syntax::Tokens;

use crate::file::Role;
use crate::found::Findings;
use crate::rule::{Declaration, Level, On};
use crate::step::Script;

pub(crate) const RULE: Declaration = Declaration::new(Level::Note, &[On::Script(check)]);

/// Settings that nobody but `pg_dump` sets.
const SETTINGS: &[&str] = &["check_function_bodies", "default_table_access_method", "xmloption", "row_security"];

fn check(script: &Script<'_>, found: &mut Findings<'_>) {
    if script.file.role == Role::Schema {
        return;
    }
    let is_noise = |text: &str| {
        let tokens = Tokens::of(text);
        let mut words = tokens.words();
        if words.take(&["SET"]) {
            return words.word().is_some_and(|word| SETTINGS.iter().any(|name| word.eq_ignore_ascii_case(name)));
        }
        let mut ahead = words;
        if !ahead.take(&["SELECT"]) || ahead.qualified_name().is_none_or(|name| name.name.as_str() != "set_config") {
            return false;
        }
        let mut values = ahead.parenthesised().into_iter().flat_map(|it| it.split(limosa_syntax::TokenKind::Comma));
        values.next().and_then(|mut it| it.string()).as_deref() == Some("search_path")
            && values.next().and_then(|mut it| it.string()).as_deref() == Some("")
    };
    let Some(first) = script.statements.iter().find(|looked| is_noise(&looked.text)) else { return };
    found
        .at(first.span, "this is a setting of `pg_dump`, not of a migration")
        .help("delete what the dump sets at its head, and write schemas where names need them");
}
