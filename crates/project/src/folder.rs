//! A migrations folder: everything in it that could be a migration, each file read once.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use limosa_syntax::{Diagnostic, Severity, SourceFile, Span};

use crate::file::{read_source, unreadable};

/// Layouts nest two folders deep at most (`committed/`, `rollbacks/`, a module's folder of folders).
const MAX_DEPTH: usize = 4;

/// The files of migrations whose texts are read: scripts, and what layouts keep beside them.
const READ: &[&str] = &[".sql", ".conf", ".sum", ".renumber", "metadata.toml", "meta/_journal.json", "sqitch.plan"];

/// Programs in which other tools' migrations are written.
const PROGRAMS: &[&str] = &[".js", ".cjs", ".mjs", ".ts", ".cts", ".mts", ".py"];

/// A folder's content.
#[derive(Debug, Clone, Default)]
pub(crate) struct Folder {
    /// The folder as people know it, forward slashes.
    pub(crate) shown: String,
    /// All files, in the order of their paths.
    pub(crate) files: Vec<FolderFile>,
}

/// One file of a folder.
#[derive(Debug, Clone)]
pub(crate) struct FolderFile {
    /// Relative to the folder, forward slashes.
    pub(crate) path: String,
    /// Its text, for SQL and the small files that layouts keep beside it.
    pub(crate) source: Option<Arc<SourceFile>>,
    /// The lines of its text that begin with `--`, for the layouts that put marks there.
    pub(crate) comments: Vec<Span>,
}

impl Folder {
    /// Reads a folder, with everything that is wrong in it.
    pub(crate) fn read(path: &Path, shown: &str) -> (Self, Vec<Diagnostic>) {
        Self::read_files(path, shown, READ)
    }

    /// The same with the texts of programs, in which other tools' migrations are written. What cannot be read is no
    /// more than worth a warning.
    pub(crate) fn read_with_programs(path: &Path, shown: &str) -> (Self, Vec<Diagnostic>) {
        let (folder, mut problems) = Self::read_files(path, shown, &[READ, PROGRAMS].concat());
        problems.iter_mut().for_each(|problem| problem.severity = Severity::Warning);
        (folder, problems)
    }

    fn read_files(path: &Path, shown: &str, endings: &[&str]) -> (Self, Vec<Diagnostic>) {
        let mut reading = Reading { endings, visited: HashSet::new(), files: Vec::new(), problems: Vec::new() };
        reading.descend(path, shown, "", 0);
        reading.files.sort_by(|a, b| a.path.cmp(&b.path));
        (Self { shown: shown.to_owned(), files: reading.files }, reading.problems)
    }

    /// The file at a path.
    pub(crate) fn file(&self, path: &str) -> Option<&FolderFile> {
        let at = self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok()?;
        self.files.get(at)
    }

    /// Takes a folder out of this one whose content has a sum of its own, and so is no part of it.
    pub(crate) fn part_off(&mut self, name: &str) -> Option<Self> {
        self.file(&format!("{name}/{}", crate::SUM_FILE))?;
        let within = format!("{name}/");
        let (below, files) = std::mem::take(&mut self.files).into_iter().partition(|it| it.path.starts_with(&within));
        self.files = files;
        let below: Vec<FolderFile> = below;
        let moved = below.into_iter().map(|it| FolderFile { path: it.path[within.len()..].to_owned(), ..it });
        Some(Self { shown: joined(&self.shown, name), files: moved.collect() })
    }

    /// The SQL files.
    pub(crate) fn sql(&self) -> impl Iterator<Item = &FolderFile> {
        self.files.iter().filter(|file| file.is_sql())
    }

    /// The SQL files in the folder itself, with the names that stand before `.sql`.
    pub(crate) fn top_sql(&self) -> impl Iterator<Item = (&FolderFile, &str)> {
        self.sql().filter_map(|file| Some((file, file.path.strip_suffix(".sql").filter(|stem| !stem.contains('/'))?)))
    }
}

impl FolderFile {
    /// Whether it is SQL.
    pub(crate) fn is_sql(&self) -> bool {
        self.path.ends_with(".sql")
    }

    /// Its text, empty where it was not read.
    pub(crate) fn text(&self) -> &str {
        self.source.as_ref().map_or("", |source| &source.text)
    }

    /// The comment lines, without the white space around them.
    pub(crate) fn comment_lines(&self) -> impl Iterator<Item = (Span, &str)> {
        self.comments.iter().map(|span| (*span, span.of(self.text()).trim()))
    }
}

struct Reading<'e> {
    /// Files whose names end so are read.
    endings: &'e [&'e str],
    visited: HashSet<PathBuf>,
    files: Vec<FolderFile>,
    problems: Vec<Diagnostic>,
}

impl Reading<'_> {
    fn descend(&mut self, path: &Path, shown: &str, prefix: &str, depth: usize) {
        // The real path tells a symbolic link that leads back from a folder that only looks alike.
        let first_visit = fs::canonicalize(path).is_ok_and(|real| self.visited.insert(real));
        if !first_visit {
            let message = format!("`{shown}` leads to a folder that was already read, through a symbolic link");
            self.problems.push(
                Diagnostic::error("symlink-loop", message).with_help("remove the link; every file must have one place"),
            );
            return;
        }
        let entries = match fs::read_dir(path) {
            Ok(entries) => entries,
            Err(error) => return self.problems.push(unreadable(shown, &error)),
        };
        let mut found = Vec::new();
        for entry in entries {
            match entry {
                Ok(entry) => found.push(entry),
                Err(error) => self.problems.push(unreadable(shown, &error)),
            }
        }
        // File systems list them in orders of their own.
        found.sort_by_key(fs::DirEntry::file_name);
        found.iter().for_each(|entry| self.entry(entry, shown, prefix, depth));
    }

    fn entry(&mut self, entry: &fs::DirEntry, shown: &str, prefix: &str, depth: usize) {
        let name = entry.file_name();
        let Some(name) = name.to_str() else {
            let message = format!("`{shown}` holds a file whose name is not UTF-8: `{}`", name.to_string_lossy());
            self.problems.push(Diagnostic::error("not-utf8", message).with_help("rename it"));
            return;
        };
        if name.starts_with('.') || name == "node_modules" {
            return;
        }
        let (shown, relative) = (joined(shown, name), format!("{prefix}{name}"));
        // Follows symbolic links, which file_type() of the entry would not.
        match fs::metadata(entry.path()) {
            Err(error) => {
                if name.ends_with(".sql") {
                    self.problems.push(unreadable(&shown, &error));
                }
            }
            Ok(found) if found.is_dir() && name.ends_with(".sql") => self.problems.push(
                Diagnostic::error("folder-not-file", format!("`{shown}` is a folder; expected a file"))
                    .with_help("move what is in it, or rename it so that it does not end in `.sql`"),
            ),
            Ok(found) if found.is_dir() => {
                if depth < MAX_DEPTH {
                    self.descend(&entry.path(), &shown, &format!("{relative}/"), depth + 1);
                }
            }
            Ok(_) => self.file(&entry.path(), &shown, relative),
        }
    }

    fn file(&mut self, path: &Path, shown: &str, relative: String) {
        if !self.endings.iter().any(|ending| relative.ends_with(ending)) {
            self.files.push(FolderFile { path: relative, source: None, comments: Vec::new() });
            return;
        }
        match read_source(path, shown) {
            Ok(source) => {
                let comments = if relative.ends_with(".sql") { comments(&source.text) } else { Vec::new() };
                self.files.push(FolderFile { path: relative, source: Some(source), comments });
            }
            Err(problem) => self.problems.push(*problem),
        }
    }
}

/// A path below another, as people know it.
pub(crate) fn joined(folder: &str, name: &str) -> String {
    if folder.is_empty() || folder == "." { name.to_owned() } else { format!("{folder}/{name}") }
}

/// The spans of all lines that begin with `--`, line ends excluded.
fn comments(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    for line in text[start..].split_inclusive('\n') {
        if line.trim_start().starts_with("--") {
            found.push(Span::new(start, start + line.trim_end_matches(['\n', '\r']).len()));
        }
        start += line.len();
    }
    found
}
