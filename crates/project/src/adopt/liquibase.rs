//! Liquibase: a row for each changeset, many of which may stand in one file.

use limosa_syntax::Diagnostic;

use super::table::{Holds, Shape};
use super::tool::{Reading, Tool};
use super::{EntrySource, ImpossibleRow, OldEntry, SeenTable};

pub(super) struct Liquibase;

impl Tool for Liquibase {
    fn usual_names(&self) -> &'static [&'static str] {
        &["databasechangelog"]
    }

    fn shape(&self) -> Shape {
        Shape {
            required: &[
                ("id", Holds::Text),
                ("author", Holds::Text),
                ("filename", Holds::Text),
                ("dateexecuted", Holds::Time),
                ("orderexecuted", Holds::Number),
                ("exectype", Holds::Text),
                ("md5sum", Holds::Text),
            ],
            optional: &[
                ("description", Holds::Text),
                ("comments", Holds::Text),
                ("tag", Holds::Text),
                ("liquibase", Holds::Text),
                ("contexts", Holds::Text),
                ("labels", Holds::Text),
                ("deployment_id", Holds::Text),
            ],
        }
    }

    fn belongs(&self, table: &SeenTable, other: &SeenTable) -> bool {
        other.is_beside(table) && other.has("lockgranted") && other.has("lockedby") && other.has("locked")
    }

    fn order(&self) -> &'static [&'static str] {
        &["orderexecuted"]
    }

    fn read(&self, reading: &mut Reading<'_>) -> Result<Vec<OldEntry>, ImpossibleRow> {
        for (lock, rows) in reading.beside {
            let held = rows.iter().find(|row| row.boolean("locked").is_ok_and(|locked| locked));
            if let Some(row) = held {
                let by = row.optional_text("lockedby").unwrap_or("somebody");
                reading.problems.push(
                    Diagnostic::error("old-lock", format!("`{}` is locked by {by}", lock.shown())).with_help(
                        "see that no run of Liquibase is at it, then give the lock back with `liquibase release-locks`",
                    ),
                );
            }
        }
        let mut entries = Vec::new();
        for row in reading.rows {
            let (id, author, file) = (row.text("id")?, row.text("author")?, row.text("filename")?);
            // A changelog's changesets are no files of their own, so none of them can be run from here again.
            let source = EntrySource::Code { path: Some(file.to_owned()), runs: None, after: None };
            let mut entry = OldEntry::applied(format!("{file}::{id}::{author}"), source).at(row.time("dateexecuted"));
            entry.applied_by = Some(author.to_owned());
            if let Some(sum) = row.optional_text("md5sum") {
                entry = entry.with_checksum("md5", sum, None);
            }
            entries.push(entry);
        }
        Ok(entries)
    }
}
