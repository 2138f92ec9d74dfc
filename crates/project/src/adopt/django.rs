//! Django: a row for each app and file; the migrations are Python.

use super::table::{Holds, Shape};
use super::tool::{Reading, Tool};
use super::{EntrySource, ImpossibleRow, OldEntry};

pub(super) struct Django;

impl Tool for Django {
    fn usual_names(&self) -> &'static [&'static str] {
        &["django_migrations"]
    }

    fn shape(&self) -> Shape {
        Shape {
            required: &[("id", Holds::Number), ("app", Holds::Text), ("name", Holds::Text), ("applied", Holds::Time)],
            optional: &[],
        }
    }

    fn order(&self) -> &'static [&'static str] {
        &["applied", "id"]
    }

    fn read(&self, reading: &mut Reading<'_>) -> Result<Vec<OldEntry>, ImpossibleRow> {
        let mut programs: Vec<(String, String)> = Vec::new();
        for (file, name) in reading.files.with_ending(&[".py"]) {
            let app = file.path.rsplit('/').nth(2).unwrap_or_default();
            if file.path.rsplit('/').nth(1) == Some("migrations") && name != "__init__" {
                programs.push((format!("{app}.{name}"), file.path.clone()));
            }
        }
        let shown = |path: &str| reading.files.shown(path);
        let mut entries: Vec<OldEntry> = Vec::new();
        for row in reading.rows {
            let key = format!("{}.{}", row.text("app")?, row.text("name")?);
            // Apps that come with packages have their files there.
            let path = programs.iter().find(|(own, _)| *own == key).map(|(_, path)| shown(path));
            if !entries.iter().any(|known| known.key == key) {
                entries.push(
                    OldEntry::applied(key, EntrySource::Code { path, runs: None, after: None }).at(row.time("applied")),
                );
            }
        }
        for (key, path) in programs {
            if !entries.iter().any(|known| known.key == key) {
                let source = EntrySource::Code { path: Some(shown(&path)), runs: None, after: None };
                entries.push(OldEntry::pending(key, source));
            }
        }
        Ok(entries)
    }
}
