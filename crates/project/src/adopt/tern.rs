//! tern: one row with the number of files that are in effect.

use super::golang_migrate::{only_row, up_to};
use super::table::{Holds, Shape};
use super::tool::{Reading, Tool};
use super::{ImpossibleRow, OldEntry};
use crate::LayoutName;

pub(super) struct Tern;

impl Tool for Tern {
    fn usual_names(&self) -> &'static [&'static str] {
        &["schema_version"]
    }

    fn shape(&self) -> Shape {
        Shape { required: &[("version", Holds::Number)], optional: &[] }
    }

    fn order(&self) -> &'static [&'static str] {
        &["version"]
    }

    fn read(&self, reading: &mut Reading<'_>) -> Result<Vec<OldEntry>, ImpossibleRow> {
        let Some(row) = only_row(reading)? else { return Ok(Vec::new()) };
        let files = reading.files.entries(LayoutName::Tern);
        up_to(reading, &files, row.number("version")?, row)
    }
}
