//! sqlx: a row for each version, with a checksum of the bytes.

use super::checksum::{sha384, with_any_line_ends};
use super::files::of_version;
use super::table::{Holds, Shape};
use super::tool::{Reading, Tool};
use super::{ImpossibleRow, OldEntry, OldState};
use crate::LayoutName;

pub(super) struct Sqlx;

impl Tool for Sqlx {
    fn usual_names(&self) -> &'static [&'static str] {
        &["_sqlx_migrations"]
    }

    fn shape(&self) -> Shape {
        Shape {
            required: &[
                ("version", Holds::Number),
                ("description", Holds::Text),
                ("installed_on", Holds::Time),
                ("success", Holds::Boolean),
                ("checksum", Holds::Bytes),
                ("execution_time", Holds::Number),
            ],
            optional: &[],
        }
    }

    fn order(&self) -> &'static [&'static str] {
        &["version"]
    }

    fn read(&self, reading: &mut Reading<'_>) -> Result<Vec<OldEntry>, ImpossibleRow> {
        let files = reading.files.entries(LayoutName::Sqlx);
        let mut entries = Vec::new();
        for row in reading.rows {
            let version = row.number("version")?.to_string();
            let recorded = row.text("checksum")?.strip_prefix("\\x").unwrap_or_default().to_owned();
            if recorded.len() != 96 {
                return Err(row.impossible("checksum", "the 48 bytes of a SHA-384"));
            }
            let file = of_version(&files, &version);
            let fits = reading.up_text(file).map(|text| with_any_line_ends(text, |text| sha384(text) == recorded));
            let entry = OldEntry::applied(&version, reading.sql(file))
                .at(row.time("installed_on"))
                .with_checksum("sha-384", &recorded, fits);
            let success = row.boolean("success")?;
            entries.push(if success { entry } else { entry.in_state(dirty(&version)) });
        }
        Ok(entries)
    }
}

fn dirty(version: &str) -> OldState {
    OldState::Failed {
        why: "sqlx has it as not successful".to_owned(),
        settle: format!(
            "look at what of it is in the database and put that right, then delete the row of version {version}, or \
             set its `success`"
        ),
    }
}
