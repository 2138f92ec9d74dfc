//! TypeORM: a row for each class.

use super::javascript::{ENDINGS, Program};
use super::table::{Holds, Shape};
use super::tool::{Reading, Tool};
use super::{EntrySource, ImpossibleRow, OldEntry};

pub(super) struct TypeOrm;

impl Tool for TypeOrm {
    fn usual_names(&self) -> &'static [&'static str] {
        &["migrations"]
    }

    fn shape(&self) -> Shape {
        Shape { required: &[("id", Holds::Number), ("timestamp", Holds::Number), ("name", Holds::Text)], optional: &[] }
    }

    fn order(&self) -> &'static [&'static str] {
        &["timestamp", "id"]
    }

    fn read(&self, reading: &mut Reading<'_>) -> Result<Vec<OldEntry>, ImpossibleRow> {
        let files = reading.files;
        let source = |path: &str| Program::parse(files.text(path).unwrap_or_default()).source(files, path);
        let mut programs: Vec<_> = files.with_ending(ENDINGS).filter(|(_, stem)| is_stamped(stem)).collect();
        programs.sort_by(|a, b| a.1.cmp(b.1));
        let mut entries = Vec::new();
        for row in reading.rows {
            let (name, stamp) = (row.text("name")?, row.number("timestamp")?.to_string());
            if !name.ends_with(&stamp) {
                return Err(row.impossible("name", "a class whose name ends in its timestamp"));
            }
            let found = programs.iter().position(|(_, stem)| stem.starts_with(&stamp));
            let found = found.map(|at| programs.remove(at));
            let source = found.map_or(EntrySource::Gone { kept: None }, |(file, _)| source(&file.path));
            entries.push(OldEntry::applied(name, source));
        }
        entries.extend(programs.iter().map(|(file, stem)| OldEntry::pending(*stem, source(&file.path))));
        Ok(entries)
    }
}

/// Whether a file is called as TypeORM calls those that it makes: `1700000000000-Init`.
fn is_stamped(stem: &str) -> bool {
    let stamp = stem.split('-').next().unwrap_or_default();
    stamp.len() == 13 && stamp.bytes().all(|byte| byte.is_ascii_digit()) && !stem.ends_with(".d")
}
