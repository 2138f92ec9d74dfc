//! golang-migrate: one row with the newest version, and whether its script was begun and not finished.

use super::files::of_version;
use super::table::{Holds, Shape};
use super::tool::{Reading, Tool};
use super::{EntrySource, ImpossibleRow, OldEntry, OldRow, OldState};
use crate::{LayoutName, Version};

pub(super) struct GolangMigrate;

impl Tool for GolangMigrate {
    fn usual_names(&self) -> &'static [&'static str] {
        &["schema_migrations"]
    }

    fn shape(&self) -> Shape {
        Shape { required: &[("version", Holds::Number), ("dirty", Holds::Boolean)], optional: &[] }
    }

    fn order(&self) -> &'static [&'static str] {
        &["version"]
    }

    fn read(&self, reading: &mut Reading<'_>) -> Result<Vec<OldEntry>, ImpossibleRow> {
        let Some(row) = only_row(reading)? else { return Ok(Vec::new()) };
        let version = row.number("version")?;
        let files = reading.files.entries(LayoutName::GolangMigrate);
        let dirty = row.boolean("dirty")?;
        let mut entries = up_to(reading, &files, version, row)?;
        if dirty {
            let why = format!("the table has {version} as dirty: its script was begun and did not come to its end");
            let settle = format!(
                "look at what of it is in the database, put that right, then run `migrate force {version}`, or \
                 `migrate force` with the version before it"
            );
            match entries.last_mut() {
                Some(last) => last.state = OldState::Failed { why, settle },
                None => entries.push(
                    OldEntry::applied(version.to_string(), EntrySource::Gone { kept: None })
                        .in_state(OldState::Failed { why, settle }),
                ),
            }
        }
        Ok(entries)
    }
}

/// The row of a table that holds one at most.
pub(super) fn only_row<'a>(reading: &Reading<'a>) -> Result<Option<&'a OldRow>, ImpossibleRow> {
    match reading.rows {
        [] => Ok(None),
        [only] => Ok(Some(only)),
        [_, second, ..] => Err(second.impossible("version", "the only row of the table")),
    }
}

/// All files up to a high-water mark, which itself needs one.
pub(super) fn up_to(
    reading: &Reading<'_>,
    files: &[crate::layout::Entry],
    version: i64,
    row: &OldRow,
) -> Result<Vec<OldEntry>, ImpossibleRow> {
    // −1 is what is left of a first migration that was taken back and failed.
    if version < 0 {
        return Ok(Vec::new());
    }
    let mark = Version::new(version.to_string()).map_err(|_| row.impossible("version", "a version"))?;
    let below = files.iter().filter(|file| file.version < mark);
    let mut entries: Vec<OldEntry> =
        below.map(|file| OldEntry::applied(file.version.to_string(), reading.sql(Some(file)))).collect();
    let newest = of_version(files, mark.as_str());
    if version > 0 || newest.is_some() {
        let key = newest.map_or_else(|| mark.to_string(), |file| file.version.to_string());
        entries.push(OldEntry::applied(key, reading.sql(newest)));
    }
    Ok(entries)
}
