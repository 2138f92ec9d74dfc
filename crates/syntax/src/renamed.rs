//! `-- limosa: renamed from full_name` in a schema file: what had another name once.

use crate::directive::Directive;
use crate::lexer::Lexer;
use crate::name;
use crate::script::{Script, Statement};
use crate::token::{Token, TokenKind};
use crate::{PlacedDirective, Span};

/// Something that says of itself what it was called before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenamedFrom {
    /// Its kind in lower-case words: `table`, `column`, `enum value`; `type` for any type but a domain.
    pub kind: String,
    /// The parts of its name as the file has them, the outermost first.
    pub path: Vec<String>,
    /// The own names that it had, in any order.
    pub old: Vec<String>,
    /// The comment.
    pub span: Span,
}

/// What the comments of a schema file say of earlier names. A comment before a statement, or on its first line, speaks
/// of what the statement makes. One inside the list of a table's columns, a type's attributes or an enumerated type's
/// values speaks of the item on the same line before it, and on a line of its own of the item that follows.
#[must_use]
pub fn renamed_from(text: &str, script: &Script) -> Vec<RenamedFrom> {
    let of = |placed: &PlacedDirective| {
        let Directive::RenamedFrom(old) = &placed.directive else { return None };
        let statement = script.statements.get(placed.statement?)?;
        let (kind, path) = subject(text, statement, placed.span)?;
        Some(RenamedFrom { kind, path, old: old.clone(), span: placed.span })
    };
    script.directives.iter().filter_map(of).collect()
}

/// What a comment in or at a statement speaks of: its kind and the parts of its name.
fn subject(text: &str, statement: &Statement, comment: Span) -> Option<(String, Vec<String>)> {
    let tokens: Vec<Token> = Lexer::new(text, statement.span).filter(|token| token.kind.is_significant()).collect();
    let whole: Vec<String> = {
        let object = statement.class.object.as_ref()?;
        object.schema.iter().chain([&object.name]).map(|part| part.as_str().to_owned()).collect()
    };
    let kind = kind(&statement.class.tag);
    let has_list = matches!(kind.as_str(), "table" | "foreign table" | "type");
    if has_list && let Some(item) = item(text, &tokens, comment) {
        let (part, own) = part(text, &kind, item)?;
        return Some((part.to_owned(), whole.into_iter().chain([own]).collect()));
    }
    let word = |token: &Token| token.span.of(text).to_ascii_uppercase();
    let name_after = |place: usize| {
        let token = tokens.get(place)?;
        name::identifier(token.kind, token.span.of(text)).map(|name| name.as_str().to_owned())
    };
    match kind.as_str() {
        // These live in a table, which the statement is mainly about.
        "trigger" | "policy" | "rule" => {
            let at = tokens.iter().position(|token| word(token) == kind.to_ascii_uppercase())?;
            Some((kind, whole.into_iter().chain(name_after(at + 1)).collect()))
        }
        "alter table" | "alter domain" => {
            let at = tokens.iter().position(|token| word(token) == "CONSTRAINT")?;
            let part = if kind == "alter table" { "constraint" } else { "domain constraint" };
            Some((part.to_owned(), whole.into_iter().chain(name_after(at + 1)).collect()))
        }
        _ => Some((kind, whole)),
    }
}

fn kind(tag: &str) -> String {
    let kind = tag.strip_prefix("CREATE ").unwrap_or(tag);
    kind.strip_suffix(" CONCURRENTLY").unwrap_or(kind).to_lowercase()
}

/// The item of the list in parentheses that a comment belongs to; `None` where it belongs to the whole.
fn item<'a>(text: &str, tokens: &'a [Token], comment: Span) -> Option<&'a [Token]> {
    let open = tokens.iter().position(|token| token.kind == TokenKind::LeftParen)?;
    let list = tokens.get(open + 1..)?;
    if comment.start < tokens.get(open)?.span.end {
        return None;
    }
    let before = tokens.iter().rev().find(|token| token.span.end <= comment.start)?;
    let is_own_line = text.get(before.span.end..comment.start)?.contains('\n');
    let mut depth = 0_usize;
    let mut items: Vec<(usize, usize)> = Vec::new();
    let mut start = 0;
    for (at, token) in list.iter().enumerate() {
        match token.kind {
            TokenKind::LeftParen => depth += 1,
            TokenKind::RightParen if depth == 0 => {
                items.push((start, at));
                break;
            }
            TokenKind::RightParen => depth -= 1,
            TokenKind::Comma if depth == 0 => {
                items.push((start, at));
                start = at + 1;
            }
            _ => {}
        }
    }
    let begin = |(start, _): &&(usize, usize)| list.get(*start).map_or(usize::MAX, |token| token.span.start);
    let found = if is_own_line {
        items.iter().find(|item| begin(item) >= comment.end)
    } else if before.kind == TokenKind::LeftParen && before.span == tokens.get(open)?.span {
        return None;
    } else {
        items.iter().rev().find(|item| begin(item) < comment.start)
    };
    found.and_then(|(start, end)| list.get(*start..*end))
}

/// The kind and name of an item.
fn part(text: &str, kind: &str, item: &[Token]) -> Option<(&'static str, String)> {
    let first = item.first()?;
    if first.kind.is_string() {
        return Some(("enum value", name::string(first.kind, first.span.of(text))?));
    }
    let is_constraint = first.kind == TokenKind::Word && first.span.of(text).eq_ignore_ascii_case("constraint");
    let named = if is_constraint { item.get(1)? } else { first };
    let name = name::identifier(named.kind, named.span.of(text))?.as_str().to_owned();
    let part = match (is_constraint, kind) {
        (true, _) => "constraint",
        (false, "type") => "attribute",
        (false, _) => "column",
    };
    Some((part, name))
}

/// The names behind `from`: identifiers, or string constants for enum values, with commas between them.
pub(crate) fn old_names(text: &str) -> Option<Vec<String>> {
    let tokens: Vec<Token> =
        Lexer::new(text, Span::new(0, text.len())).filter(|token| token.kind.is_significant()).collect();
    let read = |token: &Token| {
        let text = token.span.of(text);
        name::identifier(token.kind, text)
            .map(|name| name.as_str().to_owned())
            .or_else(|| name::string(token.kind, text))
    };
    let mut names = Vec::new();
    for part in tokens.split(|token| token.kind == TokenKind::Comma) {
        // Only the own name can change; what stands before it is said for the reader.
        names.push(read(part.last()?)?);
        let is_dotted = part.iter().rev().skip(1).step_by(2).all(|token| token.kind == TokenKind::Dot);
        if !is_dotted {
            return None;
        }
    }
    (!names.is_empty()).then_some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let script = Script::parse(text);
        assert_eq!(script.problems, Vec::new());
        let line = |it: RenamedFrom| format!("{} {} was {}", it.kind, it.path.join("."), it.old.join(" "));
        renamed_from(text, &script).into_iter().map(line).collect()
    }

    #[test]
    fn columns_and_tables_say_what_they_were() {
        let text = "\
-- limosa: renamed from patient
CREATE TABLE public.person (
  -- limosa: renamed from full_name
  name text NOT NULL CHECK (length(name) > 2),
  born date, -- limosa: renamed from \"Birth, Day\", birthday
  ward numeric(3, 2) -- limosa: renamed from room
  , CONSTRAINT grown CHECK (born < now()) -- limosa: renamed from adult
);
";
        assert_eq!(
            found(text),
            [
                "table public.person was patient",
                "column public.person.name was full_name",
                "column public.person.born was Birth, Day birthday",
                "column public.person.ward was room",
                "constraint public.person.grown was adult",
            ]
        );
    }

    #[test]
    fn other_kinds_do_too() {
        let text = "\
CREATE TYPE mood AS ENUM (
  'unhappy', -- limosa: renamed from 'sad'
  'glad'
);
CREATE TYPE pair AS ( -- limosa: renamed from couple
  one int -- limosa: renamed from first
);
CREATE INDEX CONCURRENTLY by_name ON person (name); -- limosa: renamed from by_title
-- limosa: renamed from own
CREATE POLICY mine ON public.person USING (true);
-- limosa: renamed from person_pkey
ALTER TABLE ONLY person ADD CONSTRAINT person_key PRIMARY KEY (id);
-- limosa: renamed from public.old_view
CREATE OR REPLACE VIEW new_view AS SELECT 1;
";
        assert_eq!(
            found(text),
            [
                "enum value mood.unhappy was sad",
                "type pair was couple",
                "attribute pair.one was first",
                "index by_name was by_title",
                "policy public.person.mine was own",
                "constraint person.person_key was person_pkey",
                "view new_view was old_view",
            ]
        );
    }
}
