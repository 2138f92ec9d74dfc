//! refinery: a row for each version, with a hash of name, version and text.

use std::hash::Hasher;

use siphasher::sip::SipHasher13;

use super::checksum::with_any_line_ends;
use super::files::of_version;
use super::table::{Holds, Shape};
use super::tool::{GuardKind, Reading, Tool};
use super::{ImpossibleRow, OldEntry};
use crate::LayoutName;

pub(super) struct Refinery;

impl Tool for Refinery {
    fn usual_names(&self) -> &'static [&'static str] {
        &["refinery_schema_history"]
    }

    fn guard(&self) -> GuardKind {
        GuardKind::Reading
    }

    fn shape(&self) -> Shape {
        Shape {
            required: &[
                ("version", Holds::Number),
                ("name", Holds::Text),
                ("applied_on", Holds::Text),
                ("checksum", Holds::Text),
            ],
            optional: &[],
        }
    }

    fn order(&self) -> &'static [&'static str] {
        &["version"]
    }

    fn read(&self, reading: &mut Reading<'_>) -> Result<Vec<OldEntry>, ImpossibleRow> {
        let files = reading.files.entries(LayoutName::Refinery);
        let mut entries = Vec::new();
        for row in reading.rows {
            let version = row.number("version")?;
            let (name, recorded) = (row.text("name")?, row.text("checksum")?);
            let Ok(sum) = recorded.parse::<u64>() else {
                return Err(row.impossible("checksum", "a whole number below 2⁶⁴"));
            };
            let file = of_version(&files, &version.to_string());
            let fits = reading.up_text(file).map(|text| {
                // The number is hashed as wide as the feature `int8-versions` makes it, which no column tells for sure.
                with_any_line_ends(text, |text| checksum(name, Width::Four, version, text) == Some(sum))
                    || with_any_line_ends(text, |text| checksum(name, Width::Eight, version, text) == Some(sum))
            });
            let source = match file {
                Some(file) => reading.sql(Some(file)),
                None => program(reading, version),
            };
            let applied_on = row.optional_text("applied_on").and_then(|text| text.parse().ok());
            entries.push(OldEntry::applied(version.to_string(), source).at(applied_on).with_checksum(
                "siphash-1-3",
                recorded,
                fits,
            ));
        }
        Ok(entries)
    }
}

/// A migration written in Rust: `V3__name.rs`.
fn program(reading: &Reading<'_>, version: i64) -> super::EntrySource {
    let begins = [format!("V{version}__"), format!("U{version}__")];
    let is_it = |stem: &str| begins.iter().any(|begin| stem.starts_with(begin));
    let found = reading.files.with_ending(&[".rs"]).find(|(_, stem)| is_it(stem));
    reading.code(found.map(|(file, _)| file.path.as_str()))
}

#[derive(Clone, Copy)]
enum Width {
    Four,
    Eight,
}

/// As Rust hashes a text, an integer and a text.
fn checksum(name: &str, width: Width, version: i64, text: &str) -> Option<u64> {
    let mut hasher = SipHasher13::new();
    let mut write_text = |text: &str, number: Option<&[u8]>| {
        hasher.write(text.as_bytes());
        hasher.write(&[0xff]);
        hasher.write(number.unwrap_or_default());
    };
    match width {
        Width::Four => write_text(name, Some(&i32::try_from(version).ok()?.to_le_bytes())),
        Width::Eight => write_text(name, Some(&version.to_le_bytes())),
    }
    write_text(text, None);
    Some(hasher.finish())
}

#[cfg(test)]
mod tests {
    use std::hash::Hash;

    use super::*;

    #[test]
    fn the_hash_is_that_of_rust_itself() {
        let mut hasher = SipHasher13::new();
        "init".hash(&mut hasher);
        7_i32.hash(&mut hasher);
        "create table a ();".hash(&mut hasher);
        assert_eq!(checksum("init", Width::Four, 7, "create table a ();"), Some(hasher.finish()));
        assert_ne!(checksum("init", Width::Eight, 7, "create table a ();"), Some(hasher.finish()));
        assert_eq!(checksum("init", Width::Four, i64::MAX, ""), None, "no version of four bytes is so large");
    }
}
