//! Where a target stands. Reads only.

use limosa_catalog::ServerVersion;
use limosa_postgres::Session;
use limosa_project::{AppliedMigration, MigrationSet, OrderPolicy, Version, VersionMove};
use limosa_syntax::Diagnostic;

use crate::aside::{AsideSeen, see};
use crate::consumers::Present;
use crate::event::Direction;
use crate::history::{History, HistoryRow, RowState, read_stored_sql};
use crate::online::OnlineSeen;
use crate::pending::{Pending, PendingJob, applied, pending, resume_is_safe};
use crate::prepare::Backfills;
use crate::put_right::{Foreseen, foresee};
use crate::run_error::RunError;
use crate::target::{Target, open};
use crate::up::Extent;

/// What is known of one target.
#[derive(Debug)]
pub struct TargetStatus<'s> {
    /// The service.
    pub service: String,
    /// The database as people name it.
    pub database: String,
    /// The server's version, such as 18.1; `None` where the database is yet to be made.
    pub server: Option<String>,
    /// The files that count for this database: the archive's, where a baseline replaces some that it has not run yet.
    pub files: &'s MigrationSet,
    /// What the history holds.
    pub history: History,
    /// What `up` would apply, in order; empty where problems stand in the way.
    pub pending: Vec<PendingJob<'s>>,
    /// What was set aside and is kept, oldest first.
    pub asides: Vec<AsideSeen>,
    /// What the next run puts right before anything else; `history` is as it will be then.
    pub renumbering: Vec<VersionMove>,
    /// Online changes that have not come to their end, oldest first.
    pub online: Vec<OnlineSeen>,
    /// What stands in the way.
    pub problems: Vec<Diagnostic>,
    /// What is worth knowing and stops nothing.
    pub warnings: Vec<Diagnostic>,
}

impl<'s> TargetStatus<'s> {
    /// The part of what is pending that a run of this extent would apply.
    ///
    /// # Errors
    /// A version to stop at that no file has.
    pub fn restricted(self, extent: &Extent) -> Result<Vec<PendingJob<'s>>, RunError> {
        Pending { jobs: self.pending, warnings: Vec::new() }.restricted(extent, self.files).map(|pending| pending.jobs)
    }

    /// Where the database stands, for the queries of applications.
    #[must_use]
    pub fn present(&self) -> Present {
        let pending: Vec<Version> = self.pending.iter().filter_map(|job| job.version.parse().ok()).collect();
        let open = self.online.iter().map(|seen| &seen.record).filter(|record| record.direction == Direction::Up);
        let open = open.filter_map(|record| record.version.parse().ok());
        let open = open.filter(|version| !pending.contains(version)).collect();
        Present { pending, open }
    }

    /// What is in effect or begun, in the words in which files are compared with it.
    #[must_use]
    pub fn applied(&self) -> Vec<AppliedMigration> {
        applied(&self.history, &|_| None)
    }

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
    let status = status_of(&opened.session, opened.version, opened.history, target, set, order).await;
    opened.session.close().await;
    status
}

/// Where a target stands whose history was read.
pub(crate) async fn status_of<'s>(
    session: &Session,
    version: ServerVersion,
    mut history: History,
    target: &Target,
    set: &'s MigrationSet,
    order: OrderPolicy,
) -> Result<TargetStatus<'s>, RunError> {
    let running: Vec<String> =
        history.rows.iter().filter(|row| row.state == RowState::Running).map(|row| row.version.clone()).collect();
    let mut stored =
        if running.is_empty() { Vec::new() } else { read_stored_sql(session, target.history(), &running).await? };
    let Foreseen { set, moves, told, problems } = foresee(&target.service, set, &mut history)?;
    for stored in &mut stored {
        if let Some(it) = moves.iter().find(|it| it.from == stored.version) {
            stored.version = it.to.to_string();
        }
    }
    let decided =
        pending(set, &history, order, target.backfills, &|row| resume_is_safe(set, row, &stored, target.backfills));
    let asides = if history.format.is_some() { see(session, target.history()).await? } else { Vec::new() };
    let online = match history.format {
        Some(_) => crate::online::see(session, target, &history).await?,
        None => Vec::new(),
    };
    let mut status =
        of_decision(target.service.clone(), target.database(), Some(version.to_string()), set, history, decided)?;
    status.warnings.extend(told);
    status.problems.extend(problems);
    Ok(TargetStatus { asides, online, renumbering: moves, ..status })
}

/// Where a target stands whose database is yet to be made: all of its migrations are pending.
///
/// # Errors
/// None that comes from files; problems with the migrations are part of the status.
pub fn status_before_creation<'s>(
    service: &str,
    database: &str,
    set: &'s MigrationSet,
    order: OrderPolicy,
) -> Result<TargetStatus<'s>, RunError> {
    let history = History::absent();
    let decided = pending(set, &history, order, Backfills::InBatches, &|_| None);
    of_decision(service.to_owned(), database.to_owned(), None, set, history, decided)
}

fn of_decision<'s>(
    service: String,
    database: String,
    server: Option<String>,
    set: &'s MigrationSet,
    history: History,
    decided: Result<Pending<'s>, RunError>,
) -> Result<TargetStatus<'s>, RunError> {
    let (pending, mut warnings, problems) = match decided {
        Ok(decided) => (decided.jobs, decided.warnings, Vec::new()),
        Err(RunError::Problems(problems)) => (Vec::new(), Vec::new(), problems),
        Err(error) => return Err(error),
    };
    warnings.extend(set.warnings.iter().cloned());
    let (asides, online, renumbering) = (Vec::new(), Vec::new(), Vec::new());
    Ok(TargetStatus {
        service,
        database,
        server,
        files: set,
        history,
        pending,
        asides,
        online,
        renumbering,
        problems,
        warnings,
    })
}
