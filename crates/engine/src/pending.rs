//! What is to be applied: files against history, decided without touching anything.

use limosa_plan::{Execution, repeatable_order};
use limosa_project::{
    AppliedMigration, AppliedState, Checksum, Identity, MigrationName, MigrationSet, OrderPolicy, Script,
    TransactionMode, Version, reconcile,
};
use limosa_syntax::Diagnostic;

use crate::history::{History, HistoryRow, RowState, StoredSql};
use crate::prepare::{Backfills, Prepared, prepare};
use crate::run_error::RunError;
use crate::up::Extent;

/// One migration that is to be applied.
#[derive(Debug)]
pub struct PendingJob<'s> {
    /// The version as the file spells it; a repeatable object's name.
    pub version: String,
    /// Whether it is a repeatable object.
    pub repeatable: bool,
    /// The name.
    pub name: &'s str,
    /// The checksum in hexadecimal.
    pub checksum: String,
    /// The up script.
    pub up: &'s Script,
    /// The down script.
    pub down: Option<&'s Script>,
    /// Its statements, and how they are run.
    pub prepared: Prepared,
    /// Its row, where it was begun and not finished.
    pub unfinished: Option<HistoryRow>,
    /// Its parsed version, where it has one.
    order: Option<Version>,
}

impl PendingJob<'_> {
    /// `versioned` or `repeatable`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        if self.repeatable { "repeatable" } else { "versioned" }
    }
}

/// All that is to be applied to a target, in order.
#[derive(Debug)]
pub struct Pending<'s> {
    /// In the order in which they run.
    pub jobs: Vec<PendingJob<'s>>,
    /// What is worth knowing and stops nothing.
    pub warnings: Vec<Diagnostic>,
}

/// The history in the project's words. Rows that no version can be read from cannot have come from a file, and are
/// shown as they are by `status`.
pub(crate) fn applied(
    history: &History,
    accept_edit: &dyn Fn(&HistoryRow) -> Option<Checksum>,
) -> Vec<AppliedMigration> {
    let convert = |row: &HistoryRow| {
        let identity = if row.repeatable {
            Identity::Repeatable(MigrationName::new(&row.version).ok()?)
        } else {
            Identity::Version(row.version.parse().ok()?)
        };
        Some(AppliedMigration {
            identity,
            name: MigrationName::new(&row.name).ok()?,
            checksum: accept_edit(row).or_else(|| row.checksum.parse().ok()),
            state: match row.state {
                RowState::Applied | RowState::Reverting => AppliedState::Applied,
                RowState::Running => AppliedState::Running { done: row.position },
            },
        })
    };
    history.rows.iter().filter_map(convert).collect()
}

/// Decides what is pending.
///
/// # Errors
/// Everything that is wrong, together: with the order, the sum file, edited and missing files, and with the statements
/// of each pending file.
pub(crate) fn pending<'s>(
    set: &'s MigrationSet,
    history: &History,
    order: OrderPolicy,
    backfills: Backfills,
    may_resume: &dyn Fn(&HistoryRow) -> Option<Checksum>,
) -> Result<Pending<'s>, RunError> {
    let found = reconcile(set, &applied(history, may_resume), order);
    let (mut errors, mut warnings): (Vec<_>, Vec<_>) = found.problems.into_iter().partition(Diagnostic::is_error);
    let mut jobs = Vec::new();
    let unfinished = found.unfinished.iter().filter_map(|unfinished| unfinished.migration);
    for index in unfinished.chain(found.pending.iter().copied()) {
        let migration = &set.migrations[index];
        match prepare(&migration.up, migration.transaction, backfills) {
            Ok(prepared) => {
                warnings.extend(prepared.warnings.iter().cloned());
                let row = history.rows.iter().find(|row| {
                    row.state == RowState::Running
                        && row.version.parse::<Version>().is_ok_and(|v| v == migration.version)
                });
                jobs.push(PendingJob {
                    version: row.map_or_else(|| migration.version.to_string(), |row| row.version.clone()),
                    repeatable: false,
                    name: migration.name.as_str(),
                    checksum: migration.checksum.to_string(),
                    up: &migration.up,
                    down: migration.down.as_ref(),
                    prepared,
                    unfinished: row.cloned(),
                    order: Some(migration.version.clone()),
                });
            }
            Err(problems) => errors.extend(problems),
        }
    }
    match repeatables(set, &found.pending_repeatables, backfills) {
        Ok(repeatables) => {
            warnings.extend(repeatables.iter().flat_map(|job| job.prepared.warnings.iter().cloned()));
            jobs.extend(repeatables);
        }
        Err(problems) => errors.extend(problems),
    }
    if errors.is_empty() { Ok(Pending { jobs, warnings }) } else { Err(RunError::Problems(errors)) }
}

fn repeatables<'s>(
    set: &'s MigrationSet,
    pending: &[usize],
    backfills: Backfills,
) -> Result<Vec<PendingJob<'s>>, Vec<Diagnostic>> {
    let files: Vec<(&str, &str)> =
        pending.iter().map(|index| &set.repeatables[*index]).map(|file| (file.name.as_str(), file.up.text())).collect();
    let order = repeatable_order(&files).map_err(|cycle| {
        vec![
            Diagnostic::error("repeatable-cycle", cycle.to_string())
                .with_help("make one of them a versioned migration, or put those that need each other into one file"),
        ]
    })?;
    let (mut jobs, mut errors) = (Vec::new(), Vec::new());
    for index in order {
        let file = &set.repeatables[pending[index]];
        match prepare(&file.up, file.transaction, backfills) {
            Ok(prepared)
                if matches!(prepared.execution, Execution::Staged(_)) && file.transaction != TransactionMode::Off =>
            {
                errors.push(
                    Diagnostic::error("repeatable-in-stages", format!("`{}` cannot run in one transaction", file.path))
                        .in_file(&file.up.source)
                        .with_help("a repeatable object runs as a whole or not at all; make it a versioned migration"),
                );
            }
            Ok(prepared) => jobs.push(PendingJob {
                version: file.name.to_string(),
                repeatable: true,
                name: file.name.as_str(),
                checksum: file.checksum.to_string(),
                up: &file.up,
                down: None,
                prepared,
                unfinished: None,
                order: None,
            }),
            Err(problems) => errors.extend(problems),
        }
    }
    if errors.is_empty() { Ok(jobs) } else { Err(errors) }
}

impl<'s> Pending<'s> {
    /// The part that was asked for. What stops short of the end leaves repeatable objects alone: they belong to the
    /// newest schema.
    ///
    /// # Errors
    /// A version to stop at that no file has.
    pub fn restricted(mut self, extent: &Extent, set: &MigrationSet) -> Result<Self, RunError> {
        match extent {
            Extent::All => {}
            Extent::To(version) => {
                if set.find(version).is_none() {
                    return Err(RunError::Problems(vec![
                        Diagnostic::error("unknown-version", format!("there is no migration with version {version}"))
                            .with_help("`limosa status -v` lists the versions"),
                    ]));
                }
                self.jobs.retain(|job| job.order.as_ref().is_some_and(|order| order <= version));
            }
            Extent::Steps(steps) => {
                self.jobs.retain(|job| job.order.is_some());
                self.jobs.truncate(*steps);
            }
        }
        Ok(self)
    }
}

/// Whether a migration that was begun and edited since can go on: what is done must not have changed. Gives the
/// checksum under which it then counts as unedited.
pub(crate) fn resume_is_safe(
    set: &MigrationSet,
    row: &HistoryRow,
    stored: &[StoredSql],
    backfills: Backfills,
) -> Option<Checksum> {
    if row.state != RowState::Running {
        return None;
    }
    let version: Version = row.version.parse().ok()?;
    let migration = set.find(&version)?;
    let before = stored.iter().find(|stored| stored.version == row.version)?;
    let was = Script::of_text(&migration.up.source.path, &before.up);
    same_so_far(&was, &migration.up, migration.transaction, backfills, row).then_some(migration.checksum)
}

/// Whether the stages that a row says are done are the same in two texts of a script.
pub(crate) fn same_so_far(
    was: &Script,
    now: &Script,
    mode: TransactionMode,
    backfills: Backfills,
    row: &HistoryRow,
) -> bool {
    // A stage that may be running counts as done until the catalog says otherwise.
    let done = row.position + usize::from(row.in_flight);
    if done == 0 {
        return true;
    }
    let stages_of = |script: &Script| -> Option<Vec<Vec<String>>> {
        let Execution::Staged(stages) = prepare(script, mode, backfills).ok()?.execution else { return None };
        let texts = |stage: &limosa_plan::Stage| -> Vec<String> {
            stage.steps().iter().map(|step| step.span.of(&script.source.text).replace("\r\n", "\n")).collect()
        };
        Some(stages.iter().map(texts).collect())
    };
    let (Some(was), Some(now)) = (stages_of(was), stages_of(now)) else { return false };
    was.len() >= done && now.get(..done) == was.get(..done)
}
