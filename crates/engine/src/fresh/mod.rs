//! A database as if nothing had ever been applied to it.
//!
//! Everything in it goes, schema by schema, in one transaction. The database itself stays, and with it what belongs to
//! it and not to migrations: grants on the database, its settings, roles, the grants and the comment of `public`,
//! schemas and extensions that other roles own. The event log stays as well, with one event more.

use std::time::Duration;

use limosa_catalog::{Identifier, Literal};
use limosa_postgres::{ServerError, Session};
use limosa_syntax::Diagnostic;
use serde_json::json;

use crate::backup::{BackupBeforeRun, BackupMade};
use crate::clock::ServerClock;
use crate::event::Observer;
use crate::history::{EventRecord, HistoryPlace, Prepared, append_event, forget_all};
use crate::lock::{Locked, take_to_write};
use crate::run_error::RunError;
use crate::stop::StopSignal;
use crate::target::{Target, connect, open};

/// Statements that take everything away, in their order, and what stays and why. A few scans of small catalogs.
const STATEMENTS_SQL: &str = include_str!("statements.sql");

/// The tables that go, as SQL names them. One scan of `pg_class`.
const TABLES_SQL: &str = include_str!("tables.sql");

/// The name of the kind of event.
const EVENT: &str = "fresh";

/// What would go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doomed {
    /// The database, as people name it.
    pub database: String,
    /// How many tables go, partitions among them.
    pub tables: usize,
    /// How many rows are in them now.
    pub rows: u64,
}

/// Why nothing was taken away.
#[derive(Debug, thiserror::Error)]
pub enum FreshError {
    /// The target cannot be worked on.
    #[error(transparent)]
    Run(#[from] RunError),
    /// Services that do not take part have their tables in the same database.
    #[error("the database also holds what other services applied: {}", .0.join(", "))]
    Shared(Vec<String>),
    /// An extension that another role owns lives in a schema that would go, and would go with it.
    #[error("{0}")]
    ForeignExtension(String),
}

impl From<ServerError> for FreshError {
    fn from(error: ServerError) -> Self {
        Self::Run(error.into())
    }
}

impl FreshError {
    /// What is said to people.
    #[must_use]
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let (code, help) = match self {
            Self::Run(error) => return error.diagnostics(),
            Self::Shared(_) => ("shared-database", "take all services of the database along, or drop it by hand"),
            Self::ForeignExtension(_) => {
                ("foreign-extension", "move it to a schema of its own, or connect as the role that owns it")
            }
        };
        vec![Diagnostic::error(code, self.to_string()).with_note("nothing was taken away").with_help(help)]
    }
}

/// How it is done.
pub struct FreshOptions<'a> {
    /// The services that are applied anew afterwards. Others must have nothing in the database.
    pub services: &'a [String],
    /// The reason to put on record.
    pub reason: Option<&'a str>,
    /// Who does it: the operating system's user and host.
    pub actor: &'a str,
    /// How long to wait for another run on the same target.
    pub wait: Duration,
    /// What is saved before anything is taken away.
    pub backup: Option<&'a BackupBeforeRun>,
}

/// What was done.
#[derive(Debug)]
pub struct FreshDone {
    /// What stays though migrations may have made it.
    pub kept: Vec<String>,
    /// What was saved before.
    pub saved: Option<BackupMade>,
}

/// Counts what would go. Reads every table once.
///
/// # Errors
/// The target cannot be reached, or a table not be read.
pub async fn doomed(target: &Target) -> Result<Doomed, FreshError> {
    let session = connect(target).await.map_err(RunError::from)?;
    let counted = count(&session, &target.history_schema).await;
    session.close().await;
    let (tables, rows) = counted?;
    Ok(Doomed { database: target.database(), tables: tables.len(), rows })
}

/// The tables that go, as SQL names them, and how many rows are in them.
async fn count(session: &Session, history: &Identifier) -> Result<(Vec<String>, u64), ServerError> {
    let tables: Vec<String> = texts(session, &filled(TABLES_SQL, history)).await?;
    let mut rows = 0;
    for table in &tables {
        let found = session.query(&format!("SELECT pg_catalog.count(*) FROM ONLY {table}"), &[]).await?;
        rows += found.first().map_or(0, |row| u64::try_from(row.get::<_, i64>(0)).unwrap_or_default());
    }
    Ok((tables, rows))
}

/// Takes everything away, with an event `fresh`; all or nothing.
///
/// # Errors
/// See [`FreshError`].
pub async fn fresh(
    target: &Target,
    options: &FreshOptions<'_>,
    observer: &mut dyn Observer,
    stop: &StopSignal,
) -> Result<FreshDone, FreshError> {
    if let Some(backup) = options.backup {
        backup.check().map_err(RunError::from)?;
    }
    let opened = open(target).await?;
    let (locked, actor) = take_to_write(target, (options.actor, options.wait), opened, observer, stop).await?;
    let result = take_away(target, options, &actor, &locked, observer, stop).await;
    locked.release().await;
    result
}

async fn take_away(
    target: &Target,
    options: &FreshOptions<'_>,
    actor: &str,
    locked: &Locked,
    observer: &mut dyn Observer,
    stop: &StopSignal,
) -> Result<FreshDone, FreshError> {
    let (session, history) = (&locked.worker, &target.history_schema);
    let others = other_services(session, target.history(), options.services).await?;
    if !others.is_empty() {
        return Err(FreshError::Shared(others));
    }
    let Plan { statements, kept } = plan(session, history).await?;
    let (tables, rows) = count(session, history).await?;
    let mut detail = json!({ "tables": tables.len(), "rows": rows });
    let saved = match options.backup {
        Some(backup) => backup.make_of_all(session, target, tables, observer, stop).await.map_err(RunError::from)?,
        None => None,
    };
    if let (Some(saved), Some(detail)) = (&saved, detail.as_object_mut()) {
        detail.insert("backup".to_owned(), json!(saved.file.display().to_string()));
    }
    let event = event(target, options, actor, locked.clock, &detail);
    let patience = target.retry.patience.as_millis().clamp(1, i32::MAX as u128);
    let mut sql = vec!["BEGIN".to_owned(), format!("SET LOCAL lock_timeout = {patience}")];
    sql.extend(locked.lease.as_ref().map(crate::lock::Lease::fence));
    sql.extend(statements);
    sql.extend(target.owner_role.as_ref().map(|role| format!("SET LOCAL ROLE {role}")));
    sql.extend(forget_all(history));
    sql.push(append_event(history, &locked.history.last, &event, Prepared::No).0);
    sql.push("COMMIT".to_owned());
    if let Err(failure) = session.flight(&sql.join(";\n")).await {
        // A connection that is lost has taken it back already.
        let _ = session.flight("ROLLBACK").await;
        return Err(failure.error.into());
    }
    Ok(FreshDone { kept, saved })
}

fn event(
    target: &Target,
    options: &FreshOptions<'_>,
    actor: &str,
    clock: ServerClock,
    detail: &serde_json::Value,
) -> EventRecord {
    EventRecord {
        service: target.service.clone(),
        at: clock.now(),
        kind: EVENT.to_owned(),
        version: None,
        name: None,
        checksum: None,
        actor: actor.to_owned(),
        reason: options.reason.map(str::to_owned),
        detail: Some(detail.to_string()),
    }
}

async fn other_services(
    session: &Session,
    place: HistoryPlace<'_>,
    services: &[String],
) -> Result<Vec<String>, ServerError> {
    let known: Vec<String> = services.iter().map(|service| Literal(service).to_string()).collect();
    let sql = format!(
        "SELECT DISTINCT service FROM {}.migration WHERE service <> ALL (ARRAY[{}]::text[]) ORDER BY 1",
        place.schema,
        known.join(", ")
    );
    texts(session, &sql).await
}

/// What is sent, and what is left alone.
struct Plan {
    statements: Vec<String>,
    kept: Vec<String>,
}

async fn plan(session: &Session, history: &Identifier) -> Result<Plan, FreshError> {
    let rows = session.query(&filled(STATEMENTS_SQL, history), &[]).await?;
    let mut plan = Plan { statements: Vec::new(), kept: Vec::new() };
    for row in rows {
        let text: String = row.get(1);
        match row.get::<_, &str>(0) {
            "run" => plan.statements.push(text),
            "refuse" => return Err(FreshError::ForeignExtension(text)),
            _ => plan.kept.push(text),
        }
    }
    Ok(plan)
}

async fn texts(session: &Session, sql: &str) -> Result<Vec<String>, ServerError> {
    Ok(session.query(sql, &[]).await?.iter().map(|row| row.get(0)).collect())
}

fn filled(sql: &str, history: &Identifier) -> String {
    sql.replace("{history}", &Literal(history.as_str()).to_string())
}
