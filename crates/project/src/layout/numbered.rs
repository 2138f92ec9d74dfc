//! Names that begin with a version: `<version>_<name>`.

use crate::folder::{Folder, FolderFile};
use crate::{MigrationName, Version};

use super::{Entry, Found};

/// What a name that begins with a version holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Numbered {
    pub(super) version: Version,
    pub(super) spelled: String,
    pub(super) name: MigrationName,
}

/// Reads `<numbers>_<name>`, `<numbers>-<name>` or numbers alone; a date and a time joined by `_` are one number
/// (`20241222_120000_x`).
pub(super) fn numbered(stem: &str) -> Option<Numbered> {
    let digits = stem.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(stem.len());
    let (spelled, rest) = match date_and_time(stem) {
        Some(both) => stem.split_at(both),
        None => stem.split_at(digits),
    };
    let separated = rest.is_empty() || rest.starts_with(['_', '-']);
    // `2024-01-31_x` is a date, not version 2024.
    let is_date = rest.strip_prefix('-').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if !separated || is_date {
        return None;
    }
    Some(Numbered {
        version: Version::new(spelled.replace('_', "")).ok()?,
        spelled: spelled.to_owned(),
        name: MigrationName::new(rest.trim_start_matches(['_', '-'])).ok()?,
    })
}

/// The length of `YYYYMMDD_HHMMSS` at the beginning of a name.
fn date_and_time(stem: &str) -> Option<usize> {
    let (date, rest) = stem.split_once('_')?;
    let time = rest.split(['_', '-']).next()?;
    let is_number = |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_date = date.starts_with("19") || date.starts_with("20");
    (is_date && is_number(date, 8) && is_number(time, 6)).then_some(date.len() + 1 + time.len())
}

/// An entry of which the up script is one file.
pub(super) fn file_entry(file: &FolderFile, numbered: Numbered, down: Option<String>) -> Entry {
    Entry {
        version: numbered.version,
        spelled: Some(numbered.spelled),
        name: numbered.name,
        up: file.path.clone(),
        down,
        path: file.path.clone(),
        companions: Vec::new(),
    }
}

/// The numbered files of the folder itself: `<version>_<name>.sql`, with `.down.sql` beside.
pub(super) fn find_files(folder: &Folder) -> Found {
    let mut found = Found::default();
    for (file, stem) in folder.top_sql() {
        if stem.ends_with(".down") {
            continue;
        }
        let up_stem = stem.strip_suffix(".up").unwrap_or(stem);
        if let Some(numbered) = numbered(up_stem) {
            let down = format!("{up_stem}.down.sql");
            let down = folder.file(&down).is_some().then_some(down);
            found.entries.push(file_entry(file, numbered, down));
        }
    }
    found
}

/// How many files of the folder itself are numbered, `.up.sql` and `.down.sql` not counted.
pub(super) fn count(folder: &Folder) -> usize {
    folder
        .top_sql()
        .filter(|(_, stem)| !stem.ends_with(".down") && !stem.ends_with(".up") && numbered(stem).is_some())
        .count()
}

/// How many SQL files of the folder itself have a comment line for which `is_mark` holds.
pub(super) fn count_marked(folder: &Folder, is_mark: impl Fn(&str) -> bool) -> usize {
    folder.top_sql().filter(|(file, _)| file.comment_lines().any(|(_, line)| is_mark(line))).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_names_of_every_style() {
        for (stem, expected) in [
            ("001_create_users", Some(("001", "001", "create_users"))),
            ("20241222120000_x", Some(("20241222120000", "20241222120000", "x"))),
            ("20241222_120000_x", Some(("20241222120000", "20241222_120000", "x"))),
            ("20241222_add_x", Some(("20241222", "20241222", "add_x"))),
            ("1.2_x", Some(("1.2", "1.2", "x"))),
            ("000001-x", Some(("000001", "000001", "x"))),
            ("7", Some(("7", "7", ""))),
            ("2024-01-31_x", None),
            ("003b_fix", None),
            ("webhook_event_log_migration", None),
            ("1..2_x", None),
            ("_x", None),
        ] {
            let found = numbered(stem);
            let found = found.as_ref().map(|n| (n.version.as_str(), n.spelled.as_str(), n.name.as_str()));
            assert_eq!(found, expected, "for {stem}");
        }
    }
}
