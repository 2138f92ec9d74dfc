//! Prisma: a row for each try of a migration.

use limosa_syntax::{Diagnostic, Severity};

use super::checksum::{sha256, with_any_line_ends};
use super::table::{Holds, Shape};
use super::tool::{Reading, Tool};
use super::{ImpossibleRow, OldEntry, OldRow, OldState};
use crate::LayoutName;

pub(super) struct Prisma;

impl Tool for Prisma {
    fn usual_names(&self) -> &'static [&'static str] {
        &["_prisma_migrations"]
    }

    fn shape(&self) -> Shape {
        Shape {
            required: &[
                ("id", Holds::Text),
                ("checksum", Holds::Text),
                ("finished_at", Holds::Time),
                ("migration_name", Holds::Text),
                ("logs", Holds::Text),
                ("rolled_back_at", Holds::Time),
                ("started_at", Holds::Time),
                ("applied_steps_count", Holds::Number),
            ],
            optional: &[],
        }
    }

    fn order(&self) -> &'static [&'static str] {
        &["started_at", "migration_name"]
    }

    fn read(&self, reading: &mut Reading<'_>) -> Result<Vec<OldEntry>, ImpossibleRow> {
        let files = reading.files.entries(LayoutName::Prisma);
        let mut entries: Vec<OldEntry> = Vec::new();
        let mut taken_back = 0;
        for row in reading.rows {
            if row.time("rolled_back_at").is_some() {
                taken_back += 1;
                continue;
            }
            let name = row.text("migration_name")?;
            let recorded = checksum(row)?;
            let file = files.iter().find(|entry| entry.path == name);
            let fits =
                reading.up_text(file).map(|text| with_any_line_ends(text, |text| is_same(&recorded, &sha256(text))));
            let entry = OldEntry::applied(name, reading.sql(file))
                .at(row.time("finished_at"))
                .with_checksum("sha-256", &recorded, fits);
            let finished = row.time("finished_at").is_some();
            if !finished {
                entries.push(entry.in_state(failed(row, name)));
            // A second row of one name is a second `resolve`.
            } else if !entries.iter().any(|known| known.key == name && known.state == OldState::Applied) {
                entries.push(entry);
            }
        }
        if taken_back > 0 {
            let message = format!("rows of `{}` that were rolled back count for nothing: {taken_back}", reading.name());
            reading.problems.push(Diagnostic::new("rolled-back-tries", Severity::Note, message));
        }
        Ok(entries)
    }
}

fn failed(row: &OldRow, name: &str) -> OldState {
    let logs = row.optional_text("logs").unwrap_or_default();
    let last = logs.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it was broken off");
    OldState::Failed {
        why: last.trim().to_owned(),
        settle: format!(
            "look at what of it is in the database, put that right, then run `prisma migrate resolve --applied {name}` \
             or `--rolled-back {name}`"
        ),
    }
}

fn checksum(row: &OldRow) -> Result<String, ImpossibleRow> {
    let text = row.text("checksum")?;
    let is_hex = !text.is_empty() && text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hex { Ok(text.to_owned()) } else { Err(row.impossible("checksum", "SHA-256 in hexadecimal")) }
}

/// Old versions wrote bytes below 16 as one digit.
fn is_same(recorded: &str, found: &str) -> bool {
    if recorded.len() == 64 {
        return recorded.eq_ignore_ascii_case(found);
    }
    let pairs = found.as_bytes().chunks(2).map(|pair| String::from_utf8_lossy(pair));
    let unpadded: String = pairs.map(|pair| pair.strip_prefix('0').map_or(pair.to_string(), str::to_owned)).collect();
    recorded.eq_ignore_ascii_case(&unpadded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_that_old_versions_left_out_are_left_out_of_ours() {
        let found = sha256("select 1;");
        let unpadded: String =
            (0..32).map(|at| format!("{:x}", u8::from_str_radix(&found[at * 2..at * 2 + 2], 16).unwrap())).collect();
        assert!(unpadded.len() < 64, "the hash has a byte below 16");
        assert!(is_same(&unpadded, &found) && is_same(&found.to_uppercase(), &found));
        assert!(!is_same(&unpadded, &sha256("select 2;")));
    }
}
