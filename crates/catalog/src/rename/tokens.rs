//! SQL that the server printed, as tokens: just enough to tell names from everything else.

use crate::identifier::Identifier;
use crate::object_name::ObjectName;

/// One token; white space is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A name or keyword; quotes are taken off.
    Word(std::borrow::Cow<'a, str>),
    /// A string literal with its quotes.
    Literal(&'a str),
    /// A sign, or a number.
    Other(&'a str),
}

/// A token and the white space before it.
#[derive(Debug, Clone)]
pub(super) struct Spaced<'a> {
    pub(super) space: &'a str,
    pub(super) token: Token<'a>,
    /// As it stands there.
    pub(super) text: &'a str,
}

impl Spaced<'_> {
    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(&self.token, Token::Word(found) if found == word)
    }
}

/// Takes a text apart. Every byte is in some token or the space before it, except space at the end.
pub(super) fn tokens(text: &str) -> Vec<Spaced<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    loop {
        let trimmed = rest.trim_start();
        let space = &rest[..rest.len() - trimmed.len()];
        let Some(first) = trimmed.chars().next() else { return found };
        let is_name = |sign: char| sign.is_alphanumeric() || matches!(sign, '_' | '$');
        let length = match first {
            '"' | '\'' => quoted(trimmed, first),
            'E' if trimmed[1..].starts_with('\'') => 1 + escaped(&trimmed[1..]),
            _ if is_name(first) => trimmed.find(|sign| !is_name(sign)).unwrap_or(trimmed.len()),
            _ => first.len_utf8(),
        };
        let (text, after) = trimmed.split_at(length);
        let token = match first {
            '"' => {
                let inner = text.strip_prefix('"').unwrap_or(text);
                Token::Word(inner.strip_suffix('"').unwrap_or(inner).replace("\"\"", "\"").into())
            }
            _ if text.ends_with('\'') => Token::Literal(text),
            _ if first.is_alphabetic() || first == '_' => Token::Word(text.into()),
            _ => Token::Other(text),
        };
        found.push(Spaced { space, token, text });
        rest = after;
    }
}

/// The length of what stands in quotes, in which the quote itself is doubled.
fn quoted(text: &str, quote: char) -> usize {
    let mut at = 1;
    while let Some(found) = text[at..].find(quote) {
        at += found + 1;
        if !text[at..].starts_with(quote) {
            return at;
        }
        at += 1;
    }
    text.len()
}

/// The same for `E'…'`, in which a backslash protects what follows.
fn escaped(text: &str) -> usize {
    let mut at = 1;
    while let Some(found) = text[at..].find(['\'', '\\']) {
        let is_backslash = text[at + found..].starts_with('\\');
        at += found + 1;
        match text[at..].chars().next() {
            Some(protected) if is_backslash || protected == '\'' => at += protected.len_utf8(),
            _ => return at,
        }
    }
    text.len()
}

/// The qualified name at the beginning of a type as `format_type` prints it, and what follows.
pub(super) fn qualified_head(text: &str) -> Option<(ObjectName, &str)> {
    let parts = tokens(text);
    let [schema, dot, name, ..] = parts.as_slice() else { return None };
    let (Token::Word(schema_name), Token::Other("."), Token::Word(own)) = (&schema.token, &dot.token, &name.token)
    else {
        return None;
    };
    let length = schema.text.len() + dot.text.len() + name.text.len();
    let name = ObjectName { schema: Identifier::new(&**schema_name).ok()?, name: Identifier::new(&**own).ok()? };
    Some((name, text.get(length..)?))
}

/// A type as `format_type` prints it.
pub(super) fn printed(name: &ObjectName, rest: &str) -> String {
    format!("{}.{}{rest}", printed_name(&name.schema), printed_name(&name.name))
}

/// A word as the server prints it.
pub(super) fn printed_word(word: &str) -> String {
    Identifier::new(word).map_or_else(|_| word.to_owned(), |name| printed_name(&name))
}

/// The keywords that `quote_identifier` puts in quotes: all but those that can be any name. They are PostgreSQL 18's;
/// earlier versions lack some of the newest.
const KEYWORDS: &str = "\
    all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case \
    cast char character check coalesce collate collation column concurrently constraint create cross current_catalog \
    current_date current_role current_schema current_time current_timestamp current_user dec decimal default \
    deferrable desc distinct do else end except exists extract false fetch float for foreign freeze from full grant \
    greatest group grouping having ilike in initially inner inout int integer intersect interval into is isnull join \
    json json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar json_serialize \
    json_table json_value lateral leading least left like limit localtime localtimestamp merge_action national \
    natural nchar none normalize not notnull null nullif numeric offset on only or order out outer overlaps overlay \
    placing position precision primary real references returning right row select session_user setof similar \
    smallint some substring symmetric system_user table tablesample then time timestamp to trailing treat trim true \
    union unique user using values varchar variadic verbose when where window with xmlattributes xmlconcat \
    xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable";

fn printed_name(name: &Identifier) -> String {
    let is_keyword = KEYWORDS.split(' ').any(|keyword| keyword == name.as_str());
    if is_keyword { name.to_string() } else { name.for_people().to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        tokens(text).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn names_literals_and_signs_are_told_apart() {
        assert_eq!(
            texts("(a.\"B \"\"c\" >= 'it''s'::text)"),
            ["(", "a", ".", "\"B \"\"c\"", ">", "=", "'it''s'", ":", ":", "text", ")"]
        );
        assert_eq!(texts(r"E'a\'b' x"), [r"E'a\'b'", "x"]);
        assert_eq!(tokens("\"b\"\"\"")[0].token, Token::Word("b\"".into()));
        assert_eq!(tokens("\"B \"\"c\"")[0].token, Token::Word("B \"c".into()));
    }

    #[test]
    fn nothing_breaks_on_half_of_a_text() {
        for text in ["'", "\"", "E'", "E'\\", "é'é", "a.", "\"é\"\"", "E"] {
            let _ = tokens(text);
            let _ = qualified_head(text);
        }
    }

    #[test]
    fn the_head_of_a_type_is_its_name() {
        let (name, rest) = qualified_head("clinic.\"Mood\"[]").unwrap();
        assert_eq!((name.to_string().as_str(), rest), ("\"clinic\".\"Mood\"", "[]"));
        assert!(qualified_head("character varying(40)").is_none());
    }
}
