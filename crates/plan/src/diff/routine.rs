//! What functions and procedures have in common.

use limosa_catalog::kind::function::RoutineBody;
use limosa_catalog::{Definition, RoutineName};

use super::statement::Statement;

/// A body that is only text may speak of what is not there yet, or of names that another search path finds: it is not
/// looked at when the routine is made, as in what `pg_dump` writes.
pub(super) const UNCHECKED: &str = "SET check_function_bodies = off";

const REPLACE: &str = "CREATE OR REPLACE ";

/// Makes a routine that is not there.
pub(super) fn create(body: &RoutineBody, definition: &Definition) -> Vec<Statement> {
    let text = definition.as_str();
    let text = text.strip_prefix(REPLACE).map_or_else(|| text.to_owned(), |rest| format!("CREATE {rest}"));
    with_setting(body, text)
}

/// Puts a routine in the place of the one that is there.
pub(super) fn replace(body: &RoutineBody, definition: &Definition) -> Vec<Statement> {
    with_setting(body, definition.to_string())
}

fn with_setting(body: &RoutineBody, text: String) -> Vec<Statement> {
    // The server parses a body in standard SQL in any case, and knows what it rests on.
    let is_text = body.sql.is_none() && body.library.is_none();
    let setting = is_text.then(|| Statement::text(UNCHECKED));
    setting.into_iter().chain([Statement::text(text)]).collect()
}

/// Whether `CREATE OR REPLACE` accepts the new arguments: the same ones, where nameless ones may get a name and
/// defaults may be added or changed.
pub(super) fn can_replace(old: &str, new: &str, name: &RoutineName) -> bool {
    let (old, new) = (arguments(old), arguments(new));
    old.len() == new.len()
        && old.iter().zip(&new).all(|((old, had_default), (new, has_default))| {
            let was_nameless = name.arguments.iter().any(|data_type| data_type.as_str() == *old);
            let same = old == new || (was_nameless && new.strip_suffix(old).is_some_and(|own| own.ends_with(' ')));
            same && (*has_default || !had_default)
        })
}

/// Each argument without its default, and whether it has one.
fn arguments(text: &str) -> Vec<(&str, bool)> {
    split(text, ",")
        .into_iter()
        .map(|argument| {
            let parts = split(argument, " DEFAULT ");
            (parts.first().copied().unwrap_or_default().trim(), parts.len() > 1)
        })
        .collect()
}

/// Splits where the separator stands outside quotes and parentheses.
pub(super) fn split<'a>(text: &'a str, separator: &str) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let (mut depth, mut quote, mut from) = (0_usize, None, 0);
    for (at, sign) in text.char_indices() {
        match (quote, sign) {
            (Some(open), _) if open == sign => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(sign),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth = depth.saturating_sub(1),
            (None, _) if depth == 0 && at >= from && text[at..].starts_with(separator) => {
                parts.push(&text[from..at]);
                from = at + separator.len();
            }
            (None, _) => {}
        }
    }
    parts.push(&text[from..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(old: &str, new: &str, types: &[&str]) -> bool {
        let identifier = |text: &str| limosa_catalog::Identifier::new(text).unwrap_or_else(|error| panic!("{error}"));
        let arguments: Vec<_> = types.iter().map(|name| limosa_catalog::TypeName::from(*name)).collect();
        let name = RoutineName { schema: identifier("s"), name: identifier("f"), arguments: arguments.into() };
        can_replace(old, new, &name)
    }

    #[test]
    fn defaults_may_be_added_and_changed_but_not_taken_away() {
        assert!(accepts("a integer", "a integer DEFAULT 1", &["integer"]));
        assert!(accepts("a text DEFAULT ', b'::text", "a text DEFAULT 'x'::text", &["text"]));
        assert!(!accepts("a integer DEFAULT 1", "a integer", &["integer"]));
    }

    #[test]
    fn an_argument_may_get_a_name_but_not_another() {
        assert!(accepts("integer", "a integer", &["integer"]));
        assert!(!accepts("a integer", "b integer", &["integer"]));
        assert!(!accepts("a integer", "integer", &["integer"]));
        assert!(accepts("\"a,(\" numeric(3,2)", "\"a,(\" numeric(3,2)", &["numeric"]));
    }
}
