//! Queries in SQL files: plain ones, those of sqlc and those of pgtyped, which differ in their comments only.

use std::sync::Arc;

use limosa_syntax::{Diagnostic, Script, SourceFile, Span, number_parameters};

use super::{ConsumerQuery, annotation};

/// The queries of a file.
///
/// # Errors
/// What keeps the text from being split.
pub(super) fn queries(source: &Arc<SourceFile>) -> Result<Vec<ConsumerQuery>, Vec<Diagnostic>> {
    let script = Script::parse(&source.text);
    let errors: Vec<Diagnostic> = script
        .problems
        .iter()
        // In a migration, a name with a colon before it is a value that nobody filled in; here it is a parameter.
        .filter(|problem| problem.is_error() && problem.code != "leftover-template".into())
        .map(|problem| problem.clone().into_diagnostic(source))
        .collect();
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut behind = 0;
    let mut queries = Vec::new();
    for statement in &script.statements {
        let said = annotation::read(Span::new(behind, statement.span.start).of(&source.text));
        behind = statement.span.end;
        queries.push(ConsumerQuery {
            name: said.name,
            source: Arc::clone(source),
            span: statement.span,
            numbered: number_parameters(statement.span.of(&source.text), &said.expansions),
            built_for: None,
        });
    }
    Ok(queries)
}
