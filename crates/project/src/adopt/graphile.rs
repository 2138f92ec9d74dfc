//! graphile-migrate: a chain of hashes.

use super::checksum::sha1;
use super::table::{Holds, Shape};
use super::tool::{Reading, Tool};
use super::{ImpossibleRow, OldEntry};
use crate::LayoutName;

pub(super) struct Graphile;

impl Tool for Graphile {
    fn usual_names(&self) -> &'static [&'static str] {
        &["migrations"]
    }

    fn shape(&self) -> Shape {
        Shape {
            required: &[
                ("hash", Holds::Text),
                ("previous_hash", Holds::Text),
                ("filename", Holds::Text),
                ("date", Holds::Time),
            ],
            optional: &[],
        }
    }

    fn own_schemas(&self) -> &'static [&'static str] {
        &["graphile_migrate"]
    }

    fn order(&self) -> &'static [&'static str] {
        &["filename"]
    }

    fn read(&self, reading: &mut Reading<'_>) -> Result<Vec<OldEntry>, ImpossibleRow> {
        let files = reading.files.entries(LayoutName::Graphile);
        let mut entries = Vec::new();
        for row in reading.rows {
            let (hash, name) = (row.text("hash")?, row.text("filename")?);
            if !hash.starts_with("sha1:") {
                return Err(row.impossible("hash", "`sha1:` and 40 digits"));
            }
            let number = name.strip_suffix(".sql").and_then(|stem| stem.split('-').next()).unwrap_or(name);
            let file = super::files::of_version(&files, number);
            let previous = row.optional_text("previous_hash").unwrap_or_default();
            let fits = reading.up_text(file).map(|text| chained(previous, text) == hash);
            entries.push(OldEntry::applied(name, reading.sql(file)).at(row.time("date")).with_checksum(
                "sha-1 chain",
                hash,
                fits,
            ));
        }
        Ok(entries)
    }
}

/// The hash of a file behind another: its headers, which are lines that begin with `--!`, do not count.
fn chained(previous: &str, text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let mut body = text.as_str();
    while body.starts_with("--!") || body.starts_with('\n') {
        body = body.split_once('\n').map_or("", |(_, rest)| rest);
    }
    let whole = format!("{previous}\n{}", body.trim());
    format!("sha1:{}", sha1(&format!("{}\n", whole.trim())))
}
