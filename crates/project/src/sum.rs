//! `limosa.sum`: a chain of hashes beside the migrations.
//!
//! Each line holds the hash of the line before, of its own file's name and of its checksum, so two branches that both
//! add a migration both change the last line, and git reports a conflict where they meet.

use std::fmt::Write as _;
use std::sync::Arc;

use limosa_syntax::{Diagnostic, SourceFile, Span};

use crate::{Checksum, MigrationSet};

/// The name of the file.
pub const SUM_FILE: &str = "limosa.sum";

const HEADER: &str = "limosa.sum v1";

/// What stands beside the migrations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SumState {
    /// No file, which is fine.
    Absent,
    /// A file that can be read.
    Valid {
        /// Its content.
        sum: SumFile,
        /// Its text.
        source: Arc<SourceFile>,
    },
    /// A file that cannot be read; `limosa sum` writes it anew.
    Invalid(Box<Diagnostic>),
}

/// The chain, in the order of the versions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SumFile {
    /// One line per migration.
    pub lines: Vec<SumLine>,
}

/// One link of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SumLine {
    /// The migration's file, or its folder; relative to the migrations folder.
    pub path: String,
    /// The hash of the line before, of the path and of the checksum.
    pub hash: Checksum,
}

/// Why a text is no sum file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SumError {
    /// git left its marks in it.
    #[error("line {line} is a conflict mark of git: two branches added migrations")]
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
    /// A line that is not a path and a hash.
    #[error("line {line} is `{found}`; expected a path, two spaces and a hash of 64 digits")]
    Line {
        /// The line, counted from 1.
        line: usize,
        /// What stands there.
        found: String,
    },
}

impl SumError {
    /// The line that is wrong, counted from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        match self {
            Self::Header { .. } => 1,
            Self::ConflictMarks { line } | Self::Line { line, .. } => *line,
        }
    }
}

impl SumFile {
    /// The chain over a set of migrations.
    #[must_use]
    pub fn of(set: &MigrationSet) -> Self {
        Self::chain(set.migrations.iter().map(|migration| (migration.path.as_str(), migration.checksum)))
    }

    /// The chain over paths and their checksums.
    #[must_use]
    pub fn chain<'a>(files: impl IntoIterator<Item = (&'a str, Checksum)>) -> Self {
        let mut lines: Vec<SumLine> = Vec::new();
        for (path, checksum) in files {
            let before = lines.last().map(|line| line.hash);
            lines.push(SumLine { path: path.to_owned(), hash: Checksum::chained(before, path, checksum) });
        }
        Self { lines }
    }

    /// Reads a sum file. Line ends of either kind are taken.
    ///
    /// # Errors
    /// Conflict marks, an unknown header, or a line that is not a path and a hash.
    pub fn parse(text: &str) -> Result<Self, SumError> {
        let marks = ["<<<<<<<", "=======", ">>>>>>>", "|||||||"];
        if let Some(at) = text.lines().position(|line| marks.iter().any(|mark| line.starts_with(mark))) {
            return Err(SumError::ConflictMarks { line: at + 1 });
        }
        let mut lines = text.lines().enumerate();
        let header = lines.next().map_or("", |(_, line)| line.trim_start_matches('\u{feff}'));
        if header.trim_end() != HEADER {
            return Err(SumError::Header { found: header.to_owned() });
        }
        let parse_line = |(at, line): (usize, &str)| {
            let parsed = line.rsplit_once("  ").and_then(|(path, hash)| Some((path, hash.parse().ok()?)));
            let error = || SumError::Line { line: at + 1, found: line.to_owned() };
            parsed.map(|(path, hash)| SumLine { path: path.to_owned(), hash }).ok_or_else(error)
        };
        let lines = lines.filter(|(_, line)| !line.trim().is_empty()).map(parse_line).collect::<Result<_, _>>()?;
        Ok(Self { lines })
    }

    /// The text of the file.
    #[must_use]
    pub fn render(&self) -> String {
        let mut text = format!("{HEADER}\n");
        for line in &self.lines {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{}  {}", line.path, line.hash);
        }
        text
    }

    /// Whether the line at a position fits the line before it and a checksum.
    pub(crate) fn fits(&self, at: usize, checksum: Checksum) -> bool {
        let before = at.checked_sub(1).and_then(|before| self.lines.get(before)).map(|line| line.hash);
        self.lines.get(at).is_some_and(|line| Checksum::chained(before, &line.path, checksum) == line.hash)
    }
}

/// The state of the sum file, given its text.
pub(crate) fn read_sum(source: Option<&Arc<SourceFile>>) -> SumState {
    let Some(source) = source else { return SumState::Absent };
    match SumFile::parse(&source.text) {
        Ok(sum) => SumState::Valid { sum, source: Arc::clone(source) },
        Err(error) => {
            let code = if matches!(error, SumError::ConflictMarks { .. }) { "sum-conflict" } else { "invalid-sum" };
            let help = match error {
                SumError::ConflictMarks { .. } => {
                    "put your migrations behind theirs with `limosa rebase`, then run `limosa sum`"
                }
                SumError::Header { .. } | SumError::Line { .. } => {
                    "restore it from version control, or write it anew with `limosa sum`"
                }
            };
            let message = format!("`{}` cannot be read: {error}", source.path);
            let span = line_span(&source.text, error.line());
            SumState::Invalid(Box::new(Diagnostic::error(code, message).at(source, span).with_help(help)))
        }
    }
}

/// The bytes of a line, counted from 1, without its end.
pub(crate) fn line_span(text: &str, line: usize) -> Span {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let length = text.get(start..).and_then(|rest| rest.lines().next()).map_or(0, str::len);
    Span::new(start, start + length)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn chain(files: &[(String, String)]) -> SumFile {
        SumFile::chain(files.iter().map(|(path, text)| (path.as_str(), Checksum::of(text))))
    }

    #[test]
    fn what_is_no_sum_file_is_told_by_its_line() {
        let hash = Checksum::of("");
        for (text, line) in [
            (String::new(), 1),
            ("limosa.sum v9\n".to_owned(), 1),
            (format!("limosa.sum v1\na.sql  {hash}\nb.sql {hash}\n"), 3),
            (format!("limosa.sum v1\n<<<<<<< HEAD\na.sql  {hash}\n=======\n"), 2),
        ] {
            assert_eq!(SumFile::parse(&text).map_err(|error| error.line()), Err(line), "for {text}");
        }
    }

    fn files() -> impl Strategy<Value = Vec<(String, String)>> {
        prop::collection::vec(("[a-z]{1,8}\\.sql", "[a-z ;]{0,16}"), 2..12)
    }

    proptest! {
        #[test]
        fn what_is_rendered_reads_back(files in files()) {
            let sum = chain(&files);
            prop_assert_eq!(SumFile::parse(&sum.render()), Ok(sum.clone()));
            prop_assert_eq!(SumFile::parse(&sum.render().replace('\n', "\r\n")), Ok(sum.clone()));
            for (at, (_, text)) in files.iter().enumerate() {
                prop_assert!(sum.fits(at, Checksum::of(text)));
            }
        }

        #[test]
        fn an_edit_an_insertion_and_a_removal_change_every_later_line(
            files in files(),
            at in any::<prop::sample::Index>(),
        ) {
            let at = at.index(files.len());
            let before = chain(&files);
            let mut edited = files.clone();
            edited[at].1.push('!');
            let mut inserted = files.clone();
            inserted.insert(at, ("new.sql".to_owned(), "select".to_owned()));
            let mut removed = files.clone();
            removed.remove(at);
            let changed = [(chain(&edited), 0i64, at), (chain(&inserted), 1, at), (chain(&removed), -1, at + 1)];
            for (after, shift, from) in changed {
                prop_assert_eq!(&before.lines[..at], &after.lines[..at]);
                for (position, line) in before.lines.iter().enumerate().skip(from) {
                    let moved = &after.lines[usize::try_from(position as i64 + shift).unwrap()];
                    prop_assert_eq!(&moved.path, &line.path);
                    prop_assert_ne!(moved.hash, line.hash);
                }
            }
        }
    }
}
