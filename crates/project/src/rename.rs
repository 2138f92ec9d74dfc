//! Renaming several files so that either all of it happens or nothing.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Rename;

/// Why files were not renamed. Whatever was renamed before is back in its place, unless the last variant says
/// otherwise.
#[derive(Debug, thiserror::Error)]
pub enum RenameError {
    /// A file is not there.
    #[error("`{0}` is not there; read the folder again")]
    Missing(PathBuf),
    /// A file is in the way.
    #[error("`{0}` already exists; nothing was renamed, move it out of the way")]
    Occupied(PathBuf),
    /// The system refused.
    #[error("`{path}` cannot be renamed: {source}; everything is as it was")]
    Refused {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The system refused, and then refused to take back what had been done.
    #[error("`{path}` cannot be renamed: {source}; these could not be put back and have their new names: {stranded:?}")]
    HalfDone {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
        /// Files that kept their new names.
        stranded: Vec<PathBuf>,
    },
}

/// Renames files and folders below `folder`, in the order given. Nothing is ever overwritten.
///
/// # Errors
/// A file that is missing, a name that is taken, or what the system says.
pub fn apply_renames(folder: &Path, renames: &[Rename]) -> Result<(), RenameError> {
    check(folder, renames)?;
    let mut done: Vec<&Rename> = Vec::new();
    for rename in renames {
        if let Err(source) = rename_one(folder, &rename.from, &rename.to) {
            let back = |rename: &&&Rename| rename_one(folder, &rename.to, &rename.from).is_err();
            let stranded: Vec<PathBuf> = done.iter().rev().filter(back).map(|rename| folder.join(&rename.to)).collect();
            let path = folder.join(&rename.from);
            return Err(if stranded.is_empty() {
                RenameError::Refused { path, source }
            } else {
                RenameError::HalfDone { path, source, stranded }
            });
        }
        done.push(rename);
    }
    Ok(())
}

/// A name that is taken now is fine only if an earlier rename frees it.
fn check(folder: &Path, renames: &[Rename]) -> Result<(), RenameError> {
    for (at, rename) in renames.iter().enumerate() {
        if folder.join(&rename.from).symlink_metadata().is_err() {
            return Err(RenameError::Missing(folder.join(&rename.from)));
        }
        let freed = renames[..at].iter().any(|earlier| earlier.from == rename.to);
        let taken = renames[..at].iter().any(|earlier| earlier.to == rename.to);
        if taken || (!freed && folder.join(&rename.to).symlink_metadata().is_ok()) {
            return Err(RenameError::Occupied(folder.join(&rename.to)));
        }
    }
    Ok(())
}

fn rename_one(folder: &Path, from: &str, to: &str) -> std::io::Result<()> {
    let (from, to) = (folder.join(from), folder.join(to));
    // `rename` replaces a file that is there; this one must not.
    if to.symlink_metadata().is_ok() {
        return Err(std::io::Error::from(std::io::ErrorKind::AlreadyExists));
    }
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::rename(from, to)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn rename(from: &str, to: &str) -> Rename {
        Rename { from: from.to_owned(), to: to.to_owned() }
    }

    /// A folder with files, each holding its own first name.
    fn folder(names: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        names.iter().for_each(|name| fs::write(folder.path().join(name), name).unwrap());
        folder
    }

    fn contents(folder: &Path) -> BTreeSet<(String, String)> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let files = entries.filter(|path| path.is_file());
        files
            .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(path).unwrap()))
            .collect()
    }

    #[test]
    fn a_name_that_an_earlier_rename_frees_can_be_taken() {
        let folder = folder(&["3.sql", "4.sql"]);
        apply_renames(folder.path(), &[rename("4.sql", "5.sql"), rename("3.sql", "4.sql")]).unwrap();
        let expected = [("4.sql", "3.sql"), ("5.sql", "4.sql")].map(|(name, text)| (name.to_owned(), text.to_owned()));
        assert_eq!(contents(folder.path()), BTreeSet::from(expected));
    }

    #[test]
    fn nothing_is_renamed_when_a_name_is_taken_or_a_file_is_missing() {
        let folder = folder(&["1.sql", "2.sql", "3.sql"]);
        let before = contents(folder.path());
        let occupied = apply_renames(folder.path(), &[rename("1.sql", "9.sql"), rename("2.sql", "3.sql")]);
        assert!(matches!(occupied, Err(RenameError::Occupied(_))), "found {occupied:?}");
        let twice = apply_renames(folder.path(), &[rename("1.sql", "9.sql"), rename("2.sql", "9.sql")]);
        assert!(matches!(twice, Err(RenameError::Occupied(_))), "found {twice:?}");
        let missing = apply_renames(folder.path(), &[rename("1.sql", "9.sql"), rename("7.sql", "8.sql")]);
        assert!(matches!(missing, Err(RenameError::Missing(_))), "found {missing:?}");
        assert_eq!(contents(folder.path()), before);
    }

    #[test]
    fn what_was_renamed_goes_back_when_the_system_refuses_the_rest() {
        let folder = folder(&["1.sql", "2.sql", "plain"]);
        let before = contents(folder.path());
        // A file cannot be a folder, which shows only when the rename is tried.
        let refused = apply_renames(folder.path(), &[rename("1.sql", "9.sql"), rename("2.sql", "plain/2.sql")]);
        assert!(matches!(refused, Err(RenameError::Refused { .. })), "found {refused:?}");
        assert_eq!(contents(folder.path()), before);
    }
}
