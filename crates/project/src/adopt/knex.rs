//! Knex: a row for each file, and a lock that outlives a crash.

use limosa_syntax::Diagnostic;

use super::javascript::{ENDINGS, Program};
use super::table::{Holds, Shape};
use super::tool::{Reading, Tool};
use super::{ImpossibleRow, OldEntry, SeenTable};

pub(super) struct Knex;

impl Tool for Knex {
    fn usual_names(&self) -> &'static [&'static str] {
        &["knex_migrations"]
    }

    fn shape(&self) -> Shape {
        Shape {
            required: &[
                ("id", Holds::Number),
                ("name", Holds::Text),
                ("batch", Holds::Number),
                ("migration_time", Holds::Time),
            ],
            optional: &[],
        }
    }

    fn belongs(&self, table: &SeenTable, other: &SeenTable) -> bool {
        other.is_beside(table) && other.has("index") && other.has("is_locked") && other.columns.len() == 2
    }

    fn order(&self) -> &'static [&'static str] {
        &["id"]
    }

    fn read(&self, reading: &mut Reading<'_>) -> Result<Vec<OldEntry>, ImpossibleRow> {
        for (lock, rows) in reading.beside {
            if rows.iter().any(|row| row.optional_number("is_locked") == Some(1)) {
                reading.problems.push(
                    Diagnostic::error(
                        "old-lock",
                        format!("`{}` is locked: a run of Knex is at it, or was killed", lock.shown()),
                    )
                    .with_help("see that none is running, then give the lock back with `knex migrate:unlock`"),
                );
            }
        }
        Program::entries(reading, ENDINGS, |row| Ok((row.text("name")?, row.time("migration_time"))))
    }
}
