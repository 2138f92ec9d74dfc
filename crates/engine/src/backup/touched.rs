//! Which tables scripts touch.

use std::collections::BTreeSet;

use limosa_catalog::{QualifiedName, ServerMajor};
use limosa_plan::Execution;
use limosa_plan::lock::{Known, LockMode, LockedRelation, StatementLocks};
use limosa_project::{MigrationSet, OrderPolicy};
use limosa_syntax::Command;

use super::error::BackupError;
use super::selection::TableSelection;
use crate::plan::{plan, schemas};
use crate::run_error::RunError;
use crate::target::{Target, connect};
use crate::up::Extent;

/// A script, as it is run.
pub(crate) struct TouchingScript<'a> {
    /// Its statements.
    pub(crate) execution: &'a Execution,
    /// Its text.
    pub(crate) text: &'a str,
}

/// The tables whose rows or columns scripts may change: those that they lock as only a change does. Where a statement
/// may do more than can be told (`DO`, a function), all tables.
pub(super) fn touched<'a>(
    scripts: impl Iterator<Item = TouchingScript<'a>>,
    mut known: Known,
    major: ServerMajor,
) -> TableSelection {
    let mut found: BTreeSet<QualifiedName> = BTreeSet::new();
    for script in scripts {
        for step in script.execution.steps() {
            let command = Command::of(step.span.of(script.text));
            let locks = StatementLocks::of(&command, &known, major);
            if locks.more {
                return TableSelection::All;
            }
            for lock in &locks.locks {
                // The locks between are those of indexes, foreign keys and triggers, which change no row.
                if matches!(lock.mode, LockMode::RowExclusive | LockMode::Exclusive | LockMode::AccessExclusive) {
                    let (LockedRelation::Named(name) | LockedRelation::TableOf(name)) = &lock.relation;
                    found.insert(name.clone());
                }
            }
            known.apply(&command);
        }
    }
    TableSelection::Touched(found)
}

/// The tables that the pending migrations of a target touch.
///
/// # Errors
/// See [`BackupError`].
pub async fn touched_tables(
    target: &Target,
    set: &MigrationSet,
    order: OrderPolicy,
    extent: &Extent,
) -> Result<TableSelection, BackupError> {
    let planned = plan(target, set, order, extent).await?;
    let session = connect(target).await?;
    let looked = async {
        let facts = session.facts().await.map_err(RunError::from)?;
        let catalog = crate::snapshot::read(&session, target).await?;
        let known = Known::of_catalog(&catalog, schemas(&session, target).await?);
        let scripts = planned.jobs.iter().map(|planned| TouchingScript {
            execution: &planned.job.prepared.execution,
            text: &planned.job.up.source.text,
        });
        Ok(touched(scripts, known, facts.version.major()))
    }
    .await;
    session.close().await;
    looked
}
