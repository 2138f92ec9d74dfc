//! Runs queries that must return no rows.

use std::time::{Duration, Instant};

use limosa_catalog::{Identifier, Literal};
use limosa_postgres::{ServerError, Session};
use limosa_project::CheckQuery;
use limosa_syntax::{Diagnostic, Span};

use super::outcome::{CheckOutcome, CheckVerdict};
use crate::rows::{OffendingRows, RowsQuery};
use crate::run_error::RunError;
use crate::server_words::{code, detail, hint, is_cancelled};
use crate::target::{Target, connect, search_path};

/// Under what queries run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckTerms {
    /// The role that asks; `None` is the one that logged in.
    pub role: Option<Identifier>,
    /// Where unqualified names are looked up, in the form that `set_config` takes; `None` leaves it to the session.
    pub search_path: Option<String>,
    /// The longest that one may take.
    pub timeout: Duration,
    /// Whether migrations are still to come, so that a query that asks for what is not there is passed over.
    pub unfinished: bool,
}

impl CheckTerms {
    /// What a transaction begins with.
    fn begin(&self) -> String {
        let mut sql = vec!["BEGIN READ ONLY".to_owned()];
        sql.extend(self.role.as_ref().map(|role| format!("SET LOCAL ROLE {role}")));
        sql.push(format!("SET LOCAL statement_timeout = {}", self.timeout.as_millis().max(1)));
        // All rows are wanted, since there should be none: no plan that is quick with the first of them.
        sql.push("SET LOCAL cursor_tuple_fraction = 1".to_owned());
        sql.extend(
            self.search_path
                .as_ref()
                .map(|path| format!("SELECT pg_catalog.set_config('search_path', {}, true)", Literal(path))),
        );
        sql.join(";\n") + ";\n"
    }
}

/// Runs each query in a read-only transaction of its own, which costs one round trip, and keeps the first 20 rows that
/// it returns.
///
/// # Errors
/// The connection is lost. What the server refuses is a finding.
pub async fn check_session(
    session: &Session,
    checks: &[CheckQuery],
    terms: &CheckTerms,
) -> Result<Vec<CheckOutcome>, ServerError> {
    let begin = terms.begin();
    let mut outcomes = Vec::new();
    for check in checks {
        let begun = Instant::now();
        let sql = check.span.of(&check.source.text);
        let query = RowsQuery::of(sql);
        let verdict = match session.flight(&format!("{begin}{};\nROLLBACK", query.text())).await {
            Ok(answer) => match OffendingRows::in_answer(answer) {
                None => CheckVerdict::Passed,
                Some(rows) => CheckVerdict::Rows { source: check.source.clone(), span: check.span, rows },
            },
            Err(failure) if failure.error.is_connection_lost() => return Err(failure.error),
            Err(failure) => {
                session.flight("ROLLBACK").await.map_err(|failure| failure.error)?;
                let point = query.point(sql, begin.chars().count(), &failure.error);
                refused(check, point, &failure.error, terms)
            }
        };
        outcomes.push(CheckOutcome { name: check.name.clone(), took: begun.elapsed(), verdict });
    }
    Ok(outcomes)
}

/// Runs the queries on a target, over a connection of their own.
///
/// # Errors
/// The target cannot be reached.
pub async fn check_target(
    target: &Target,
    checks: &[CheckQuery],
    timeout: Duration,
) -> Result<Vec<CheckOutcome>, RunError> {
    let session = connect(target).await?;
    let terms = CheckTerms {
        role: target.owner_role.clone(),
        search_path: search_path(target, &session),
        timeout,
        unfinished: false,
    };
    let outcomes = check_session(&session, checks, &terms).await;
    session.close().await;
    Ok(outcomes?)
}

fn refused(check: &CheckQuery, point: Option<usize>, error: &ServerError, terms: &CheckTerms) -> CheckVerdict {
    let message = error.database().map_or_else(|| error.to_string(), |database| database.message.clone());
    // 42P01 table, 42703 column, 42883 function, 42704 type and others, 3F000 schema.
    let is_missing = matches!(code(error), Some("42P01" | "42703" | "42883" | "42704" | "3F000"));
    if terms.unfinished && is_missing {
        return CheckVerdict::Skipped(message);
    }
    let span = point.map_or(check.span, |byte| {
        let start = check.span.start + byte;
        let rest = Span::new(start, check.span.end).of(&check.source.text);
        let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').filter(|length| *length > 0);
        Span::new(start, start + word.unwrap_or_else(|| rest.chars().next().map_or(0, char::len_utf8)))
    });
    let mut diagnostic =
        Diagnostic::error("check-refused", format!("the check `{}` cannot be run: {message}", check.name))
            .at(&check.source, span);
    diagnostic.notes.extend(detail(error).map(str::to_owned));
    diagnostic.help = match hint(error) {
        Some(hint) => Some(hint.to_owned()),
        None if is_cancelled(error) => {
            Some(format!("it took longer than {} s; `timeout` in [check] gives more", terms.timeout.as_secs_f64()))
        }
        None if code(error) == Some("25006") => {
            Some("a check only reads: what it found out is undone anyway".to_owned())
        }
        None => None,
    };
    CheckVerdict::Failed(Box::new(diagnostic))
}
