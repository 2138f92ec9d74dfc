//! The histories in a service's database, read with the files of their tools.

use std::path::PathBuf;

use limosa_engine::{OldHistories, OldTable, ScriptVerdict, old_histories};
use limosa_project::{EntrySource, OldHistory, OldState, ToolFiles, candidate_folders};
use limosa_syntax::Diagnostic;

use super::{Adopt, Place};
use crate::failure::Failure;

/// What was found in one database.
pub(super) struct Found {
    /// The tables and their rows.
    pub(super) old: OldHistories,
    /// What they mean, table by table.
    pub(super) histories: Vec<OldHistory>,
    /// What was found out about each script that was run by hand.
    pub(super) scripts: Vec<(String, ScriptVerdict)>,
}

/// Looks at the target, and at the folders in which its old tools may have their files.
pub(super) async fn look(place: &Place<'_>, adopt: &Adopt) -> Result<Found, Failure> {
    let old = old_histories(&place.target, &adopt.tables, adopt.tool).await?;
    let folders = if adopt.folders.is_empty() {
        candidate_folders(place.project, place.part.service)
    } else {
        adopt.folders.clone()
    };
    let mut read: Vec<(PathBuf, ToolFiles)> = Vec::new();
    for folder in folders {
        let path = place.project.path(&folder);
        if !path.is_dir() {
            let message = format!("`{}` is no folder", folder.display());
            return Err(Failure::usage("no-folder", message, "`--files` names a folder of the project"));
        }
        let shown = folder.to_string_lossy().replace('\\', "/");
        let shown = shown.trim_start_matches("./").trim_end_matches('/');
        let (files, warnings) = ToolFiles::read(&path, if shown.is_empty() { "." } else { shown });
        // Whatever else lies in a folder that was only looked at is not worth a word.
        if !adopt.folders.is_empty() {
            place.invocation.warn(&warnings);
        }
        read.push((folder, files));
    }
    let mut histories: Vec<OldHistory> = old.tables.iter().map(|table| best(table, &read)).collect();
    if adopt.print_sql {
        super::printed::ask(place, &mut histories)?;
    }
    let mut found = Found { old, histories, scripts: Vec::new() };
    found.move_problems();
    Ok(found)
}

/// The reading in which most rows have a file.
fn best(table: &OldTable, folders: &[(PathBuf, ToolFiles)]) -> OldHistory {
    let readings = folders.iter().map(|(_, files)| table.read(files));
    let mut best: Option<(usize, OldHistory)> = None;
    for reading in readings {
        let met = with_file(&reading);
        if best.as_ref().is_none_or(|(most, _)| met > *most) {
            best = Some((met, reading));
        }
    }
    best.map_or_else(|| table.read(&ToolFiles::default()), |(_, reading)| reading)
}

fn with_file(history: &OldHistory) -> usize {
    let has_file =
        |source: &EntrySource| matches!(source, EntrySource::Sql(_) | EntrySource::Code { path: Some(_), .. });
    let applied = history.entries.iter().filter(|entry| entry.state != OldState::Pending);
    applied.filter(|entry| has_file(&entry.source)).count()
}

impl Found {
    /// What was wrong with tables stands with the first history, so that it is told once and stops what it must.
    fn move_problems(&mut self) {
        if let Some(first) = self.histories.first_mut() {
            let problems: Vec<Diagnostic> = std::mem::take(&mut self.old.problems);
            first.problems.splice(0..0, problems);
        }
    }
}
