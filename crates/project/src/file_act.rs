//! Texts and renames that are done as a whole, although they are many steps: what is to be done is noted first, and
//! each step when it is done. A second run goes on behind the last.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use limosa_syntax::Diagnostic;
use serde_json::{Value, json};

use crate::Rename;

/// The note, in the migrations folder, while an act is under way.
const JOURNAL: &str = ".limosa-files";

/// What changes in a folder. Paths are relative to it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FileAct {
    /// Texts that are written, by their places before anything is renamed.
    pub texts: Vec<(String, String)>,
    /// What is renamed then, in this order.
    pub renames: Vec<Rename>,
}

/// Why files could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum FileActError {
    /// A file is in the way.
    #[error("`{0}` is there already; nothing was changed")]
    Occupied(PathBuf),
    /// A file is not what it was when the act began.
    #[error("`{path}` cannot be renamed: {why}")]
    Moved {
        /// The file.
        path: PathBuf,
        /// What is found instead.
        why: &'static str,
    },
    /// The system refused.
    #[error("`{path}`: {source}")]
    System {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The note of an act that was cut off cannot be read.
    #[error("`{0}`, which says what was to be done with the files, cannot be read")]
    Journal(PathBuf),
}

impl FileActError {
    /// The error as people should see it.
    #[must_use]
    pub fn diagnostic(&self) -> Diagnostic {
        Diagnostic::error("files-not-changed", self.to_string()).with_help(match self {
            Self::Occupied(_) => "move it out of the way",
            Self::Moved { .. } => "put the files back as they were and run the same again, which goes on",
            Self::System { .. } => "mend that and run the same again, which goes on where it stopped",
            Self::Journal(_) => "put the migrations folder back from version control, and remove that file",
        })
    }
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Write { path: String, text: String },
    Rename { from: String, to: String },
}

/// Whether an act was begun in this folder and not finished.
#[must_use]
pub fn files_are_half_changed(folder: &Path) -> bool {
    folder.join(JOURNAL).exists()
}

impl FileAct {
    /// Whether every name that is taken is free, or becomes so.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self, folder: &Path) -> Result<(), FileActError> {
        for rename in &self.renames {
            let gives_way = self.renames.iter().any(|other| other.from == rename.to);
            let to = folder.join(&rename.to);
            if !gives_way && to.symlink_metadata().is_ok() {
                return Err(FileActError::Occupied(to));
            }
        }
        Ok(())
    }

    /// Changes the files.
    ///
    /// # Errors
    /// What the system says; [`finish_files`] goes on where this stopped.
    pub fn perform(&self, folder: &Path) -> Result<(), FileActError> {
        replace(&folder.join(JOURNAL), &self.journal())?;
        finish_files(folder).map(drop)
    }

    fn journal(&self) -> String {
        let writes = self.texts.iter().map(|(path, text)| json!({ "write": path, "text": text }));
        let renames = self.renames.iter().map(|it| json!({ "rename": it.from, "to": it.to }));
        format!("{}\n", Value::from(writes.chain(renames).collect::<Vec<_>>()))
    }
}

/// Goes on with an act that was cut off; whether there was one.
///
/// # Errors
/// What the system says, or files that were changed meanwhile.
pub fn finish_files(folder: &Path) -> Result<bool, FileActError> {
    let journal = folder.join(JOURNAL);
    let text = match fs::read_to_string(&journal) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(source) => return Err(FileActError::System { path: journal, source }),
    };
    let mut lines = text.lines();
    let steps = lines.next().and_then(read_steps).ok_or_else(|| FileActError::Journal(journal.clone()))?;
    let done = lines.count();
    let system = |source| FileActError::System { path: journal.clone(), source };
    let mut notes = fs::File::options().append(true).open(&journal).map_err(system)?;
    for step in steps.iter().skip(done) {
        step.perform(folder)?;
        notes.write_all(b"done\n").and_then(|()| notes.sync_data()).map_err(system)?;
    }
    fs::remove_file(&journal).map_err(system)?;
    Ok(true)
}

fn read_steps(line: &str) -> Option<Vec<Step>> {
    let steps: Value = serde_json::from_str(line).ok()?;
    let text = |step: &Value, key: &str| Some(step.get(key)?.as_str()?.to_owned());
    let read = |step: &Value| match (text(step, "write"), text(step, "rename")) {
        (Some(path), _) => Some(Step::Write { path, text: text(step, "text")? }),
        (_, Some(from)) => Some(Step::Rename { from, to: text(step, "to")? }),
        _ => None,
    };
    steps.as_array()?.iter().map(read).collect()
}

impl Step {
    /// Does it; a step that was done and not noted is seen to be.
    fn perform(&self, folder: &Path) -> Result<(), FileActError> {
        match self {
            Self::Write { path, text } => replace(&folder.join(path), text),
            Self::Rename { from, to } => {
                let (from, to) = (folder.join(from), folder.join(to));
                let is_there = |path: &Path| path.symlink_metadata().is_ok();
                match (is_there(&from), is_there(&to)) {
                    (true, false) => {
                        if let Some(parent) = to.parent() {
                            fs::create_dir_all(parent)
                                .map_err(|source| FileActError::System { path: parent.to_owned(), source })?;
                        }
                        fs::rename(&from, &to).map_err(|source| FileActError::System { path: from, source })
                    }
                    (false, true) => Ok(()),
                    (true, true) => Err(FileActError::Moved { path: from, why: "its new name is taken" }),
                    (false, false) => Err(FileActError::Moved { path: from, why: "it is not there any more" }),
                }
            }
        }
    }
}

/// Writes a file whole or not at all, with the rights that it had.
fn replace(path: &Path, text: &str) -> Result<(), FileActError> {
    let system = |source| FileActError::System { path: path.to_owned(), source };
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(system)?;
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = Path::new(&beside);
    let mut file = fs::File::create(beside).map_err(system)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(system)?;
    if let Ok(there) = fs::metadata(path) {
        fs::set_permissions(beside, there.permissions()).map_err(system)?;
    }
    fs::rename(beside, path).map_err(system)
}

#[cfg(test)]
mod tests {
    use super::*;
    fn act() -> FileAct {
        let rename = |from: &str, to: &str| Rename { from: from.to_owned(), to: to.to_owned() };
        FileAct {
            texts: [("run.js", "3 2"), ("limosa.sum", "sum")].map(|(path, text)| (path.into(), text.into())).to_vec(),
            renames: vec![rename("2.sql", "3.sql"), rename("1b.sql", "2.sql")],
        }
    }

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in ["1b.sql", "2.sql", "run.js"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        folder
    }

    fn contents(folder: &Path) -> Vec<(String, String)> {
        let mut found: Vec<(String, String)> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap())
            .map(|entry| (entry.file_name().into_string().unwrap(), fs::read_to_string(entry.path()).unwrap()))
            .collect();
        found.sort();
        found
    }

    #[test]
    fn wherever_it_is_cut_off_a_second_run_comes_to_the_same_end() {
        let whole = folder();
        act().perform(whole.path()).unwrap();
        let expected = contents(whole.path());
        let names: Vec<&str> = expected.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["2.sql", "3.sql", "limosa.sum", "run.js"]);
        let journal = act().journal();
        for cut in 0..=4 {
            // Each step may be noted or not when the end comes.
            for noted in [true, false] {
                let folder = folder();
                for step in read_steps(&journal).unwrap().iter().take(cut) {
                    step.perform(folder.path()).unwrap();
                }
                let notes = if noted { cut } else { cut.saturating_sub(1) };
                fs::write(folder.path().join(JOURNAL), format!("{journal}{}", "done\n".repeat(notes))).unwrap();
                assert!(files_are_half_changed(folder.path()));
                assert!(finish_files(folder.path()).unwrap());
                assert_eq!(contents(folder.path()), expected, "cut off after {cut} steps, noted: {noted}");
            }
        }
        assert!(!finish_files(whole.path()).unwrap(), "there is nothing to go on with");
    }

    #[test]
    fn a_name_that_is_taken_is_refused_before_anything_is_done() {
        let folder = folder();
        let mut taken = act();
        taken.renames.remove(0);
        assert!(matches!(taken.check(folder.path()), Err(FileActError::Occupied(_))));
        assert!(act().check(folder.path()).is_ok(), "what gives way is not in the way");
    }
}
