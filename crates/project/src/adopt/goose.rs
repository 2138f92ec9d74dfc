//! goose: a row for each version, and in old versions one more for each step back.

use super::files::of_version;
use super::table::{Holds, Shape};
use super::tool::{Reading, Tool};
use super::{EntrySource, ImpossibleRow, OldEntry};
use crate::LayoutName;

pub(super) struct Goose;

impl Tool for Goose {
    fn usual_names(&self) -> &'static [&'static str] {
        &["goose_db_version"]
    }

    fn shape(&self) -> Shape {
        Shape {
            required: &[
                ("id", Holds::Number),
                ("version_id", Holds::Number),
                ("is_applied", Holds::Boolean),
                ("tstamp", Holds::Time),
            ],
            optional: &[],
        }
    }

    fn order(&self) -> &'static [&'static str] {
        &["id"]
    }

    fn read(&self, reading: &mut Reading<'_>) -> Result<Vec<OldEntry>, ImpossibleRow> {
        let files = reading.files.entries(LayoutName::Goose);
        let mut entries: Vec<OldEntry> = Vec::new();
        for row in reading.rows {
            let version = row.number("version_id")?;
            let key = version.to_string();
            // The newest row of a version counts.
            entries.retain(|entry| entry.key != key);
            // 0 marks the beginning.
            if version == 0 || !row.boolean("is_applied")? {
                continue;
            }
            let file = of_version(&files, &key);
            let source = match file {
                Some(file) => reading.sql(Some(file)),
                None => program(reading, &key),
            };
            entries.push(OldEntry::applied(key, source).at(row.time("tstamp")));
        }
        Ok(entries)
    }
}

/// A migration written in Go, by the number that its file begins with.
fn program(reading: &Reading<'_>, version: &str) -> EntrySource {
    let is_it = |stem: &str| {
        let digits = stem.split('_').next().unwrap_or_default().trim_start_matches('0');
        digits == version
    };
    let found = reading.files.with_ending(&[".go"]).find(|(_, stem)| is_it(stem));
    reading.code(found.map(|(file, _)| file.path.as_str()))
}
