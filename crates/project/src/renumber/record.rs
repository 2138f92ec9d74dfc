//! `limosa.renumber`: which migrations got another version, beside the migrations and in the order of the acts.
//!
//! It is only ever appended to, so a history that was out of reach when files were renamed is put right later: what a
//! row was applied from is known by its text's checksum and its path, and one act after the other says what became of
//! it.

use std::fmt::Write as _;
use std::sync::Arc;

use jiff::Timestamp;
use limosa_syntax::{Diagnostic, SourceFile};

use crate::sum::line_span;
use crate::{Checksum, Version};

/// The name of the file.
pub const RENUMBER_FILE: &str = "limosa.renumber";

const HEADER: &str = "limosa.renumber v1";

/// Between the parts of a line, and so in no path.
const GAP: &str = "  ";
const ARROW: &str = " -> ";

/// All acts, the oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RenumberRecord {
    /// The acts.
    pub acts: Vec<RenumberAct>,
}

/// What was renumbered at once: each line is read as the folder was before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenumberAct {
    /// When.
    pub at: Timestamp,
    /// What moved.
    pub lines: Vec<RenumberLine>,
}

/// A migration that got another version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenumberLine {
    /// The version that it had.
    pub from: Version,
    /// The version that it got.
    pub to: Version,
    /// Its file or folder before, relative to the migrations folder.
    pub old_path: String,
    /// Its file or folder since.
    pub new_path: String,
    /// The checksum of its up script at that time.
    pub checksum: Checksum,
}

/// Why a text is no such record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenumberRecordError {
    /// git left its marks in it.
    #[error("line {line} is a conflict mark of git: two branches renumbered migrations")]
    ConflictMarks {
        /// The first such line, counted from 1.
        line: usize,
    },
    /// The first line is not the header, or is that of another version.
    #[error("line 1 is `{found}`; expected `{HEADER}`")]
    Header {
        /// What stands there.
        found: String,
    },
    /// A line that is none.
    #[error("line {line} is `{found}`; expected `[TIME]`, or `OLD -> NEW  OLD PATH -> NEW PATH  CHECKSUM` below one")]
    Line {
        /// The line, counted from 1.
        line: usize,
        /// What stands there.
        found: String,
    },
}

impl RenumberRecordError {
    /// The line that is wrong, counted from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        match self {
            Self::Header { .. } => 1,
            Self::ConflictMarks { line } | Self::Line { line, .. } => *line,
        }
    }
}

impl RenumberRecord {
    /// Reads a record. Line ends of either kind are taken.
    ///
    /// # Errors
    /// Conflict marks, an unknown header, or a line that is none.
    pub fn parse(text: &str) -> Result<Self, RenumberRecordError> {
        let marks = ["<<<<<<<", "=======", ">>>>>>>", "|||||||"];
        if let Some(at) = text.lines().position(|line| marks.iter().any(|mark| line.starts_with(mark))) {
            return Err(RenumberRecordError::ConflictMarks { line: at + 1 });
        }
        let mut lines = text.lines().enumerate();
        let header = lines.next().map_or("", |(_, line)| line.trim_start_matches('\u{feff}'));
        if header.trim_end() != HEADER {
            return Err(RenumberRecordError::Header { found: header.to_owned() });
        }
        let mut acts: Vec<RenumberAct> = Vec::new();
        for (at, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
            let time = line.trim_end().strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
            let read = match (time.map(str::parse), acts.last_mut()) {
                (Some(Ok(at)), _) => {
                    acts.push(RenumberAct { at, lines: Vec::new() });
                    Some(())
                }
                (None, Some(act)) => RenumberLine::parse(line.trim_end()).map(|line| act.lines.push(line)),
                _ => None,
            };
            read.ok_or_else(|| RenumberRecordError::Line { line: at + 1, found: line.to_owned() })?;
        }
        Ok(Self { acts })
    }

    /// The text of the file.
    #[must_use]
    pub fn render(&self) -> String {
        let mut text = format!("{HEADER}\n");
        for act in &self.acts {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "\n[{}]", act.at);
            for RenumberLine { from, to, old_path, new_path, checksum } in &act.lines {
                let _ = writeln!(text, "{from}{ARROW}{to}{GAP}{old_path}{ARROW}{new_path}{GAP}{checksum}");
            }
        }
        text
    }
}

impl RenumberLine {
    fn parse(line: &str) -> Option<Self> {
        let (versions, rest) = line.split_once(GAP)?;
        let (paths, checksum) = rest.rsplit_once(GAP)?;
        let ((from, to), (old_path, new_path)) = (versions.split_once(ARROW)?, paths.split_once(ARROW)?);
        Some(Self {
            from: from.parse().ok()?,
            to: to.parse().ok()?,
            old_path: old_path.to_owned(),
            new_path: new_path.to_owned(),
            checksum: checksum.parse().ok()?,
        })
    }

    /// Whether the line reads back as it is written.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        [&self.old_path, &self.new_path].iter().all(|path| !path.contains(ARROW) && !path.contains(GAP))
    }
}

/// The record in a folder, given its text.
pub(crate) fn read_record(source: Option<&Arc<SourceFile>>) -> Result<RenumberRecord, Box<Diagnostic>> {
    let Some(source) = source else { return Ok(RenumberRecord::default()) };
    RenumberRecord::parse(&source.text).map_err(|error| {
        let help = match error {
            RenumberRecordError::ConflictMarks { .. } => {
                "keep the acts of both branches, theirs first, then run `limosa renumber` for what still collides"
            }
            _ => "restore it from version control: it tells databases which versions their migrations have now",
        };
        let message = format!("`{}` cannot be read: {error}", source.path);
        let span = line_span(&source.text, error.line());
        Box::new(Diagnostic::error("invalid-renumber", message).at(source, span).with_help(help))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_record_is_told_by_its_line() {
        let hash = Checksum::of("");
        for (text, line) in [
            (String::new(), 1),
            ("limosa.renumber v2\n".to_owned(), 1),
            (format!("{HEADER}\n010 -> 026  a.sql -> b.sql  {hash}\n"), 2),
            (format!("{HEADER}\n\n[yesterday]\n"), 3),
            (format!("{HEADER}\n[2024-11-29T10:00:00Z]\n010 -> x  a.sql -> b.sql  {hash}\n"), 3),
            (format!("{HEADER}\n[2024-11-29T10:00:00Z]\n010 -> 026  a.sql -> b.sql\n"), 3),
            (format!("{HEADER}\n<<<<<<< HEAD\n"), 2),
        ] {
            assert_eq!(RenumberRecord::parse(&text).map_err(|error| error.line()), Err(line), "for {text}");
        }
    }

    fn line() -> impl Strategy<Value = RenumberLine> {
        ("[0-9]{1,4}", "[0-9]{1,4}", "[a-z]{1,3}( [a-z'\"→>-]{1,4}){0,2}\\.sql", "[a-z]{1,8}", any::<u64>()).prop_map(
            |(from, to, old_path, new_path, text)| RenumberLine {
                from: from.parse().unwrap(),
                to: to.parse().unwrap(),
                old_path,
                new_path,
                checksum: Checksum::of(&text.to_string()),
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_rendered_reads_back(acts in prop::collection::vec(prop::collection::vec(line(), 0..4), 0..4)) {
            let at = Timestamp::from_second(1_700_000_000).unwrap();
            let acts: Vec<RenumberAct> = acts
                .into_iter()
                .map(|lines| RenumberAct { at, lines: lines.into_iter().filter(RenumberLine::is_writable).collect() })
                .collect();
            let record = RenumberRecord { acts };
            prop_assert_eq!(RenumberRecord::parse(&record.render()), Ok(record.clone()));
            prop_assert_eq!(RenumberRecord::parse(&record.render().replace('\n', "\r\n")), Ok(record));
        }
    }
}
