//! Diesel: a row for each folder, by what stands before its first `_`.

use super::dbmate::digits;
use super::files::of_version;
use super::table::{Holds, Shape};
use super::tool::{Reading, Tool};
use super::{ImpossibleRow, OldEntry};
use crate::LayoutName;

pub(super) struct Diesel;

impl Tool for Diesel {
    fn usual_names(&self) -> &'static [&'static str] {
        &["__diesel_schema_migrations"]
    }

    fn shape(&self) -> Shape {
        Shape { required: &[("version", Holds::Text), ("run_on", Holds::Time)], optional: &[] }
    }

    fn order(&self) -> &'static [&'static str] {
        &["version"]
    }

    fn read(&self, reading: &mut Reading<'_>) -> Result<Vec<OldEntry>, ImpossibleRow> {
        let files = reading.files.entries(LayoutName::Diesel);
        let mut entries = Vec::new();
        for row in reading.rows {
            let version = digits(row)?;
            entries.push(OldEntry::applied(version, reading.sql(of_version(&files, version))).at(row.time("run_on")));
        }
        Ok(entries)
    }
}
