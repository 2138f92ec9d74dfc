//! What names in a printed query are about: the server qualifies columns where there are several relations, by the
//! relation's own name or by the one that the query gives it.

use std::collections::{BTreeSet, HashMap};

use super::tokens::{Spaced, Token};
use crate::object_name::ObjectName;

/// Words that may stand behind a relation and are no name for it. The server prints keywords in capitals, and quotes
/// names that look like that.
fn is_keyword(word: &str) -> bool {
    word.chars().all(|sign| sign.is_ascii_uppercase())
}

/// What a query calls the relations that it reads.
pub(super) struct Scope<'a>(HashMap<&'a str, BTreeSet<&'a ObjectName>>);

impl<'a> Scope<'a> {
    /// Of a query over these relations.
    pub(super) fn of(parts: &'a [Spaced<'_>], relations: &BTreeSet<&'a ObjectName>) -> Self {
        let mut names: HashMap<&str, BTreeSet<&ObjectName>> = HashMap::new();
        for (at, window) in parts.windows(3).enumerate() {
            let [Spaced { token: Token::Word(schema), .. }, dot, Spaced { token: Token::Word(own), .. }] = window
            else {
                continue;
            };
            let is_it = |name: &&&ObjectName| name.schema.as_str() == schema && name.name.as_str() == own;
            let Some(relation) = relations.iter().find(is_it).filter(|_| dot.token == Token::Other(".")) else {
                continue;
            };
            let called = match parts.get(at + 3).map(|part| &part.token) {
                Some(Token::Word(word)) if !is_keyword(word) => word,
                _ => own,
            };
            names.entry(called).or_default().insert(relation);
        }
        Self(names)
    }

    /// Whether the word at a place may be a column of a relation: it stands alone, or behind a name that the query has
    /// for the relation or that is not known.
    pub(super) fn may_be_of(&self, relation: &ObjectName, parts: &[Spaced<'_>], at: usize) -> bool {
        let Some(qualifier) = qualifier(parts, at) else { return true };
        self.0.get(qualifier).is_none_or(|relations| relations.contains(relation))
    }
}

/// Whether the word at a place is a function, a type, a collation, a field of `EXTRACT` or a name that is given: no
/// column, whatever it is called.
pub(super) fn names_other(parts: &[Spaced<'_>], at: usize) -> bool {
    let token = |place: usize| parts.get(place).map(|part| &part.token);
    let is = |place: Option<usize>, sign: &'static str| place.and_then(token) == Some(&Token::Other(sign));
    let back = |steps: usize| at.checked_sub(steps);
    let behind = |word: &str| back(1).and_then(|place| parts.get(place)).is_some_and(|part| part.is_word(word));
    let is_field =
        is(back(1), "(") && back(2).and_then(|place| parts.get(place)).is_some_and(|it| it.is_word("EXTRACT"));
    is(Some(at + 1), "(") || behind("AS") || behind("COLLATE") || is_field || is_of_type(&parts[..at])
}

/// Whether what stands before leads from `::` into the name of a type, and not further.
fn is_of_type(before: &[Spaced<'_>]) -> bool {
    let is_part = |part: &&Spaced<'_>| match &part.token {
        Token::Word(word) => !is_keyword(word),
        token => *token == Token::Other("."),
    };
    let words = before.iter().rev().take_while(is_part).count();
    let cast = &before[..before.len() - words];
    matches!(cast, [.., one, other] if one.token == Token::Other(":") && other.token == Token::Other(":"))
}

/// The name before the dot.
fn qualifier<'p>(parts: &'p [Spaced<'_>], at: usize) -> Option<&'p str> {
    let before = |back: usize| at.checked_sub(back).and_then(|at| parts.get(at)).map(|part| &part.token);
    match (before(2), before(1)) {
        (Some(Token::Word(qualifier)), Some(Token::Other("."))) => Some(qualifier),
        _ => None,
    }
}

/// Whether the word at a place is a column that a `SELECT` gives by its own name. When the column below a view gets
/// another name, the view's keeps the one that it has.
pub(super) fn is_output(parts: &[Spaced<'_>], at: usize) -> bool {
    let begin = if qualifier(parts, at).is_some() { at - 2 } else { at };
    let ends = match parts.get(at + 1).map(|part| &part.token) {
        None | Some(Token::Other("," | ")")) => true,
        Some(Token::Word(word)) => matches!(&**word, "FROM" | "UNION" | "INTERSECT" | "EXCEPT" | "WHERE"),
        Some(_) => false,
    };
    let Some(before) = parts.get(..begin).filter(|_| ends) else { return false };
    let begins = before
        .last()
        .is_some_and(|part| part.token == Token::Other(",") || part.is_word("SELECT") || part.is_word("DISTINCT"));
    begins && is_in_select_list(before)
}

/// Whether what stands before leads from a `SELECT` to its list, and not further.
fn is_in_select_list(before: &[Spaced<'_>]) -> bool {
    let mut depth = 0_usize;
    for part in before.iter().rev() {
        match &part.token {
            Token::Other(")") => depth += 1,
            Token::Other("(") if depth == 0 => return false,
            Token::Other("(") => depth -= 1,
            Token::Word(word) if depth == 0 => match &**word {
                "SELECT" => return true,
                "FROM" | "WHERE" | "BY" | "ON" | "USING" | "WINDOW" | "VALUES" => return false,
                _ => {}
            },
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::super::tokens::tokens;
    use super::*;
    use crate::identifier::Identifier;

    fn name(name: &str) -> ObjectName {
        ObjectName { schema: Identifier::new("public").unwrap(), name: Identifier::new(name).unwrap() }
    }

    #[test]
    fn a_qualified_column_is_of_the_relation_that_is_called_so() {
        let (site, practice) = (name("site"), name("practice"));
        let text = "SELECT site.id, p.id, NEW.id, id FROM (public.site JOIN public.practice p ON ((p.id = site.p)))";
        let parts = tokens(text);
        let scope = Scope::of(&parts, &BTreeSet::from([&site, &practice]));
        let of = |relation: &ObjectName| {
            let places = (0..parts.len()).filter(|at| parts[*at].is_word("id"));
            places.map(|at| scope.may_be_of(relation, &parts, at)).collect::<Vec<_>>()
        };
        assert_eq!(of(&site), [true, false, true, true, false]);
        assert_eq!(of(&practice), [false, true, true, true, true]);
    }

    #[test]
    fn what_is_called_like_a_column_is_told_from_it() {
        let text = "((date)::date > '2000-01-01'::date) AND (date < ('1'::interval year + EXTRACT(date FROM t.date))) \
                    AND date(date, 'x'::public.date) AND (date AT TIME ZONE date) = x::text COLLATE date AS date";
        let parts = tokens(text);
        let places = (0..parts.len()).filter(|at| parts[*at].is_word("date"));
        let columns: Vec<bool> = places.map(|at| !names_other(&parts, at)).collect();
        let (yes, no) = (true, false);
        assert_eq!(columns, [yes, no, no, yes, no, yes, no, yes, no, yes, yes, no, no]);
    }

    #[test]
    fn an_output_is_a_column_alone_in_a_list_of_select() {
        for (text, expected) in [
            ("SELECT id, name FROM t", true),
            ("SELECT DISTINCT t.id FROM t", true),
            ("SELECT a, b.id, c FROM t", true),
            ("SELECT id AS other FROM t", false),
            ("SELECT count(id) AS count FROM t", false),
            ("SELECT (id + 1) AS more FROM t", false),
            ("SELECT f(a, id) AS f FROM t", false),
            ("SELECT a FROM t WHERE (b IN ( SELECT u.id FROM u))", true),
            ("SELECT a FROM t GROUP BY a, id", false),
            ("SELECT a FROM t ORDER BY a, id", false),
            ("SELECT a, ( SELECT max(u.b) AS max FROM u) AS c, t.id FROM t", true),
        ] {
            let parts = tokens(text);
            let at = parts.iter().position(|part| part.is_word("id")).unwrap();
            assert_eq!(is_output(&parts, at), expected, "{text}");
        }
    }
}
