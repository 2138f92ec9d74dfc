//! Sqitch: the changes in effect, with the hashes of their scripts, and beside them all that was ever done.

use super::checksum::{sha1, with_any_line_ends};
use super::table::{Holds, Shape};
use super::tool::{GuardKind, Reading, Tool};
use super::{ImpossibleRow, OldEntry};
use crate::LayoutName;

pub(super) struct Sqitch;

impl Tool for Sqitch {
    fn usual_names(&self) -> &'static [&'static str] {
        &["changes"]
    }

    fn shape(&self) -> Shape {
        Shape {
            required: &[
                ("change_id", Holds::Text),
                ("script_hash", Holds::Text),
                ("change", Holds::Text),
                ("project", Holds::Text),
                ("note", Holds::Text),
                ("committed_at", Holds::Time),
                ("committer_name", Holds::Text),
                ("committer_email", Holds::Text),
                ("planned_at", Holds::Time),
                ("planner_name", Holds::Text),
                ("planner_email", Holds::Text),
            ],
            optional: &[],
        }
    }

    fn own_schemas(&self) -> &'static [&'static str] {
        &["sqitch"]
    }

    fn guard(&self) -> GuardKind {
        GuardKind::Reading
    }

    fn order(&self) -> &'static [&'static str] {
        &["committed_at"]
    }

    fn read(&self, reading: &mut Reading<'_>) -> Result<Vec<OldEntry>, ImpossibleRow> {
        let files = reading.files.entries(LayoutName::Sqitch);
        let mut taken = vec![false; files.len()];
        let mut entries = Vec::new();
        for row in reading.rows {
            let change = row.text("change")?;
            let recorded = row.optional_text("script_hash");
            let has_hash = |path: &str| {
                let text = reading.files.text(path)?;
                Some(with_any_line_ends(text, |text| Some(sha1(text).as_str()) == recorded))
            };
            // A reworked change stands in the plan several times; the hash tells which of them was deployed.
            let named = |at: &usize| files[*at].name.as_str() == change && !taken[*at];
            let candidates: Vec<usize> = (0..files.len()).filter(named).collect();
            let by_hash = candidates.iter().find(|at| has_hash(&files[**at].up) == Some(true));
            let at = by_hash.or(candidates.first()).copied();
            let file = at.and_then(|at| files.get(at));
            let mut entry = OldEntry::applied(change, reading.sql(file)).at(row.time("committed_at"));
            entry.applied_by = Some(format!("{} <{}>", row.text("committer_name")?, row.text("committer_email")?));
            // Up to version 1.0 of the registry the change's id stood in place of the hash.
            if let Some(recorded) = recorded.filter(|hash| row.optional_text("change_id") != Some(*hash)) {
                entry = entry.with_checksum("sha-1", recorded, file.and_then(|file| has_hash(&file.up)));
            }
            entries.push(entry);
            if let Some(taken) = at.and_then(|at| taken.get_mut(at)) {
                *taken = true;
            }
        }
        Ok(entries)
    }
}
