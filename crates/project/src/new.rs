//! New migrations.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use limosa_syntax::Diagnostic;

use crate::layout::{DownPlace, Numbering};
use crate::{MigrationSet, Version};

/// The longest name, in characters.
const MAX_NAME: usize = 50;

/// Verbs that say what a migration does.
const VERBS: &[&str] = &[
    "add",
    "alter",
    "backfill",
    "change",
    "convert",
    "copy",
    "create",
    "delete",
    "disable",
    "drop",
    "enable",
    "fix",
    "grant",
    "index",
    "initial",
    "initialize",
    "insert",
    "make",
    "merge",
    "migrate",
    "move",
    "populate",
    "recreate",
    "remove",
    "rename",
    "replace",
    "restore",
    "revoke",
    "seed",
    "set",
    "split",
    "update",
    "validate",
];

/// A file to write; the path is relative to the migrations folder, forward slashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Its path.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// The files of a new migration, the one to be applied first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMigration {
    /// Its version.
    pub version: Version,
    /// Its files.
    pub files: Vec<NewFile>,
    /// What could be better about the name.
    pub warnings: Vec<Diagnostic>,
}

impl NewMigration {
    /// The same files with these scripts in them: each in its own file, or above and below the line that parts them.
    #[must_use]
    pub fn with_scripts(mut self, up: &str, down: &str) -> Self {
        match self.files.as_mut_slice() {
            [only] => {
                let lines: Vec<&str> = only.text.lines().collect();
                let parting = lines.iter().rposition(|line| !line.trim().is_empty()).unwrap_or_default();
                let head: String =
                    lines[..parting].iter().filter(|line| !line.is_empty()).map(|line| format!("{line}\n")).collect();
                let line = lines.get(parting).copied().unwrap_or_default();
                only.text = format!("{head}{}\n\n{line}\n\n{}\n", up.trim_end(), down.trim_end());
            }
            [first, second, ..] => {
                first.text = up.to_owned();
                second.text = down.to_owned();
            }
            [] => {}
        }
        self
    }
}

/// Why there is no new migration.
#[derive(Debug, thiserror::Error)]
pub enum NewFileError {
    /// The name is not `snake_case`.
    #[error("`{name}` is not a name for a migration; expected snake_case, such as `{suggestion}`")]
    Name {
        /// The name that was given.
        name: String,
        /// The nearest name that would be taken.
        suggestion: String,
    },
    /// The name is too long.
    #[error("`{name}` has {chars} characters; the limit is {MAX_NAME}")]
    TooLong {
        /// The name that was given.
        name: String,
        /// Its length.
        chars: usize,
    },
    /// The folder's tool has to make it.
    #[error("a folder of {layout} takes no new file from outside: {why}")]
    Layout {
        /// The layout.
        layout: crate::LayoutName,
        /// Why.
        why: &'static str,
    },
    /// No version comes after the newest one.
    #[error("no version comes after {newest} in the style of this folder; name the file by hand")]
    NoVersion {
        /// The newest version.
        newest: String,
    },
    /// A file of that name exists.
    #[error("`{0}` already exists; nothing was overwritten")]
    Occupied(PathBuf),
    /// The system refused.
    #[error("`{path}` cannot be written: {source}")]
    Refused {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Plans a new migration in the style of those that are there: its layout, its kind of version, its place for the down
/// script.
///
/// # Errors
/// A name that is not `snake_case` or is longer than 50 characters, or a layout whose own tool has to make the file.
pub fn new_migration(set: &MigrationSet, name: &str, now: Timestamp) -> Result<NewMigration, NewFileError> {
    check_name(name)?;
    let rules = set.layout.rules();
    let last = set.migrations.iter().rev().find_map(|migration| migration.spelled.as_deref());
    let numbering = last.map_or_else(|| rules.numbering(), Numbering::of);
    let newest = set.migrations.last().map(|migration| &migration.version);
    let (spelled, version) = numbering
        .next(newest, now)
        .ok_or_else(|| NewFileError::NoVersion { newest: newest.map(ToString::to_string).unwrap_or_default() })?;
    let files = rules
        .new_files(&spelled, name, down_place(set))
        .map_err(|why| NewFileError::Layout { layout: set.layout, why })?
        .into_iter()
        .map(|(path, text)| NewFile { path, text })
        .collect();
    Ok(NewMigration { version, files, warnings: advice(name) })
}

fn check_name(name: &str) -> Result<(), NewFileError> {
    // A module may stand before it.
    let last = name.split_once('/').map_or(name, |(_, last)| last);
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let parts_are_words = name.split('/').all(|part| part.split('_').all(is_word)) && name.matches('/').count() <= 1;
    if !parts_are_words {
        return Err(NewFileError::Name { name: name.to_owned(), suggestion: snake_case(last) });
    }
    let chars = last.chars().count();
    if chars > MAX_NAME { Err(NewFileError::TooLong { name: name.to_owned(), chars }) } else { Ok(()) }
}

/// The nearest snake_case name: words parted at capitals and at everything that is no letter or digit.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for c in name.chars() {
        let after_word = snake.ends_with(|c: char| c != '_');
        if c.is_ascii_uppercase() && snake.ends_with(|c: char| c.is_ascii_lowercase()) {
            snake.push('_');
        }
        if c.is_ascii_alphanumeric() {
            snake.push(c.to_ascii_lowercase());
        } else if after_word {
            snake.push('_');
        }
    }
    let snake = snake.trim_matches('_');
    if snake.is_empty() { "add_patient_table".to_owned() } else { snake.to_owned() }
}

fn advice(name: &str) -> Vec<Diagnostic> {
    let last = name.rsplit('/').next().unwrap_or(name);
    let first = last.split('_').next().unwrap_or(last);
    if VERBS.contains(&first) {
        return Vec::new();
    }
    let message = format!("the name `{last}` does not begin with a verb");
    let help = "say what it does: `add_…`, `remove_…`, `alter_…`, `create_…`, `drop_…`, `rename_…`";
    vec![Diagnostic::warning("name-without-verb", message).with_help(help)]
}

/// Where the newest migration that has a down script keeps it.
pub(crate) fn down_place(set: &MigrationSet) -> DownPlace {
    let newest = set.migrations.iter().rev().find_map(|migration| Some((migration, migration.down.as_ref()?)));
    match newest {
        Some((migration, down)) if down.source.path == migration.up.source.path => DownPlace::Inside,
        Some((_, down)) if down.source.path.starts_with(&set.shown("rollbacks/")) => DownPlace::Rollbacks,
        _ => DownPlace::Own,
    }
}

/// Writes new files, none of which may exist; if one cannot be written, those before it are removed again.
///
/// # Errors
/// A file that exists, or what the system says.
pub fn write_new(folder: &Path, files: &[NewFile]) -> Result<(), NewFileError> {
    let mut written: Vec<PathBuf> = Vec::new();
    for file in files {
        let path = folder.join(&file.path);
        if let Err(source) = write_one(&path, &file.text) {
            // Best effort: what cannot be removed is an empty file of a name that nobody else uses.
            written.iter().for_each(|path| drop(fs::remove_file(path)));
            return Err(match source.kind() {
                std::io::ErrorKind::AlreadyExists => NewFileError::Occupied(path),
                _ => NewFileError::Refused { path, source },
            });
        }
        written.push(path);
    }
    Ok(())
}

fn write_one(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(path)?;
    // A full disk must not leave half a file behind; the first error is the one that tells why.
    file.write_all(text.as_bytes()).inspect_err(|_| drop(fs::remove_file(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_stand_in_their_files_or_on_both_sides_of_the_parting_line() {
        let migration = |texts: &[&str]| NewMigration {
            version: Version::new("1").unwrap(),
            files: texts.iter().map(|text| NewFile { path: "1_a.sql".into(), text: (*text).into() }).collect(),
            warnings: Vec::new(),
        };
        let texts = |files: &[&str]| -> Vec<String> {
            migration(files).with_scripts("UP;\n", "DOWN;\n").files.into_iter().map(|file| file.text).collect()
        };
        assert_eq!(texts(&["", ""]), ["UP;\n", "DOWN;\n"]);
        assert_eq!(
            texts(&["-- migrate:up\n\n-- migrate:down\n"]),
            ["-- migrate:up\nUP;\n\n-- migrate:down\n\nDOWN;\n"]
        );
        assert_eq!(texts(&["\n-- limosa:down\n"]), ["UP;\n\n-- limosa:down\n\nDOWN;\n"]);
    }

    #[test]
    fn names_are_snake_case_and_the_nearest_one_is_offered() {
        for (name, suggestion) in [
            ("AddPatientVitals", Some("add_patient_vitals")),
            ("add patient-vitals!", Some("add_patient_vitals")),
            ("", Some("add_patient_table")),
            ("../../etc", Some("etc")),
            ("add__x", Some("add_x")),
            ("add_patient_vitals_2", None),
            ("crm/add_leads", None),
        ] {
            let found = match check_name(name) {
                Err(NewFileError::Name { suggestion, .. }) => Some(suggestion),
                _ => None,
            };
            assert_eq!(found.as_deref(), suggestion, "for `{name}`");
        }
        assert!(check_name(&"x".repeat(50)).is_ok());
        assert!(matches!(check_name(&"x".repeat(51)), Err(NewFileError::TooLong { chars: 51, .. })));
    }

    #[test]
    fn a_name_without_a_verb_is_a_warning() {
        assert!(advice("add_leads").is_empty());
        assert!(advice("crm/create_leads").is_empty());
        assert_eq!(advice("leads").len(), 1);
    }
}
