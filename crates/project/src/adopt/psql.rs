//! Scripts that were run by hand, with psql or anything else that keeps no history.

use super::table::Shape;
use super::tool::{Reading, Tool};
use super::{EntrySource, ImpossibleRow, OldEntry, OldHistory, SeenTable, ToolName};

pub(super) struct Psql;

impl Tool for Psql {
    fn usual_names(&self) -> &'static [&'static str] {
        &[]
    }

    fn shape(&self) -> Shape {
        Shape { required: &[], optional: &[] }
    }

    fn fits_among(&self, _table: &SeenTable, _all: &[SeenTable]) -> bool {
        false
    }

    fn order(&self) -> &'static [&'static str] {
        &[]
    }

    fn read(&self, _reading: &mut Reading<'_>) -> Result<Vec<OldEntry>, ImpossibleRow> {
        Ok(Vec::new())
    }
}

/// The history that scripts would have, had somebody kept it: these files, relative to the project, are in effect.
#[must_use]
pub fn history_of_scripts(paths: impl IntoIterator<Item = String>) -> OldHistory {
    let entry = |path: String| OldEntry::applied(path.clone(), EntrySource::Sql(vec![path]));
    let entries = paths.into_iter().map(entry).collect();
    OldHistory { tool: ToolName::Psql, table: "no table".to_owned(), entries, problems: Vec::new() }
}
