//! Where a target stands. Reads only.

use limosa_project::{MigrationSet, OrderPolicy};
use limosa_syntax::Diagnostic;

use crate::history::{History, HistoryRow, RowState, read_stored_sql};
use crate::pending::{PendingJob, pending, resume_is_safe};
use crate::run_error::RunError;
use crate::target::{Target, open};

/// What is known of one target.
#[derive(Debug)]
pub struct TargetStatus<'s> {
    /// The service.
    pub service: String,
    /// The database as people name it.
    pub database: String,
    /// The server's version, such as 18.1.
    pub server: String,
    /// What the history holds.
    pub history: History,
    /// What `up` would apply, in order; empty where problems stand in the way.
    pub pending: Vec<PendingJob<'s>>,
    /// What stands in the way.
    pub problems: Vec<Diagnostic>,
    /// What is worth knowing and stops nothing.
    pub warnings: Vec<Diagnostic>,
}

impl TargetStatus<'_> {
    /// The newest migration in effect.
    #[must_use]
    pub fn newest(&self) -> Option<&HistoryRow> {
        let parse = |row: &&HistoryRow| row.version.parse::<limosa_project::Version>().ok();
        self.history
            .rows
            .iter()
            .filter(|row| !row.repeatable && row.state == RowState::Applied)
            .max_by(|a, b| parse(a).cmp(&parse(b)))
    }

    /// A migration that was begun, up or down, and not finished.
    #[must_use]
    pub fn unfinished(&self) -> Option<&HistoryRow> {
        self.history.rows.iter().find(|row| row.state != RowState::Applied)
    }
}

/// Looks at a target: one connection, one round trip (two where something is unfinished). Writes nothing.
///
/// # Errors
/// What keeps the target from being read at all; problems with its migrations are part of the status.
pub async fn status<'s>(
    target: &Target,
    set: &'s MigrationSet,
    order: OrderPolicy,
) -> Result<TargetStatus<'s>, RunError> {
    let opened = open(target).await?;
    let running: Vec<String> = opened
        .history
        .rows
        .iter()
        .filter(|row| row.state == RowState::Running)
        .map(|row| row.version.clone())
        .collect();
    let stored = if running.is_empty() {
        Vec::new()
    } else {
        read_stored_sql(&opened.session, &target.history_schema, &target.service, &running).await?
    };
    opened.session.close().await;
    let decided = pending(set, &opened.history, order, &|row| resume_is_safe(set, row, &stored));
    let (pending, mut warnings, problems) = match decided {
        Ok(decided) => (decided.jobs, decided.warnings, Vec::new()),
        Err(RunError::Problems(problems)) => (Vec::new(), Vec::new(), problems),
        Err(error) => return Err(error),
    };
    warnings.extend(set.warnings.iter().cloned());
    Ok(TargetStatus {
        service: target.service.clone(),
        database: target.database(),
        server: opened.version.to_string(),
        history: opened.history,
        pending,
        problems,
        warnings,
    })
}
