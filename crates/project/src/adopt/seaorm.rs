//! SeaORM: a row for each file of Rust.

use jiff::Timestamp;

use super::table::{Holds, Shape};
use super::tool::{Reading, Tool};
use super::{ImpossibleRow, OldEntry};

pub(super) struct SeaOrm;

impl Tool for SeaOrm {
    fn usual_names(&self) -> &'static [&'static str] {
        &["seaql_migrations"]
    }

    fn shape(&self) -> Shape {
        Shape { required: &[("version", Holds::Text), ("applied_at", Holds::Number)], optional: &[] }
    }

    fn order(&self) -> &'static [&'static str] {
        &["version"]
    }

    fn read(&self, reading: &mut Reading<'_>) -> Result<Vec<OldEntry>, ImpossibleRow> {
        let mut entries = Vec::new();
        for row in reading.rows {
            let version = row.text("version")?;
            let file = reading.files.with_ending(&[".rs"]).find(|(_, stem)| *stem == version);
            let at = row.optional_number("applied_at").and_then(|second| Timestamp::from_second(second).ok());
            entries.push(OldEntry::applied(version, reading.code(file.map(|(file, _)| file.path.as_str()))).at(at));
        }
        Ok(entries)
    }
}
