//! Flyway: rows in the order in which things were done, some of which take earlier ones back.

use limosa_syntax::{Diagnostic, Severity};

use super::checksum::crc32_of_lines;
use super::table::{Holds, Shape};
use super::tool::{Reading, Tool};
use super::{EntrySource, ImpossibleRow, OldEntry, OldRow, OldState};
use crate::layout::Entry;
use crate::{LayoutName, Version};

pub(super) struct Flyway;

impl Tool for Flyway {
    fn usual_names(&self) -> &'static [&'static str] {
        &["flyway_schema_history", "schema_version"]
    }

    fn shape(&self) -> Shape {
        Shape {
            required: &[
                ("installed_rank", Holds::Number),
                ("version", Holds::Text),
                ("description", Holds::Text),
                ("type", Holds::Text),
                ("script", Holds::Text),
                ("checksum", Holds::Number),
                ("installed_by", Holds::Text),
                ("installed_on", Holds::Time),
                ("execution_time", Holds::Number),
                ("success", Holds::Boolean),
            ],
            optional: &[],
        }
    }

    fn order(&self) -> &'static [&'static str] {
        &["installed_rank"]
    }

    fn read(&self, reading: &mut Reading<'_>) -> Result<Vec<OldEntry>, ImpossibleRow> {
        let files = reading.files.entries(LayoutName::Flyway);
        let mut entries: Vec<(Option<Version>, OldEntry)> = Vec::new();
        for row in reading.rows {
            let kind = row.text("type")?;
            let version = version(row)?;
            match kind {
                "SCHEMA" => {}
                "UNDO_SQL" | "UNDO_SCRIPT" | "UNDO_JDBC" | "DELETE" => {
                    let undone = entries.iter().rposition(|(known, _)| version.is_some() && *known == version);
                    undone.map(|at| entries.remove(at));
                }
                "BASELINE" | "SQL_BASELINE" | "JDBC_BASELINE" | "SQL_STATE_SCRIPT" => {
                    entries.extend(covered_by_baseline(reading, &files, version.as_ref(), row));
                }
                _ => {
                    let entry = entry(reading, &files, row, version.as_ref())?;
                    // A repeatable one is on record as often as it has run; the last time counts.
                    entries.retain(|(_, known)| known.key != entry.key);
                    entries.push((version, entry));
                }
            }
        }
        Ok(entries.into_iter().map(|(_, entry)| entry).collect())
    }
}

fn version(row: &OldRow) -> Result<Option<Version>, ImpossibleRow> {
    let Some(text) = row.optional_text("version") else { return Ok(None) };
    Version::new(text.replace('_', ".")).map(Some).map_err(|_| row.impossible("version", "numbers joined by dots"))
}

fn entry(
    reading: &Reading<'_>,
    files: &[Entry],
    row: &OldRow,
    version: Option<&Version>,
) -> Result<OldEntry, ImpossibleRow> {
    let script = row.text("script")?;
    let path = match version {
        Some(version) => files.iter().find(|file| file.version == *version).map(|file| file.up.clone()),
        None => repeatable(reading, row.text("description")?, script),
    };
    let is_program = !script.ends_with(".sql");
    let source = match &path {
        Some(path) => EntrySource::Sql(vec![reading.files.shown(path)]),
        None if is_program => EntrySource::Code { path: None, runs: None, after: None },
        None => EntrySource::Gone { kept: None },
    };
    let key = version.map_or_else(|| script.to_owned(), ToString::to_string);
    let mut entry = OldEntry::applied(key, source).at(row.time("installed_on"));
    entry.applied_by = row.optional_text("installed_by").map(str::to_owned);
    if let Some(recorded) = row.optional_number("checksum") {
        let found = path.as_ref().and_then(|path| reading.files.text(path)).map(crc32_of_lines);
        let fits = found.map(|found| i64::from(found) == recorded);
        entry = entry.with_checksum("crc-32 of lines", &recorded.to_string(), fits);
        // A changed repeatable one is not edited: it is due again.
        if version.is_none() && fits == Some(false) {
            entry.state = OldState::Pending;
        }
    }
    if !row.boolean("success")? {
        entry.state = OldState::Failed {
            why: format!("Flyway has it as failed ({script})"),
            settle: "look at what of it is in the database, put that right, then run `flyway repair`".to_owned(),
        };
    }
    Ok(entry)
}

/// The file of a repeatable migration: that which the row names, or that of its description.
fn repeatable(reading: &Reading<'_>, description: &str, script: &str) -> Option<String> {
    let folder = reading.files.folder();
    if folder.file(script).is_some() {
        return Some(script.to_owned());
    }
    let wanted = format!("R__{}.sql", description.replace(' ', "_"));
    folder.sql().find(|file| file.path.rsplit('/').next() == Some(&wanted)).map(|file| file.path.clone())
}

/// A baseline stands for the files up to its version: their effect was there before Flyway.
fn covered_by_baseline(
    reading: &mut Reading<'_>,
    files: &[Entry],
    baseline: Option<&Version>,
    row: &OldRow,
) -> Vec<(Option<Version>, OldEntry)> {
    let Some(baseline) = baseline else { return Vec::new() };
    let covered: Vec<_> = files
        .iter()
        .filter(|file| file.version <= *baseline)
        .map(|file| {
            let source = EntrySource::Sql(vec![reading.files.shown(&file.up)]);
            let mut entry = OldEntry::applied(file.version.to_string(), source).at(row.time("installed_on"));
            entry.applied_by = row.optional_text("installed_by").map(str::to_owned);
            (Some(file.version.clone()), entry)
        })
        .collect();
    let message = format!("Flyway began at version {baseline}; {} files up to it count as in effect", covered.len());
    reading.problems.push(Diagnostic::new("old-baseline", Severity::Note, message));
    covered
}
