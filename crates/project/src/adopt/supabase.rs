//! Supabase: a row for each version, with the statements that were run.

use super::dbmate::digits;
use super::table::{Holds, Shape};
use super::tool::{Reading, Tool};
use super::{EntrySource, ImpossibleRow, KeptScript, OldEntry};
use crate::LayoutName;

pub(super) struct Supabase;

impl Tool for Supabase {
    fn usual_names(&self) -> &'static [&'static str] {
        &["schema_migrations"]
    }

    fn shape(&self) -> Shape {
        Shape {
            required: &[("version", Holds::Text), ("statements", Holds::Texts), ("name", Holds::Text)],
            // Branches and dashboards keep more.
            optional: &[("created_by", Holds::Text), ("idempotency_key", Holds::Text), ("rollback", Holds::Texts)],
        }
    }

    fn own_schemas(&self) -> &'static [&'static str] {
        &["supabase_migrations"]
    }

    fn order(&self) -> &'static [&'static str] {
        &["version"]
    }

    fn read(&self, reading: &mut Reading<'_>) -> Result<Vec<OldEntry>, ImpossibleRow> {
        let files = reading.files.entries(LayoutName::Supabase);
        let mut entries = Vec::new();
        for row in reading.rows {
            let version = digits(row)?;
            let statements = row.texts("statements");
            let mut entry = match files.iter().find(|file| file.spelled.as_deref() == Some(version)) {
                Some(file) => {
                    let text = reading.up_text(Some(file)).unwrap_or_default();
                    let fits = statements.as_ref().map(|kept| condensed(text) == condensed(&kept.concat()));
                    let mut entry = OldEntry::applied(version, reading.sql(Some(file)));
                    if let Some(fits) = fits {
                        entry = entry.with_checksum("the statements themselves", "", Some(fits));
                    }
                    entry
                }
                None => {
                    let name = row.optional_text("name").unwrap_or_default();
                    let path = format!("{version}_{name}.sql");
                    let kept = statements.map(|kept| KeptScript { path, text: script(&kept) });
                    OldEntry::applied(version, EntrySource::Gone { kept })
                }
            };
            entry.applied_by = row.optional_text("created_by").map(str::to_owned);
            entries.push(entry);
        }
        Ok(entries)
    }
}

/// A text without what the splitting into statements may take away: white space and semicolons.
fn condensed(text: &str) -> String {
    text.trim_start_matches('\u{feff}').chars().filter(|c| !c.is_whitespace() && *c != ';').collect()
}

fn script(statements: &[&str]) -> String {
    statements
        .iter()
        .map(|statement| format!("{};\n\n", statement.trim_end()))
        .collect::<String>()
        .trim_end()
        .to_owned()
        + "\n"
}
