//! Atlas: a row for each version, which says how many of its statements are in effect.

mod chain;

use self::chain::Chains;
use super::table::{Holds, Shape};
use super::tool::{Reading, Tool};
use super::{ImpossibleRow, OldEntry, OldState};
use crate::LayoutName;
use crate::layout::Entry;

pub(super) struct Atlas;

/// A row that only says which project of Atlas Cloud it is.
const NO_VERSION: &str = ".atlas_cloud_identifier";
const BASELINE: i64 = 1;
const RESOLVED: i64 = 4;

impl Tool for Atlas {
    fn usual_names(&self) -> &'static [&'static str] {
        &["atlas_schema_revisions"]
    }

    fn shape(&self) -> Shape {
        Shape {
            required: &[
                ("version", Holds::Text),
                ("description", Holds::Text),
                ("type", Holds::Number),
                ("applied", Holds::Number),
                ("total", Holds::Number),
                ("executed_at", Holds::Time),
                ("hash", Holds::Text),
            ],
            optional: &[
                ("execution_time", Holds::Number),
                ("error", Holds::Text),
                ("error_stmt", Holds::Text),
                ("partial_hashes", Holds::Json),
                ("operator_version", Holds::Text),
            ],
        }
    }

    fn own_schemas(&self) -> &'static [&'static str] {
        &["atlas_schema_revisions"]
    }

    fn order(&self) -> &'static [&'static str] {
        &["version"]
    }

    fn read(&self, reading: &mut Reading<'_>) -> Result<Vec<OldEntry>, ImpossibleRow> {
        let files = reading.files.entries(LayoutName::Atlas);
        let versions: Vec<&str> = reading.rows.iter().filter_map(|row| row.optional_text("version")).collect();
        let has_row = |path: &str| files.iter().any(|file| file.up == path && versions.contains(&spelled(file)));
        let chains = Chains::of(reading.files, has_row);
        reading.problems.extend(chain::problem(reading.files));
        // A hash covers the files before as well: behind one that does not fit, nothing can be told.
        let mut can_tell = true;
        let mut entries: Vec<OldEntry> = Vec::new();
        for row in reading.rows.iter().filter(|row| row.optional_text("version") != Some(NO_VERSION)) {
            let version = row.text("version")?;
            let kind = row.number("type")?;
            let (applied, total) = (row.number("applied")?, row.number("total")?);
            let at = row.time("executed_at");
            if kind & BASELINE != 0 {
                // Its effect, and that of all before it, was there before Atlas.
                let covered = files.iter().filter(|file| spelled(file) <= version);
                entries.extend(covered.map(|file| OldEntry::applied(spelled(file), reading.sql(Some(file))).at(at)));
                continue;
            }
            let file = files.iter().find(|file| spelled(file) == version);
            let mut entry = OldEntry::applied(version, reading.sql(file)).at(at);
            let hash = row.text("hash")?;
            if !hash.is_empty() {
                let fits = file.map(|file| chains.lead_to(&file.up, hash)).filter(|fits| *fits || can_tell);
                can_tell &= fits == Some(true);
                entry = entry.with_checksum("sha-256 chain", hash, fits);
            }
            let error = row.optional_text("error").filter(|error| !error.is_empty());
            if kind & RESOLVED == 0 && (applied != total || error.is_some()) {
                entry.state = OldState::Failed {
                    why: format!(
                        "{applied} of its {total} statements are in effect: {}",
                        error.unwrap_or("broken off")
                    ),
                    settle: "let `atlas migrate apply` finish it, or settle it with `atlas migrate set`".to_owned(),
                };
            }
            entries.push(entry);
        }
        Ok(entries)
    }
}

fn spelled(file: &Entry) -> &str {
    file.spelled.as_deref().unwrap_or_else(|| file.version.as_str())
}
