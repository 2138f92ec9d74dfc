//! Where the names of columns stand in an expression. Most words of PostgreSQL's grammar may be the name of a column as
//! well (`at`, `date`, `time`, `first`), so the place of a word tells which it is: a column stands where an operand is
//! expected, and is no part of a longer name, no function and no type.

use limosa_catalog::Identifier;
use limosa_syntax::{Span, TokenKind, Tokens, Words};

/// Keywords behind which an operand stands. Behind any other word that is no column stands an operator, or the rest of
/// a type.
const BEFORE_AN_OPERAND: &[&str] = &[
    "ALL",
    "AND",
    "ANY",
    "ARRAY",
    "ASYMMETRIC",
    "BETWEEN",
    "BOTH",
    "BY",
    "CASE",
    "CONTENT",
    "DISTINCT",
    "DOCUMENT",
    "ELSE",
    "ESCAPE",
    "EXCEPT",
    "EXISTS",
    "FILTER",
    "FOR",
    "FROM",
    "HAVING",
    "ILIKE",
    "IN",
    "INTERSECT",
    "JOIN",
    "KEY",
    "LATERAL",
    "LEADING",
    "LIKE",
    "LIMIT",
    "NAME",
    "NOT",
    "OFFSET",
    "ON",
    "OR",
    "OVERLAPS",
    "PASSING",
    "PLACING",
    "RETURNING",
    "ROW",
    "SELECT",
    "SOME",
    "SYMMETRIC",
    "THEN",
    "TO",
    "TRAILING",
    "UNION",
    "USING",
    "VALUE",
    "VALUES",
    "VARIADIC",
    "WHEN",
    "WHERE",
    "WITH",
];

/// What stands before a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    /// An operator, a keyword, an opening parenthesis or nothing: an operand is next.
    Nothing,
    /// An operand: an operator is next.
    Operand,
    /// `.`, `::`, `AS`, `COLLATE`, `IS` or `EXTRACT (`: what is next is a name of something else, or a keyword.
    Other,
}

/// The places of columns in a text, with the number of each among `columns`.
pub(super) fn columns_in(text: &str, columns: &[Identifier]) -> Vec<(Span, usize)> {
    let tokens = Tokens::of(text);
    let (mut before, mut found) = (Before::Nothing, Vec::new());
    let mut last_word = "";
    for (token, here) in tokens.words().each() {
        let is_name =
            matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdentifier | TokenKind::UnicodeIdentifier);
        if !is_name {
            before = behind_no_name(token.kind, last_word, before);
            // `EXTRACT (year`, and nothing farther away.
            last_word = if token.kind == TokenKind::LeftParen { last_word } else { "" };
            continue;
        }
        let word = here.word().unwrap_or("");
        let is_of_grammar = is_of_grammar(here, last_word);
        let is_operand = before == Before::Nothing && !is_of_grammar;
        let number = is_operand.then(|| column(here, columns)).flatten();
        if let Some(number) = number {
            found.push((token.span, number));
        }
        before = match number {
            Some(_) => Before::Operand,
            None if is_of_grammar => Before::Nothing,
            None if is_one_of(word, &["AS", "COLLATE", "IS"]) => Before::Other,
            // IS NOT DOCUMENT, but IS DISTINCT FROM a column.
            None if before == Before::Other && is_one_of(last_word, &["IS"]) && is_one_of(word, &["NOT"]) => {
                Before::Other
            }
            None if is_one_of(word, BEFORE_AN_OPERAND) => Before::Nothing,
            None => Before::Operand,
        };
        last_word = word;
    }
    found
}

fn behind_no_name(kind: TokenKind, last_word: &str, before: Before) -> Before {
    match kind {
        TokenKind::Dot | TokenKind::DoubleColon => Before::Other,
        TokenKind::LeftParen if is_one_of(last_word, &["EXTRACT"]) && before == Before::Operand => Before::Other,
        TokenKind::RightParen
        | TokenKind::RightBracket
        | TokenKind::Number
        | TokenKind::Parameter
        | TokenKind::Placeholder
        | TokenKind::String
        | TokenKind::EscapeString
        | TokenKind::UnicodeString
        | TokenKind::DollarString => Before::Operand,
        _ => Before::Nothing,
    }
}

/// The number of the column that is named here, unless it is the beginning of a longer name, a function, an argument's
/// name or the type of a constant.
fn column(mut here: Words<'_>, columns: &[Identifier]) -> Option<usize> {
    let name = here.identifier()?;
    let number = columns.iter().position(|column| *column == name)?;
    let next = here.peek();
    let names_other = next.is_some_and(|next| match next.kind {
        TokenKind::LeftParen
        | TokenKind::Dot
        | TokenKind::ColonEquals
        | TokenKind::String
        | TokenKind::EscapeString
        | TokenKind::UnicodeString
        | TokenKind::DollarString => true,
        TokenKind::Operator => here.text_of(next) == "=>",
        _ => false,
    });
    (!names_other).then_some(number)
}

/// Words of which the grammar alone makes use together.
fn is_of_grammar(here: Words<'_>, last_word: &str) -> bool {
    here.at(&["AT", "TIME", "ZONE"])
        || here.at(&["AT", "LOCAL"])
        || here.at(&["PARTITION", "BY"])
        || here.at(&["TIME", "ZONE"]) && is_one_of(last_word, &["AT", "WITH", "WITHOUT"])
        || here.at(&["ZONE"]) && is_one_of(last_word, &["TIME"])
        || here.at(&["LOCAL"]) && is_one_of(last_word, &["AT"])
}

fn is_one_of(word: &str, keywords: &[&str]) -> bool {
    keywords.iter().any(|keyword| word.eq_ignore_ascii_case(keyword))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_told_by_their_places() {
        let names = ["at", "time", "zone", "date", "first", "year", "text", "value", "Mood", "rows", "note"];
        let columns = names.map(|name| Identifier::new(name).unwrap());
        for (text, expected) in [
            ("at AT TIME ZONE 'UTC'", "<at> AT TIME ZONE 'UTC'"),
            ("(time at time zone zone)::time with time zone", "(<time> at time zone <zone>)::time with time zone"),
            ("at at local", "<at> at local"),
            ("date '2020-01-01' + time '12:00' - date", "date '2020-01-01' + time '12:00' - <date>"),
            ("extract(year FROM date) + year", "extract(year FROM <date>) + <year>"),
            ("EXTRACT('year' FROM at)", "EXTRACT('year' FROM <at>)"),
            ("value::text || text::date || CAST(at AS date)", "<value>::text || <text>::date || CAST(<at> AS date)"),
            ("interval '1' year * year", "interval '1' year * <year>"),
            ("at IS NOT NULL AND text IS DISTINCT FROM value", "<at> IS NOT NULL AND <text> IS DISTINCT FROM <value>"),
            ("f(date => date, text := 1, at)", "f(date => <date>, text := 1, <at>)"),
            ("note COLLATE text LIKE value ESCAPE '!'", "<note> COLLATE text LIKE <value> ESCAPE '!'"),
            (
                "CASE WHEN at > date THEN first ELSE \"Mood\" END",
                "CASE WHEN <at> > <date> THEN <first> ELSE <\"Mood\"> END",
            ),
            ("CASE text WHEN 'a' THEN value END", "CASE <text> WHEN 'a' THEN <value> END"),
            ("date(at) + note.at + pg_catalog.date(first)", "date(<at>) + note.at + pg_catalog.date(<first>)"),
            ("array_agg(at ORDER BY first NULLS FIRST)", "array_agg(<at> ORDER BY <first> NULLS FIRST)"),
            (
                "sum(value) OVER (PARTITION BY date ORDER BY at ROWS 1 PRECEDING)",
                "sum(<value>) OVER (PARTITION BY <date> \
              ORDER BY <at> ROWS 1 PRECEDING)",
            ),
            ("ARRAY[at, date][1]", "ARRAY[<at>, <date>][1]"),
            ("value[1] || 'text' || $1", "<value>[1] || 'text' || $1"),
            ("(at, date) OVERLAPS (date, at)", "(<at>, <date>) OVERLAPS (<date>, <at>)"),
            ("substring(text FROM first FOR value)", "substring(<text> FROM <first> FOR <value>)"),
            ("trim(BOTH FROM text) NOT IN (value)", "trim(BOTH FROM <text>) NOT IN (<value>)"),
            ("-first", "-<first>"),
            ("mood", "mood"),
        ] {
            let mut shown = text.to_owned();
            for (span, number) in columns_in(text, &columns).into_iter().rev() {
                assert!(columns[number].as_str().eq_ignore_ascii_case(span.of(text).trim_matches('"')), "{text}");
                shown.insert(span.end, '>');
                shown.insert(span.start, '<');
            }
            assert_eq!(shown, expected);
        }
    }
}
