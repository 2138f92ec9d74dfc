//! The offline folder of sqlx: one JSON file for each query.

use std::sync::Arc;

use limosa_syntax::{Diagnostic, SourceFile, Span, number_parameters};
use serde_json::Value;

use super::ConsumerQuery;

/// Whether a file's name is that of a query in the offline folder.
pub(super) fn is_query_file(name: &str) -> bool {
    name.starts_with("query-") && name.ends_with(".json")
}

/// The query of a file.
///
/// # Errors
/// A file that is no JSON, holds no query, or one for another database.
pub(super) fn query(source: &Arc<SourceFile>) -> Result<ConsumerQuery, Box<Diagnostic>> {
    let wrong = |message: String| {
        let error = Diagnostic::error("sqlx-query", message).in_file(source);
        Box::new(error.with_help("write it anew with `cargo sqlx prepare`"))
    };
    let file: Value =
        serde_json::from_str(&source.text).map_err(|error| wrong(format!("`{}` is no JSON: {error}", source.path)))?;
    if let Some(other) = file["db_name"].as_str().filter(|name| *name != "PostgreSQL") {
        return Err(wrong(format!("`{}` holds a query for {other}", source.path)));
    }
    let Some(text) = file["query"].as_str() else {
        return Err(wrong(format!("`{}` holds no query", source.path)));
    };
    let columns = file["describe"]["columns"].as_array();
    let built_for =
        columns.map(|columns| columns.iter().filter_map(|it| it["name"].as_str()).map(str::to_owned).collect());
    // Places are told in the query, since in the file it stands in one line with escapes.
    let query = Arc::new(SourceFile { path: source.path.clone(), text: text.into() });
    let span = Span::new(0, text.trim_end().trim_end_matches(';').len());
    let numbered = number_parameters(span.of(text), &[]);
    Ok(ConsumerQuery { name: None, source: query, span, numbered, built_for })
}
