//! Enum values that are added and needed in the same script.

use std::collections::HashMap;

use crate::Span;
use crate::class::Effect;
use crate::lexer::Lexer;
use crate::name;
use crate::script::{Script, Statement};
use crate::token::TokenKind;

/// Pairs of statements that cannot share a transaction: the first adds a value to an enum type, the second seems to
/// need that value. PostgreSQL refuses a new value until its transaction has committed (SQLSTATE 55P04). Only newer
/// majors make an exception for a type made in the same transaction, and 15 does not, so types that the script itself
/// creates are no exception here; the values that `CREATE TYPE` lists can be used at once everywhere.
///
/// A statement seems to need a value if it holds a string constant, or a field of `COPY` data, that reads the same: a
/// constant of another type is taken for a need too, which costs a transaction and breaks nothing. Comments on objects
/// and other changes of types are no needs.
///
/// The numbers are indexes into the statements of `script`, which must have been parsed from `text`; for each need only
/// the earliest statement that adds its value is given.
#[must_use]
pub fn enum_values_used_later(text: &str, script: &Script) -> Vec<(usize, usize)> {
    let mut added: HashMap<String, usize> = HashMap::new();
    let mut pairs = Vec::new();
    for (at, statement) in script.statements.iter().enumerate() {
        let class = &statement.class;
        match (&class.effect, class.tag.as_ref()) {
            (Some(Effect::AddEnumValue { label, .. }), _) => {
                added.entry(label.clone()).or_insert(at);
            }
            (_, "ALTER TYPE" | "COMMENT" | "SECURITY LABEL") => {}
            _ if added.is_empty() => {}
            _ => {
                let mut adds: Vec<usize> = needed(text, statement, &added);
                adds.sort_unstable();
                adds.dedup();
                pairs.extend(adds.into_iter().map(|adds| (adds, at)));
            }
        }
    }
    pairs
}

/// The statements that added the values which this one needs.
fn needed(text: &str, statement: &Statement, added: &HashMap<String, usize>) -> Vec<usize> {
    let mut adds = Vec::new();
    constants(statement.span.of(text), &mut |value| adds.extend(added.get(value)));
    if let Some(data) = statement.copy_data {
        let fields = data.of(text).split(['\t', ',', '\n', '\r', '"', ';', '|']);
        adds.extend(fields.filter_map(|field| added.get(field)));
    }
    adds
}

/// Gives every string constant in a text, and those in the bodies that are quoted in it one level down: a `DO` block or
/// the body of an SQL function.
fn constants(text: &str, found: &mut impl FnMut(&str)) {
    for token in Lexer::new(text, Span::new(0, text.len())).filter(|token| token.kind.is_string()) {
        let Some(value) = name::string(token.kind, token.span.of(text)) else { continue };
        found(&value);
        if token.kind == TokenKind::DollarString {
            for inner in Lexer::new(&value, Span::new(0, value.len())).filter(|inner| inner.kind.is_string()) {
                if let Some(inner) = name::string(inner.kind, inner.span.of(&value)) {
                    found(&inner);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(usize, usize)> {
        enum_values_used_later(text, &Script::parse(text))
    }

    #[test]
    fn a_later_constant_is_a_need() {
        assert_eq!(pairs("ALTER TYPE m ADD VALUE 'sad'; SELECT 1; INSERT INTO t VALUES ('sad');"), [(0, 2)]);
        assert_eq!(pairs("ALTER TYPE m ADD VALUE 'it''s'; ALTER TABLE t ALTER c SET DEFAULT E'it\\'s'::m;"), [(0, 1)]);
        assert_eq!(pairs("ALTER TYPE m ADD VALUE 'x'; DO $$ BEGIN UPDATE t SET m = 'x'; END $$;"), [(0, 1)]);
        assert_eq!(pairs("ALTER TYPE m ADD VALUE 'x'; COPY t FROM stdin;\n1\tx\n\\.\n"), [(0, 1)]);
    }

    #[test]
    fn what_stands_before_or_speaks_of_the_type_is_no_need() {
        assert_eq!(pairs("INSERT INTO t VALUES ('sad'); ALTER TYPE m ADD VALUE 'sad';"), []);
        assert_eq!(pairs("ALTER TYPE m ADD VALUE 'a'; ALTER TYPE m ADD VALUE 'b' AFTER 'a';"), []);
        assert_eq!(pairs("ALTER TYPE m ADD VALUE 'a'; COMMENT ON TYPE m IS 'a';"), []);
    }

    #[test]
    fn a_type_made_in_the_script_is_no_exception_but_its_first_values_are() {
        let text = "CREATE TYPE m AS ENUM ('ok'); ALTER TYPE m ADD VALUE 'sad'; SELECT 'ok'::m; SELECT 'sad'::m;";
        assert_eq!(pairs(text), [(1, 3)]);
    }

    #[test]
    fn each_need_is_paired_with_each_value_once() {
        let text = "ALTER TYPE m ADD VALUE 'a'; ALTER TYPE m ADD VALUE 'b'; SELECT 'a', 'b', 'a';";
        assert_eq!(pairs(text), [(0, 2), (1, 2)]);
    }
}
