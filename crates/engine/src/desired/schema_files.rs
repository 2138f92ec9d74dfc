//! The catalog of schema files, in whatever order their statements stand.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::{StreamExt, stream};
use limosa_catalog::{Catalog, Identifier};
use limosa_postgres::{ConnectionSettings, ServerError, Session, Shadow};
use limosa_syntax::{
    Diagnostic, Script, SettingsChange, SourceFile, Span, Statement, TransactionControl, TransactionRule,
};

use super::answers::{Answers, Question};
use super::failure::DesiredError;
use super::roles::{make_role, missing_role};
use crate::server_words::{code, position};

/// How many statements are under way at once. Each is a transaction of its own; only waiting for answers is saved.
const UNDER_WAY: usize = 64;

/// Forgets the settings of another file, or of the round before.
const RESET: &str = "RESET ALL";

/// One statement of one file.
#[derive(Clone, Copy)]
struct Pending<'a> {
    file: &'a Arc<SourceFile>,
    span: Span,
    data: Option<Span>,
    /// It says how those after it in the file are to be read, so it runs again before those that are tried again.
    sets: bool,
}

/// Loads schema files into a new shadow database and reads its catalog; unless that is known.
///
/// Each statement is a transaction of its own. One that fails for want of something is tried again after the others,
/// under the settings that its file makes before it, round after round, as long as a round gets any further; so files,
/// and statements in them, can stand in any order. `BEGIN` and `COMMIT` are passed over.
///
/// # Errors
/// Every statement that does not load, with the server's words and its place.
pub async fn load_schema(
    shadow: &mut Shadow,
    files: &[Arc<SourceFile>],
    left_out: &[Identifier],
    known: &Answers,
) -> Result<Catalog, DesiredError> {
    let question = Question::to(shadow.identity(), "schema files");
    let question = left_out.iter().fold(question, |question, schema| question.and(schema.as_str())).and("files");
    let question = files.iter().fold(question, |question, file| question.and(&file.text));
    if let Some(catalog) = known.catalog(&question) {
        return Ok(catalog);
    }
    let mut statements = Vec::new();
    let mut unreadable = Vec::new();
    for file in files {
        let script = Script::parse(&file.text);
        unreadable.extend(
            script.problems.iter().filter(|problem| problem.is_error()).map(|it| it.clone().into_diagnostic(file)),
        );
        let of_file = script.statements.iter().filter(|statement| !divides_transactions(statement));
        statements.extend(of_file.map(|it| Pending { file, span: it.span, data: it.copy_data, sets: sets(it) }));
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
    let catalog = catalog?;
    known.keep_catalog(&question, &catalog);
    Ok(catalog)
}

fn divides_transactions(statement: &Statement) -> bool {
    matches!(
        statement.class.transaction,
        TransactionRule::Control(TransactionControl::Begin | TransactionControl::Commit)
    )
}

fn sets(statement: &Statement) -> bool {
    statement.class.settings == SettingsChange::Session
        && matches!(&*statement.class.tag, "SET" | "RESET" | "DISCARD" | "SELECT")
}

async fn load(
    session: &Session,
    settings: &ConnectionSettings,
    mut waiting: Vec<Pending<'_>>,
) -> Result<(), DesiredError> {
    let (mut roles, mut before) = (BTreeSet::new(), waiting.len());
    loop {
        let failed = round(session, &waiting).await?;
        if failed.is_empty() {
            return Ok(());
        }
        // A role may yet come from a statement that waits, so roles are made when nothing else helps.
        if failed.len() >= before {
            let missing = failed.iter().filter_map(|(_, error)| missing_role(error));
            let missing: Vec<Identifier> = missing.filter(|role| roles.insert(role.clone())).collect();
            if missing.is_empty() {
                let explained = failed.iter().map(|(statement, error)| explain(statement, error, settings));
                return Err(DesiredError::Schema(explained.collect()));
            }
            for role in missing {
                make_role(session, &role).await?;
            }
        }
        before = failed.len();
        let again: BTreeSet<(&str, usize)> = failed.iter().map(|(statement, _)| place(statement)).collect();
        waiting.retain(|statement| statement.sets || again.contains(&place(statement)));
    }
}

fn place<'a>(statement: &Pending<'a>) -> (&'a str, usize) {
    (&statement.file.path, statement.span.start)
}

/// Runs statements in order, and returns those that failed.
async fn round<'a>(
    session: &Session,
    statements: &[Pending<'a>],
) -> Result<Vec<(Pending<'a>, ServerError)>, ServerError> {
    let mut failed = Vec::new();
    let mut before: Option<&Pending<'_>> = None;
    // The data of a `COPY` is sent in several steps, so nothing can be under way beside it.
    for together in statements.chunk_by(|a, b| Arc::ptr_eq(a.file, b.file) && a.data.is_none() && b.data.is_none()) {
        if before.is_none_or(|before| !Arc::ptr_eq(before.file, together[0].file)) {
            session.flight(RESET).await.map_err(|failure| failure.error)?;
        }
        before = together.last();
        let outcomes =
            stream::iter(together).map(|statement| async move { (statement, run(session, statement).await) });
        let mut outcomes = outcomes.buffered(UNDER_WAY);
        while let Some((statement, outcome)) = outcomes.next().await {
            match outcome {
                Ok(()) => {}
                Err(error) if error.is_connection_lost() => return Err(error),
                Err(error) => failed.push((*statement, error)),
            }
        }
    }
    Ok(failed)
}

async fn run(session: &Session, statement: &Pending<'_>) -> Result<(), ServerError> {
    let sql = statement.span.of(&statement.file.text);
    match statement.data {
        Some(data) => session.copy_in(sql, data.of(&statement.file.text).as_bytes()).await.map(drop),
        None => session.flight(sql).await.map(drop).map_err(|failure| failure.error),
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
