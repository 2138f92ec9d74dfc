//! Queries in SQL files: plain ones, those of sqlc and those of pgtyped, which differ in their comments only.

use std::sync::Arc;

use limosa_syntax::{Diagnostic, Problem, Script, SourceFile, Span, number_parameters};

use super::{ConsumerQuery, annotation};

/// The queries of a file.
///
/// # Errors
/// What keeps the text from being split.
pub(super) fn queries(source: &Arc<SourceFile>) -> Result<Vec<ConsumerQuery>, Vec<Diagnostic>> {
    let (statements, problems) = statements(&source.text);
    let errors: Vec<Diagnostic> = problems
        .into_iter()
        // In a migration, a name with a colon before it is a value that nobody filled in; here it is a parameter.
        .filter(|problem| problem.is_error() && problem.code != "leftover-template".into())
        .map(|problem| problem.into_diagnostic(source))
        .collect();
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut behind = 0;
    let mut queries = Vec::new();
    for span in statements {
        let said = annotation::read(Span::new(behind, span.start).of(&source.text));
        behind = span.end;
        queries.push(ConsumerQuery {
            name: said.name,
            source: Arc::clone(source),
            span,
            numbered: number_parameters(span.of(&source.text), &said.expansions),
            built_for: None,
        });
    }
    Ok(queries)
}

/// The statements of a text. Behind a `COPY … FROM stdin` stands the next query: its rows are the application's.
fn statements(text: &str) -> (Vec<Span>, Vec<Problem>) {
    let (mut spans, mut problems) = (Vec::new(), Vec::new());
    let mut from = 0;
    loop {
        let script = Script::parse_section(text, Span::new(from, text.len()));
        let copy = script.statements.iter().position(|statement| statement.copy_data.is_some());
        let read = copy.map_or(script.statements.len(), |place| place + 1);
        spans.extend(script.statements.iter().take(read).map(|statement| statement.span));
        let data = copy.and_then(|place| script.statements.get(place)?.copy_data);
        let until = data.map_or(text.len(), |data| data.start);
        problems.extend(script.problems.into_iter().filter(|problem| problem.span.start < until));
        match data {
            Some(data) if data.start < text.len() => from = data.start,
            _ => return (spans, problems),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_a_query_as_others_are() {
        let text = "-- name: Load :exec\nCOPY a FROM STDIN;\n-- name: Get :one\nSELECT 1;\n\
                    COPY b (c) FROM STDIN WITH (FORMAT csv);\n\nSELECT 2";
        let source = Arc::new(SourceFile { path: "a.sql".to_owned(), text: text.into() });
        let queries = queries(&source).unwrap();
        let found: Vec<(Option<&str>, &str)> =
            queries.iter().map(|query| (query.name.as_deref(), query.span.of(text))).collect();
        assert_eq!(found[..2], [(Some("Load"), "COPY a FROM STDIN"), (Some("Get"), "SELECT 1")]);
        assert_eq!(found[2..], [(None, "COPY b (c) FROM STDIN WITH (FORMAT csv)"), (None, "SELECT 2")]);
    }
}
