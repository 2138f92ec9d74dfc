//! The catalog of schema files, in whatever order their statements stand.

use std::sync::Arc;

use limosa_catalog::{Catalog, Identifier};
use limosa_postgres::{ConnectionSettings, ServerError, Session, Shadow};
use limosa_syntax::{Diagnostic, Script, SourceFile, Span};

use super::failure::DesiredError;
use super::roles::{make_role, missing_role};
use crate::server_words::{code, position};

/// One statement of one file.
struct Pending<'a> {
    file: &'a Arc<SourceFile>,
    span: Span,
    data: Option<Span>,
}

/// Loads schema files into a new shadow database and reads its catalog.
///
/// Statements run one by one. One that fails for want of something is tried again after the others, round after round,
/// as long as a round gets any further; so files, and statements in them, can stand in any order.
///
/// # Errors
/// Every statement that does not load, with the server's words and its place.
pub async fn load_schema(
    shadow: &mut Shadow,
    files: &[Arc<SourceFile>],
    left_out: &[Identifier],
) -> Result<Catalog, DesiredError> {
    let mut statements = Vec::new();
    let mut unreadable = Vec::new();
    for file in files {
        let script = Script::parse(&file.text);
        unreadable.extend(
            script.problems.iter().filter(|problem| problem.is_error()).map(|it| it.clone().into_diagnostic(file)),
        );
        let of_file = script.statements.iter();
        statements.extend(of_file.map(|it| Pending { file, span: it.span, data: it.copy_data }));
    }
    if !unreadable.is_empty() {
        return Err(DesiredError::Schema(unreadable));
    }
    let settings = shadow.database().await?;
    let session = Session::connect(&settings).await?;
    let loaded = load(&session, &settings, statements).await;
    let catalog = match loaded {
        Ok(()) => session.catalog(left_out).await.map_err(DesiredError::from),
        Err(error) => Err(error),
    };
    session.close().await;
    catalog
}

async fn load(
    session: &Session,
    settings: &ConnectionSettings,
    mut waiting: Vec<Pending<'_>>,
) -> Result<(), DesiredError> {
    loop {
        let (mut again, mut failures) = (Vec::new(), Vec::new());
        let before = waiting.len();
        for statement in waiting {
            if let Err(error) = run(session, &statement).await {
                if error.is_connection_lost() {
                    return Err(error.into());
                }
                failures.push(explain(&statement, &error, settings));
                again.push(statement);
            }
        }
        if again.is_empty() {
            return Ok(());
        }
        if again.len() == before {
            return Err(DesiredError::Schema(failures));
        }
        waiting = again;
    }
}

async fn run(session: &Session, statement: &Pending<'_>) -> Result<(), ServerError> {
    loop {
        let sql = statement.span.of(&statement.file.text);
        let result = match statement.data {
            Some(data) => session.copy_in(sql, data.of(&statement.file.text).as_bytes()).await.map(drop),
            None => session.flight(sql).await.map(drop).map_err(|failure| failure.error),
        };
        match result {
            Err(error) => match missing_role(&error) {
                Some(role) => make_role(session, &role).await?,
                None => return Err(error),
            },
            Ok(()) => return Ok(()),
        }
    }
}

fn explain(statement: &Pending<'_>, error: &ServerError, settings: &ConnectionSettings) -> Diagnostic {
    let message = error.database().map_or_else(|| error.to_string(), |database| database.message.clone());
    let text = statement.span.of(&statement.file.text);
    let point = position(error).and_then(|at| text.char_indices().nth(at.checked_sub(1)?)).map(|(byte, _)| {
        let start = statement.span.start + byte;
        let rest = &statement.file.text[start..statement.span.end];
        let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').filter(|length| *length > 0);
        Span::new(start, start + word.unwrap_or_else(|| rest.chars().next().map_or(0, char::len_utf8)))
    });
    let diagnostic = Diagnostic::error("schema", message).at(statement.file, point.unwrap_or(statement.span));
    match code(error) {
        Some("0A000" | "58P01") if text.to_lowercase().contains("create extension") => diagnostic.with_help(format!(
            "the shadow ({}) does not have this extension; name server binaries that have it in LIMOSA_PG_BIN",
            settings.database()
        )),
        _ => match error.database().and_then(|database| database.hint.clone()) {
            Some(hint) => diagnostic.with_help(hint),
            None => diagnostic,
        },
    }
}
