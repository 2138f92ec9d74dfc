//! node-pg-migrate: a row for each file, by its name without ending; SQL files and programs alike.

use super::javascript::{ENDINGS, Program};
use super::table::{Holds, Shape};
use super::tool::{Reading, Tool};
use super::{EntrySource, ImpossibleRow, OldEntry};

pub(super) struct NodePgMigrate;

impl Tool for NodePgMigrate {
    fn usual_names(&self) -> &'static [&'static str] {
        &["pgmigrations"]
    }

    fn shape(&self) -> Shape {
        Shape { required: &[("id", Holds::Number), ("name", Holds::Text), ("run_on", Holds::Time)], optional: &[] }
    }

    fn order(&self) -> &'static [&'static str] {
        &["run_on", "id"]
    }

    fn read(&self, reading: &mut Reading<'_>) -> Result<Vec<OldEntry>, ImpossibleRow> {
        let mut entries = Program::entries(reading, ENDINGS, |row| Ok((row.text("name")?, row.time("run_on"))))?;
        for entry in &mut entries {
            let sql = format!("{}.sql", entry.key);
            if matches!(entry.source, EntrySource::Gone { .. }) && reading.files.folder().file(&sql).is_some() {
                entry.source = EntrySource::Sql(vec![reading.files.shown(&sql)]);
            }
        }
        Ok(entries)
    }
}
