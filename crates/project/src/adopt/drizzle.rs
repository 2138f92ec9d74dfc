//! Drizzle, of both generations: hashes of files and a high-water mark, or names.

use serde_json::Value;

use super::checksum::{sha256, with_any_line_ends};
use super::table::{Holds, Shape};
use super::tool::{Reading, Tool};
use super::{EntrySource, ImpossibleRow, OldEntry, OldRow, OldState};
use crate::LayoutName;
use crate::layout::Entry;

const JOURNAL: &str = "meta/_journal.json";

pub(super) struct Drizzle;

impl Tool for Drizzle {
    fn usual_names(&self) -> &'static [&'static str] {
        &["__drizzle_migrations"]
    }

    fn shape(&self) -> Shape {
        Shape {
            required: &[("id", Holds::Number), ("hash", Holds::Text), ("created_at", Holds::Number)],
            optional: &[("name", Holds::Text), ("applied_at", Holds::Time)],
        }
    }

    fn own_schemas(&self) -> &'static [&'static str] {
        &["drizzle"]
    }

    fn order(&self) -> &'static [&'static str] {
        &["created_at", "id"]
    }

    fn read(&self, reading: &mut Reading<'_>) -> Result<Vec<OldEntry>, ImpossibleRow> {
        let files = reading.files.entries(LayoutName::Drizzle);
        let stamps = journal(reading);
        let mut taken = vec![false; files.len()];
        let mut entries = Vec::new();
        for row in reading.rows {
            let hash = hash(row)?;
            let stamp = row.number("created_at")?;
            let has_hash = |entry: &Entry| {
                let text = reading.up_text(Some(entry));
                text.is_some_and(|text| with_any_line_ends(text, |text| sha256(text) == hash))
            };
            let at = find(&files, row, &taken, has_hash, &stamps, stamp);
            let file = at.and_then(|at| files.get(at));
            if let Some(taken) = at.and_then(|at| taken.get_mut(at)) {
                *taken = true;
            }
            let key = row.optional_text("name").or_else(|| file.map(stem)).unwrap_or(&hash);
            let entry = OldEntry::applied(key, reading.sql(file)).at(row.time("applied_at"));
            entries.push(entry.with_checksum("sha-256", &hash, file.map(has_hash)));
        }
        // The first generation runs what is newer than the newest row, and never looks at anything older.
        if !reading.table.has("name") {
            let newest = reading.rows.iter().filter_map(|row| row.optional_number("created_at")).max();
            for (file, _) in files.iter().zip(&taken).filter(|(_, taken)| !**taken) {
                let stamp = stamps.iter().find(|(tag, _)| tag == stem(file)).map(|(_, stamp)| *stamp);
                if stamp.is_some_and(|stamp| newest.is_some_and(|newest| stamp <= newest)) {
                    let source = EntrySource::Sql(vec![reading.files.shown(&file.up)]);
                    entries.push(OldEntry::pending(stem(file), source).in_state(OldState::Skipped));
                }
            }
        }
        Ok(entries)
    }
}

/// The file's name without `.sql`, or the folder's.
fn stem(entry: &Entry) -> &str {
    entry.path.strip_suffix(".sql").unwrap_or(&entry.path)
}

fn hash(row: &OldRow) -> Result<String, ImpossibleRow> {
    let hash = row.text("hash")?;
    let is_hash = hash.is_empty() || (hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
    if is_hash { Ok(hash.to_lowercase()) } else { Err(row.impossible("hash", "SHA-256 in hexadecimal")) }
}

/// The file of a row: that of its name, that of its hash, or that which the journal gives the row's time.
fn find(
    files: &[Entry],
    row: &OldRow,
    taken: &[bool],
    has_hash: impl Fn(&Entry) -> bool,
    stamps: &[(String, i64)],
    stamp: i64,
) -> Option<usize> {
    let is_free = |at: &usize| taken.get(*at) == Some(&false);
    let all = || (0..files.len()).filter(is_free);
    if let Some(name) = row.optional_text("name") {
        return all().find(|at| stem(&files[*at]) == name);
    }
    let tag = stamps.iter().find(|(_, when)| *when == stamp).map(|(tag, _)| tag.as_str());
    let by_time = all().find(|at| Some(stem(&files[*at])) == tag);
    by_time.filter(|at| has_hash(&files[*at])).or_else(|| all().find(|at| has_hash(&files[*at]))).or(by_time)
}

/// The tags of the journal with the times that it gives them, in milliseconds.
fn journal(reading: &Reading<'_>) -> Vec<(String, i64)> {
    let text = reading.files.text(JOURNAL).unwrap_or_default();
    let journal: Value = serde_json::from_str(text).unwrap_or_default();
    let entries = journal.get("entries").and_then(Value::as_array).into_iter().flatten();
    entries.filter_map(|entry| Some((entry.get("tag")?.as_str()?.to_owned(), entry.get("when")?.as_i64()?))).collect()
}
