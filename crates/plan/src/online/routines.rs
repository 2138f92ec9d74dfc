//! Routines whose text names what changes. The server does not know what a body that is only text speaks of, so they
//! go on naming the old.

use std::fmt;

use limosa_catalog::kind::function::RoutineBody;
use limosa_catalog::{Catalog, Entry, Identifier, Object, ObjectName, QualifiedName, RoutineName};
use limosa_syntax::{TokenKind, Tokens, Words};

/// What is to be said of routines that name a table, and a column of it where one is given.
pub(super) fn remark(catalog: &Catalog, table: &ObjectName, column: Option<&Identifier>) -> Option<String> {
    let names_it = |entry: &Entry<'_>| {
        let words = std::iter::once(&table.name).chain(column);
        body(entry.object()).is_some_and(|body| words.into_iter().all(|word| names(&body.source, word)))
    };
    let found: Vec<String> = catalog.iter().filter(names_it).map(|entry| entry.id().to_string()).collect();
    let what = column.unwrap_or(&table.name).for_people();
    (!found.is_empty()).then(|| {
        format!(
            "{} may name {what} in its text, and will fail behind contract: replace it in this migration under \
             `-- limosa: phase contract`",
            found.join(", ")
        )
    })
}

/// Whether a text holds a word, in whatever case.
pub(super) fn names(text: &str, word: &Identifier) -> bool {
    let is_part = |sign: char| sign.is_alphanumeric() || sign == '_';
    text.split(|sign| !is_part(sign)).any(|found| found.to_lowercase() == word.as_str().to_lowercase())
}

/// The routine of which a statement says a comment or privileges.
pub(super) fn remarked(text: &str) -> Option<QualifiedName> {
    let tokens = Tokens::of(text);
    let mut words = tokens.words();
    if !words.take_any(&["GRANT", "REVOKE", "COMMENT"]) {
        return None;
    }
    words.skip_until_any(&["ON"]);
    words.take(&["ON"]);
    if words.take_any(&["FUNCTION", "PROCEDURE", "ROUTINE", "AGGREGATE"]) { words.qualified_name() } else { None }
}

/// The arguments of a routine as the statement that makes it says them, without their defaults: so `DROP` finds it
/// among others of its name.
pub(super) struct Arguments(Vec<Argument>);

struct Argument {
    text: String,
    /// Whether only the routine gives it.
    is_out: bool,
}

impl Arguments {
    /// Those in a statement; `None` where they are not said in parentheses before everything else.
    pub(super) fn of(text: &str) -> Option<Self> {
        let tokens = Tokens::of(text);
        let mut words = tokens.words();
        words.skip_until_any(&["FUNCTION", "PROCEDURE", "AGGREGATE"]);
        words.next();
        words.qualified_name()?;
        let list = words.parenthesised()?;
        // An aggregate in the old spelling says there how it works.
        let says_all = words.peek().is_some();
        let read = |argument: Words<'_>| {
            let said = without_default(argument, text)?;
            Some(Argument { text: said, is_out: argument.outermost().any(|(_, here)| here.at(&["OUT"])) })
        };
        says_all.then(|| Self(list.split(TokenKind::Comma).filter_map(read).collect()))
    }

    /// Whether a routine of its name may be the same by its arguments. Types have more than one name, so the numbers
    /// decide.
    pub(super) fn may_be(&self, other: &RoutineName) -> bool {
        let number = other.arguments.len();
        number == self.0.len() || number == self.0.iter().filter(|argument| !argument.is_out).count()
    }
}

impl fmt::Display for Arguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<&str> = self.0.iter().map(|argument| argument.text.as_str()).collect();
        f.write_str(&texts.join(", "))
    }
}

fn without_default(argument: Words<'_>, text: &str) -> Option<String> {
    let whole = argument.span()?;
    let is_default = |here: &Words<'_>| here.at(&["DEFAULT"]) || here.peek().is_some_and(|it| here.text_of(it) == "=");
    let default = argument.outermost().find(|(_, here)| is_default(here)).and_then(|(_, here)| here.span());
    let end = default.map_or(whole.end, |default| default.start);
    Some(text.get(whole.start..end)?.trim_end().to_owned())
}

fn body(object: &Object) -> Option<&RoutineBody> {
    match object {
        Object::Function(function) => Some(&function.body),
        Object::Procedure(procedure) => Some(&procedure.body),
        _ => None,
    }
    .filter(|body| body.sql.is_none() && body.library.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_said_without_their_defaults() {
        for (statement, arguments) in [
            ("CREATE FUNCTION f() RETURNS int", ""),
            ("CREATE FUNCTION f(VARIADIC c numeric(3, 2)[]) RETURNS int", "VARIADIC c numeric(3, 2)[]"),
            (
                "CREATE FUNCTION app.f(int, b text DEFAULT 'a, b', c numeric(3, 2) = 1, OUT d \"default\") AS 'x'",
                "int, b text, c numeric(3, 2), OUT d \"default\"",
            ),
            ("CREATE PROCEDURE p(INOUT a int = 1) LANGUAGE sql", "INOUT a int"),
            ("CREATE AGGREGATE a(*) (SFUNC = f, STYPE = int)", "*"),
            ("CREATE AGGREGATE a (BASETYPE = int, SFUNC = f)", "NO"),
        ] {
            let said = Arguments::of(statement).map(|it| it.to_string());
            assert_eq!(said.as_deref().unwrap_or("NO"), arguments, "{statement}");
        }
    }
}
