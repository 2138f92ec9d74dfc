//! Rails: a row for each version; the migrations are Ruby.

use super::dbmate::digits;
use super::table::{Holds, Shape};
use super::tool::{Reading, Tool};
use super::{EntrySource, ImpossibleRow, OldEntry, SeenTable};
use crate::LayoutName;

pub(super) struct Rails;

/// Whether a table is the one that Rails keeps beside its history.
pub(super) fn is_metadata(other: &SeenTable, table: &SeenTable) -> bool {
    other.is_beside(table) && ["key", "value", "created_at", "updated_at"].iter().all(|column| other.has(column))
}

impl Tool for Rails {
    fn usual_names(&self) -> &'static [&'static str] {
        &["schema_migrations"]
    }

    fn shape(&self) -> Shape {
        Shape { required: &[("version", Holds::Text)], optional: &[] }
    }

    fn fits_among(&self, table: &SeenTable, all: &[SeenTable]) -> bool {
        all.iter().any(|other| is_metadata(other, table))
    }

    fn belongs(&self, table: &SeenTable, other: &SeenTable) -> bool {
        is_metadata(other, table)
    }

    fn order(&self) -> &'static [&'static str] {
        &["version"]
    }

    fn read(&self, reading: &mut Reading<'_>) -> Result<Vec<OldEntry>, ImpossibleRow> {
        let files = reading.files.entries(LayoutName::Rails);
        let number = |stem: &str| stem.split('_').next().unwrap_or_default().trim_start_matches('0').to_owned();
        let mut programs: Vec<_> = reading.files.with_ending(&[".rb"]).collect();
        let mut entries = Vec::new();
        for row in reading.rows {
            let version = digits(row)?;
            let wanted = version.trim_start_matches('0');
            if let Some(at) = programs.iter().position(|(_, stem)| number(stem) == wanted) {
                let (file, _) = programs.swap_remove(at);
                entries.push(OldEntry::applied(version, reading.code(Some(&file.path))));
            } else {
                let sql = files.iter().find(|file| file.version.as_str().trim_start_matches('0') == wanted);
                entries.push(OldEntry::applied(version, reading.sql(sql)));
            }
        }
        programs.retain(|(_, stem)| stem.starts_with(|c: char| c.is_ascii_digit()));
        programs.sort_by(|a, b| a.1.cmp(b.1));
        let source = |path: &str| EntrySource::Code { path: Some(reading.files.shown(path)), runs: None, after: None };
        entries.extend(programs.iter().map(|(file, stem)| OldEntry::pending(*stem, source(&file.path))));
        Ok(entries)
    }
}
