//! dbmate: a row for each version, as its file spells it.

use super::table::{Holds, Shape};
use super::tool::{Reading, Tool};
use super::{ImpossibleRow, OldEntry, OldRow, SeenTable};
use crate::LayoutName;

pub(super) struct Dbmate;

impl Tool for Dbmate {
    fn usual_names(&self) -> &'static [&'static str] {
        &["schema_migrations"]
    }

    fn shape(&self) -> Shape {
        Shape { required: &[("version", Holds::Text)], optional: &[] }
    }

    fn fits_among(&self, table: &SeenTable, all: &[SeenTable]) -> bool {
        !all.iter().any(|other| super::rails::is_metadata(other, table))
    }

    fn order(&self) -> &'static [&'static str] {
        &["version"]
    }

    fn read(&self, reading: &mut Reading<'_>) -> Result<Vec<OldEntry>, ImpossibleRow> {
        let files = reading.files.entries(LayoutName::Dbmate);
        let mut entries = Vec::new();
        for row in reading.rows {
            let version = digits(row)?;
            let file = files.iter().find(|file| file.spelled.as_deref() == Some(version));
            entries.push(OldEntry::applied(version, reading.sql(file)));
        }
        Ok(entries)
    }
}

/// A version that is made of digits.
pub(super) fn digits(row: &OldRow) -> Result<&str, ImpossibleRow> {
    let version = row.text("version")?;
    let is_number = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { Ok(version) } else { Err(row.impossible("version", "digits")) }
}
