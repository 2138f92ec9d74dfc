//! Asking whether what must be so is so.

use limosa_catalog::Literal;
use limosa_plan::{EachRow, OnlineCheck};
use limosa_postgres::ServerError;
use limosa_syntax::Diagnostic;

use super::expand::own_names;
use super::failing::{Early, failing};
use super::record::OnlineRecord;
use super::wire::QuarantineJson;
use crate::backfill::Desk;
use crate::executor::{Executor, Unanswered};
use crate::run_error::RunError;
use crate::server_words::is_cancelled;

/// What stands for a check's example in what it advises.
const EXAMPLE: &str = "{row}";

/// That what an online change is about is there, and is what it was when that began.
///
/// # Errors
/// What was found; a connection that is lost.
pub(super) async fn stands(executor: &mut Executor<'_>, record: &OnlineRecord, subject: &str) -> Result<(), RunError> {
    hold(executor, &record.version, (&record.standing(), &[], &str::to_owned), subject).await
}

/// Tells of rows that have no value, since an expression failed for them; refuses where they may not stay so.
///
/// # Errors
/// The rows, as a finding; a connection that is lost.
pub(super) async fn left_in_quarantine(
    executor: &Executor<'_>,
    record: &OnlineRecord,
    may_stay: bool,
) -> Result<Vec<String>, RunError> {
    /// So many are named.
    const NAMED: usize = 5;
    let desk = Desk::under(executor.worker, &executor.surroundings, None);
    let mut told = Vec::new();
    for QuarantineJson { table, rows } in &record.terms.quarantine {
        let found =
            desk.ask(&format!("SELECT key, count(*) OVER () FROM ({rows}) AS rows (key) LIMIT {NAMED}")).await?;
        let text = |row: &[Option<String>], at: usize| row.get(at).cloned().flatten().unwrap_or_default();
        let Some(count) = found.first().map(|row| text(row, 1)) else { continue };
        let keys: Vec<String> = found.iter().map(|row| text(row, 0)).collect();
        let rows = if count == "1" { "row" } else { "rows" };
        told.push(format!("{count} {rows} of {table} in quarantine, such as {}", keys.join(", ")));
    }
    if told.is_empty() || may_stay {
        return Ok(told);
    }
    let problem = Diagnostic::error(
        "quarantined",
        format!("{} cannot be contracted: rows have no value, since an expression failed for them", record.version),
    );
    let problem = told.into_iter().fold(problem, Diagnostic::with_note);
    Err(RunError::Refused(Box::new(problem.with_help(
        "mend the rows, which gives them their values, or leave them without: \
         `limosa contract --allow quarantined` keeps what they held in limosa.quarantine",
    ))))
}

/// Asks each question, and tells all that is wrong together. Where an expression fails, the rows are named for which
/// it does.
///
/// # Errors
/// What was found; a connection that is lost.
pub(super) async fn hold(
    executor: &mut Executor<'_>,
    version: &str,
    (checks, computed, early): (&[OnlineCheck], &[EachRow], &Early<'_>),
    subject: &str,
) -> Result<(), RunError> {
    let mut problems = Vec::new();
    let mut failures = Vec::new();
    for check in checks {
        let mut help = check.help.clone();
        let problem = match executor.ask_patiently(version, &check.query).await {
            Ok(rows) => rows.first().map(|row| {
                let example = row.first().and_then(|value| value.as_deref());
                let is_said = help.contains(EXAMPLE);
                help = help.replace(EXAMPLE, example.unwrap_or_default());
                let note = example.filter(|_| !is_said).map(|example| format!("such as {}", short(example)));
                note.into_iter().fold(found(subject, &check.found), Diagnostic::with_note)
            }),
            Err(Unanswered::Ended(error)) => return Err(error),
            Err(Unanswered::Server(error)) if error.is_connection_lost() => return Err(error.into()),
            Err(Unanswered::Server(error)) if is_cancelled(&error) => {
                problems.push(cut_off(subject, &error, &check.query));
                None
            }
            // The expressions of the migration are the server's to judge.
            Err(Unanswered::Server(error)) => {
                let problem = found(subject, "an expression fails")
                    .with_note(error.to_string())
                    .with_note(format!("asked was: {}", check.query));
                failures.push((error.database().map(|error| error.message.clone()), problem.with_help(help)));
                continue;
            }
        };
        problems.extend(problem.map(|problem| problem.with_help(help)));
    }
    if !failures.is_empty() {
        let desk = Desk::under(executor.worker, &executor.surroundings, None);
        let rows = failing(&desk, computed, early).await?;
        // A failure that the rows tell is not told once more for each question that met it.
        let is_told = |words: &str| rows.iter().flat_map(|told| &told.notes).any(|note| note.ends_with(words));
        let untold = failures.into_iter().filter(|(words, _)| !words.as_deref().is_some_and(is_told));
        problems.extend(untold.map(|(_, problem)| problem));
        problems.extend(rows);
    }
    if problems.is_empty() { Ok(()) } else { Err(RunError::Problems(problems)) }
}

/// The server had no patience for a question: every row is looked at.
fn cut_off(subject: &str, error: &ServerError, query: &str) -> Diagnostic {
    found(subject, "the server cut a question off before it had looked at every row")
        .with_note(error.to_string())
        .with_note(format!("asked was: {query}"))
        .with_help("give it time: `-- limosa: statement-timeout 1h` at the head of the file")
}

/// That no table of the change got another name meanwhile, under which the change cannot find it.
///
/// # Errors
/// The table, as a finding; a connection that is lost.
pub(super) async fn nothing_strayed(executor: &Executor<'_>, record: &OnlineRecord) -> Result<(), RunError> {
    let tables: Vec<String> = record.terms.passing.iter().map(|column| Literal(&column.table()).to_string()).collect();
    if tables.is_empty() {
        return Ok(());
    }
    let start = own_names(executor.schema, record.id);
    let sql = format!(
        "SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_trigger t \
         JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         WHERE pg_catalog.starts_with(pg_catalog.ltrim(t.tgname, '~'), {}) AND NOT c.relispartition \
         AND t.tgrelid <> ALL (ARRAY[{}]::regclass[]::oid[])",
        Literal(&start),
        tables
            .iter()
            .map(|table| format!("coalesce(pg_catalog.to_regclass({table}), 0)"))
            .collect::<Vec<_>>()
            .join(", ")
    );
    let rows = Desk::under(executor.worker, &executor.surroundings, None).ask(&sql).await?;
    let Some(table) = rows.first().and_then(|row| row.first().cloned().flatten()) else { return Ok(()) };
    Err(RunError::Refused(Box::new(
        Diagnostic::error(
            "renamed-meanwhile",
            format!("{}: {table} had another name when the change began, and is not found by it", record.version),
        )
        .with_help(format!("give it its name back: `ALTER TABLE {table} RENAME TO …`")),
    )))
}

fn found(subject: &str, what: &str) -> Diagnostic {
    Diagnostic::error("not-online-yet", format!("{subject}: {what}"))
}

/// A value as it is shown.
fn short(value: &str) -> String {
    const LONGEST: usize = 60;
    match value.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}
