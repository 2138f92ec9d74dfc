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
        let mut entries = Vec::new();
        for row in reading.rows {
            let (name, stamp) = (row.text("name")?, row.number("timestamp")?.to_string());
            if !name.ends_with(&stamp) {
                return Err(row.impossible("name", "a class whose name ends in its timestamp"));
            }
            let file = files.with_ending(ENDINGS).find(|(_, stem)| stem.starts_with(&stamp));
            let source = match file {
                Some((file, _)) => Program::parse(files.text(&file.path).unwrap_or_default()).source(files, &file.path),
                None => EntrySource::Gone { kept: None },
            };
            entries.push(OldEntry::applied(name, source));
        }
        Ok(entries)
    }
}
