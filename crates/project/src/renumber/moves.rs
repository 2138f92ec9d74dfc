//! What the record means for a history: which of its rows have another version now.

use std::collections::HashSet;

use super::record::{RenumberAct, RenumberRecord};
use crate::folder::joined;
use crate::{Checksum, Version};

/// A row of a history, as far as renumbering looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordedVersion<'a> {
    /// The version, as it was written.
    pub version: &'a str,
    /// The checksum of what was applied, in hexadecimal.
    pub checksum: &'a str,
    /// The file that it was applied from, relative to the project.
    pub path: &'a str,
}

/// A row that gets another version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionMove {
    /// The version as the history has it.
    pub from: String,
    /// The version that it gets.
    pub to: Version,
    /// Its file since, relative to the project.
    pub path: String,
}

/// Two rows that would have one version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{from} of this history becomes {to} by limosa.renumber, and its {other} has that version already")]
pub struct VersionsMeet {
    /// The version of the row that moves.
    pub from: String,
    /// The version that it would get.
    pub to: Version,
    /// The version of the row that is there, as it is written.
    pub other: String,
}

/// A row on its way through the acts.
struct Course {
    version: Version,
    checksum: Option<Checksum>,
    path: String,
}

impl RenumberRecord {
    /// The rows that have another version after all acts. A row that an act moves and a later one moves back does not
    /// move, so asking twice is the same as asking once. `folder` is the migrations folder, as the paths begin with it.
    ///
    /// # Errors
    /// Two rows that would have one version: the history has a migration that the record knows nothing of.
    pub fn moves(&self, folder: &str, rows: &[RecordedVersion<'_>]) -> Result<Vec<VersionMove>, VersionsMeet> {
        if self.acts.is_empty() {
            return Ok(Vec::new());
        }
        // Rows whose version no file can have came from elsewhere, and stay.
        let mut courses: Vec<Option<Course>> = rows
            .iter()
            .map(|row| {
                Some(Course {
                    version: row.version.parse().ok()?,
                    checksum: row.checksum.parse().ok(),
                    path: row.path.to_owned(),
                })
            })
            .collect();
        for act in &self.acts {
            act.carry_out(folder, &mut courses);
        }
        let mut moves = Vec::new();
        for (row, course) in rows.iter().zip(&courses) {
            let Some(course) = course.as_ref().filter(|course| course.version.as_str() != row.version) else {
                continue;
            };
            let is_other = |(other, there): &(&RecordedVersion<'_>, &Option<Course>)| {
                other.version != row.version && there.as_ref().is_some_and(|there| there.version == course.version)
            };
            if let Some((other, _)) = rows.iter().zip(&courses).find(is_other) {
                let (from, other) = (row.version.to_owned(), other.version.to_owned());
                return Err(VersionsMeet { from, to: course.version.clone(), other });
            }
            moves.push(VersionMove {
                from: row.version.to_owned(),
                to: course.version.clone(),
                path: course.path.clone(),
            });
        }
        Ok(moves)
    }
}

impl RenumberAct {
    /// Each line moves one row at most: the one with its text and its path, else one with either. One that has arrived
    /// where a line leads has moved before, and is not taken for another with the same text.
    fn carry_out(&self, folder: &str, courses: &mut [Option<Course>]) {
        let mut moved: HashSet<usize> = HashSet::new();
        let mut done = Vec::new();
        for line in &self.lines {
            let fits = |course: &Course, exactly: bool| {
                let same_path = behind(folder, &line.old_path, &course.path).is_some();
                let same_text = course.checksum == Some(line.checksum);
                let fits =
                    if exactly { same_path && same_text } else { same_path || same_text && !self.led(folder, course) };
                course.version == line.from && fits
            };
            let find = |exactly: bool| {
                let free = |(at, course): &(usize, &Option<Course>)| {
                    !moved.contains(at) && course.as_ref().is_some_and(|course| fits(course, exactly))
                };
                courses.iter().enumerate().find(free).map(|(at, _)| at)
            };
            if let Some(at) = find(true).or_else(|| find(false)) {
                moved.insert(at);
                done.push((at, line));
            }
        }
        for (at, line) in done {
            let Some(course) = courses.get_mut(at).and_then(Option::as_mut) else { continue };
            course.version = line.to.clone();
            if let Some(rest) = behind(folder, &line.old_path, &course.path) {
                course.path = format!("{}{rest}", joined(folder, &line.new_path));
            }
        }
    }

    /// Whether a row stands where one of the lines has led it.
    fn led(&self, folder: &str, course: &Course) -> bool {
        self.lines.iter().any(|line| {
            course.version == line.to
                && course.checksum == Some(line.checksum)
                && behind(folder, &line.new_path, &course.path).is_some()
        })
    }
}

/// What follows a path of the migrations folder in a path of the history: nothing for a file, a file's name for a
/// folder.
fn behind<'p>(folder: &str, path: &str, recorded: &'p str) -> Option<&'p str> {
    let rest = recorded.strip_prefix(&joined(folder, path))?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::record::RenumberLine;
    use super::*;

    fn line(from: &str, to: &str, name: &str, text: &str) -> RenumberLine {
        RenumberLine {
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
            old_path: format!("{from}_{name}.sql"),
            new_path: format!("{to}_{name}.sql"),
            checksum: Checksum::of(text),
        }
    }

    fn record(acts: Vec<Vec<RenumberLine>>) -> RenumberRecord {
        let act = |lines| RenumberAct { at: jiff::Timestamp::UNIX_EPOCH, lines };
        RenumberRecord { acts: acts.into_iter().map(act).collect() }
    }

    /// Version, name and text of rows to the versions that they get.
    fn moved(record: &RenumberRecord, rows: &[(&str, &str, &str)]) -> Result<Vec<(String, String)>, VersionsMeet> {
        let owned: Vec<(String, String)> = rows
            .iter()
            .map(|(version, name, text)| {
                (Checksum::of(text).to_string(), format!("db/migrations/{version}_{name}.sql"))
            })
            .collect();
        let rows: Vec<RecordedVersion<'_>> = rows
            .iter()
            .zip(&owned)
            .map(|((version, ..), (checksum, path))| RecordedVersion { version, checksum, path })
            .collect();
        let moves = record.moves("db/migrations", &rows)?;
        Ok(moves.into_iter().map(|it| (it.from, it.to.to_string())).collect())
    }

    fn pair(from: &str, to: &str) -> (String, String) {
        (from.to_owned(), to.to_owned())
    }

    #[test]
    fn of_two_that_had_one_version_the_right_one_moves() {
        let record = record(vec![vec![line("010", "026", "mapper", "m")]]);
        assert_eq!(moved(&record, &[("010", "mapper", "m")]), Ok(vec![pair("010", "026")]));
        assert_eq!(moved(&record, &[("10", "renamed", "m")]), Ok(vec![pair("10", "026")]), "known by its text");
        assert_eq!(moved(&record, &[("010", "mapper", "edited")]), Ok(vec![pair("010", "026")]), "known by its path");
        assert_eq!(moved(&record, &[("010", "password", "p")]), Ok(vec![]));
        assert_eq!(moved(&record, &[("026", "mapper", "m")]), Ok(vec![]), "it has moved already");
    }

    #[test]
    fn acts_follow_each_other_and_may_lead_back() {
        let there = vec![line("001", "20240101000000", "a", "a"), line("002", "20240101000001", "b", "b")];
        let back = vec![line("20240101000000", "001", "a", "a"), line("20240101000001", "002", "b", "b")];
        let record = record(vec![there, back]);
        assert_eq!(moved(&record, &[("001", "a", "a"), ("002", "b", "b")]), Ok(vec![]));
        let between = [("20240101000000", "a", "a"), ("20240101000001", "b", "b")];
        let expected = vec![pair("20240101000000", "001"), pair("20240101000001", "002")];
        assert_eq!(moved(&record, &between), Ok(expected));
    }

    #[test]
    fn a_version_that_somebody_else_has_is_an_error() {
        let record = record(vec![vec![line("010", "026", "mapper", "m")]]);
        let error = moved(&record, &[("010", "mapper", "m"), ("026", "other", "o")]).unwrap_err();
        assert_eq!((error.from.as_str(), error.other.as_str()), ("010", "026"));
    }

    proptest! {
        /// Whatever is shifted, a second time nothing moves, and the rows keep their order.
        #[test]
        fn putting_right_is_done_once(shifts in prop::collection::vec(0u32..3, 1..12), texts_differ: bool) {
            let (mut lines, mut last) = (Vec::new(), 0);
            let mut rows = Vec::new();
            for (at, shift) in shifts.iter().enumerate() {
                let (from, name) = (format!("{:03}", at + 1), format!("m{at}"));
                last = (last + 1).max(u32::try_from(at).unwrap() + 1 + shift);
                let text = if texts_differ { name.clone() } else { String::new() };
                if format!("{last:03}") != from {
                    lines.push(line(&from, &format!("{last:03}"), &name, &text));
                }
                rows.push((from, name, text));
            }
            let record = record(vec![lines.clone()]);
            let before: Vec<(&str, &str, &str)> =
                rows.iter().map(|(version, name, text)| (version.as_str(), name.as_str(), text.as_str())).collect();
            let moves = moved(&record, &before).unwrap();
            prop_assert_eq!(moves.len(), lines.len());
            let after: Vec<(String, String, String)> = rows
                .iter()
                .map(|(version, name, text)| {
                    let to = moves.iter().find(|(from, _)| from == version).map_or(version, |(_, to)| to);
                    (to.clone(), name.clone(), text.clone())
                })
                .collect();
            prop_assert!(after.is_sorted());
            let after: Vec<(&str, &str, &str)> =
                after.iter().map(|(version, name, text)| (version.as_str(), name.as_str(), text.as_str())).collect();
            prop_assert_eq!(moved(&record, &after), Ok(vec![]));
        }
    }
}
