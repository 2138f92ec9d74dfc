//! Routines whose text names what changes. The server does not know what a body that is only text speaks of, so they
//! go on naming the old.

use limosa_catalog::kind::function::RoutineBody;
use limosa_catalog::{Catalog, Entry, Identifier, Object, ObjectName, QualifiedName};
use limosa_syntax::Tokens;

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

fn body(object: &Object) -> Option<&RoutineBody> {
    match object {
        Object::Function(function) => Some(&function.body),
        Object::Procedure(procedure) => Some(&procedure.body),
        _ => None,
    }
    .filter(|body| body.sql.is_none() && body.library.is_none())
}
