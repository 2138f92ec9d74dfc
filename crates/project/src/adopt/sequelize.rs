//! Sequelize: a row for each file, and nothing else.

use limosa_syntax::{Diagnostic, Severity};

use super::javascript::{ENDINGS, Program};
use super::table::{Holds, Shape};
use super::tool::{GuardKind, Reading, Tool};
use super::{ImpossibleRow, OldEntry};

pub(super) struct Sequelize;

/// What the table of seeds is called unless it is told otherwise.
const SEEDS: &str = "sequelizedata";

impl Tool for Sequelize {
    fn usual_names(&self) -> &'static [&'static str] {
        &["sequelizemeta", SEEDS]
    }

    fn shape(&self) -> Shape {
        Shape {
            required: &[("name", Holds::Text)],
            optional: &[("createdAt", Holds::Time), ("updatedAt", Holds::Time)],
        }
    }

    fn guard(&self) -> GuardKind {
        GuardKind::Reading
    }

    fn order(&self) -> &'static [&'static str] {
        &["name"]
    }

    fn read(&self, reading: &mut Reading<'_>) -> Result<Vec<OldEntry>, ImpossibleRow> {
        // The same columns hold what was seeded, under another name.
        if reading.table.plain().eq_ignore_ascii_case(SEEDS) {
            let names: Result<Vec<&str>, _> = reading.rows.iter().map(|row| row.text("name")).collect();
            let names = names?.join(", ");
            if !names.is_empty() {
                let message = format!("`{}` says that these seeds have run: {names}", reading.name());
                reading.problems.push(Diagnostic::new("old-seeds", Severity::Note, message).with_help(
                    "seeds are compared with the rows that are there, so `limosa seed` needs no record of theirs",
                ));
            }
            return Ok(Vec::new());
        }
        Program::entries(reading, ENDINGS, |row| {
            let name = row.text("name")?;
            if ENDINGS.iter().any(|ending| name.ends_with(ending)) {
                Ok((name, row.time("createdAt")))
            } else {
                Err(row.impossible("name", "the name of a JavaScript or TypeScript file"))
            }
        })
    }
}
