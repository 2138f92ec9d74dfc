//! What each repair changes in the history, and what the log says of it. Pure.

use limosa_catalog::{Identifier, Literal};
use limosa_project::Migration;
use serde_json::{Value, json};

use super::{Repair, Settled};
use crate::history::{self, History, HistoryRow, MigrationRecord, RowState};
use crate::run_error::RunError;

/// The migration that a repair is about, with the texts that its row is to hold.
///
/// # Errors
/// The history is not any more what was looked at.
pub(super) fn about<'a>(
    service: &'a str,
    history: &'a History,
    repair: &Repair<'a>,
) -> Result<Option<MigrationRecord<'a>>, RunError> {
    let row = |version: &str, fits: &dyn Fn(&HistoryRow) -> bool| {
        let is_it = |row: &&HistoryRow| !row.repeatable && row.version == version && fits(row);
        history.rows.iter().find(is_it).ok_or(RunError::ChangedMeanwhile)
    };
    let known = |row: &'a HistoryRow| MigrationRecord::of_row(service, row);
    Ok(match repair {
        Repair::AcceptEdit { migration, was, .. } => {
            let same_version = |row: &&HistoryRow| {
                !row.repeatable
                    && row.checksum == *was
                    && row.version.parse::<limosa_project::Version>().is_ok_and(|version| version == migration.version)
            };
            let row = history.rows.iter().find(same_version).ok_or(RunError::ChangedMeanwhile)?;
            Some(with_texts(known(row), migration))
        }
        Repair::Restore { version: Some(version), .. } => Some(known(row(version, &|_| true)?)),
        Repair::Resolve { version, migration, .. } => {
            let record = known(row(version, &|row| row.state != RowState::Applied)?);
            Some(migration.map_or(record, |migration| with_texts(record, migration)))
        }
        Repair::Restore { version: None, .. } | Repair::AcceptSeed { .. } => None,
    })
}

/// The same row with the texts of a file.
fn with_texts<'a>(record: MigrationRecord<'a>, migration: &'a Migration) -> MigrationRecord<'a> {
    MigrationRecord {
        name: migration.name.as_str(),
        up: migration.up.text(),
        down: migration.down.as_ref().map(|down| down.text()),
        path: &migration.up.source.path,
        ..record
    }
}

/// The changes, in order.
pub(super) fn statements(
    schema: &Identifier,
    service: &str,
    history: &History,
    record: Option<&MigrationRecord<'_>>,
    repair: &Repair<'_>,
) -> Vec<String> {
    let is_reverting =
        |record: &MigrationRecord<'_>| history.row(record.version).is_some_and(|row| row.state == RowState::Reverting);
    match (repair, record) {
        (Repair::AcceptEdit { migration, .. }, Some(record)) => {
            vec![history::accept_edit(schema, record, &migration.checksum.to_string())]
        }
        (Repair::Resolve { settled: Settled::Applied, migration, .. }, Some(record)) => {
            let text = migration.map(|it| history::accept_edit(schema, record, &it.checksum.to_string()));
            // A way back that was begun leaves a migration that was applied long ago.
            let was_applied = is_reverting(record);
            let settled = if was_applied {
                history::not_begun(schema, record, true)
            } else {
                history::finish_stages(schema, record)
            };
            text.into_iter().chain([settled]).collect()
        }
        (Repair::Resolve { settled: Settled::NotApplied, .. }, Some(record)) => {
            vec![history::delete_row(schema, record)]
        }
        (Repair::AcceptSeed { name, checksum }, _) => vec![format!(
            "UPDATE {schema}.seed SET checksum = {} WHERE service = {} AND name = {}",
            Literal(checksum),
            Literal(service),
            Literal(name)
        )],
        _ => Vec::new(),
    }
}

/// What the log says of it, for programs.
pub(super) fn detail(repair: &Repair<'_>) -> Value {
    match repair {
        Repair::AcceptEdit { migration, was, proven } => json!({
            "repair": "accept", "was": was, "is": migration.checksum.to_string(), "proven": proven,
        }),
        Repair::Restore { files, source, .. } => json!({ "repair": "restore", "files": files, "source": source }),
        Repair::Resolve { settled, found, .. } => json!({
            "repair": "resolve",
            "settled": match settled {
                Settled::Applied => "applied",
                Settled::NotApplied => "not-applied",
            },
            "in_effect": found.there, "missing": found.missing,
        }),
        Repair::AcceptSeed { name, checksum } => json!({ "repair": "accept", "seed": name, "is": checksum }),
    }
}
