//! Where PostgreSQL server binaries are looked for.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use limosa_catalog::ServerMajor;

use super::super::ProviderError;
use super::{Account, Installation, parse_version};
use crate::ClientProgram;

/// Folders of packages, as parent, prefix and suffix of a folder whose name holds the version.
const VERSIONED_FOLDERS: [(&str, &str, &str); 6] = [
    // Debian and Ubuntu
    ("/usr/lib/postgresql", "", "bin"),
    // Red Hat, Rocky, Amazon
    ("/usr", "pgsql-", "bin"),
    // Alpine
    ("/usr/libexec", "postgresql", ""),
    // Homebrew on Apple silicon and on Intel
    ("/opt/homebrew/opt", "postgresql@", "bin"),
    ("/usr/local/opt", "postgresql@", "bin"),
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
];

/// Where to look for server binaries. The environment's part is handed in by who may read it.
#[derive(Debug, Clone, Default)]
pub struct BinarySearch {
    /// Folders named by the user (`LIMOSA_PG_BIN`), which come before all others.
    pub named: Vec<PathBuf>,
    /// The value of `PATH`.
    pub path: Option<OsString>,
    /// Whether to look into the usual folders of packages.
    pub usual_folders: bool,
}

impl BinarySearch {
    /// Every installation found, each once, in the order of preference.
    ///
    /// # Errors
    /// This process is root and there is no account to run the binaries as.
    pub fn installations(&self) -> Result<Vec<Installation>, ProviderError> {
        let account = Account::for_servers()?;
        let mut seen = HashSet::new();
        Ok(self
            .folders()
            .iter()
            // Links to one folder (`/bin` to `/usr/bin`) would run it twice.
            .filter(|folder| fs::canonicalize(folder).is_ok_and(|real| seen.insert(real)))
            .filter_map(|folder| Installation::in_folder(folder, account.as_ref()))
            .collect())
    }

    /// The first installation of a major version or, where any will do, of the newest version; the folders that the
    /// user has named come before the others even then.
    ///
    /// # Errors
    /// There is none.
    pub fn find(&self, major: Option<ServerMajor>) -> Result<Installation, ProviderError> {
        let found = self.installations()?;
        let versions = found.iter().map(Installation::version).collect();
        let is_named = |installation: &Installation| self.named.iter().any(|folder| folder == installation.folder());
        let chosen = match major {
            Some(major) => found.into_iter().find(|installation| installation.version().major() == major),
            None => found.into_iter().max_by_key(|installation| (is_named(installation), installation.version())),
        };
        chosen.ok_or(ProviderError::NoBinaries { wanted: major, found: versions })
    }

    /// Every client program of this name (`pg_dump`), in the order of preference. One that does not say a version which
    /// is supported is left out.
    #[must_use]
    pub fn client_programs(&self, name: &str) -> Vec<ClientProgram> {
        let mut seen = HashSet::new();
        let program = |folder: PathBuf| {
            let path = folder.join(name);
            let real = fs::canonicalize(&path).ok().filter(|path| path.is_file())?;
            // Wrappers of packages are one program under many names, and look at the name.
            if !seen.insert((real, folder)) {
                return None;
            }
            let output = Command::new(&path).arg("--version").output().ok().filter(|it| it.status.success())?;
            Some(ClientProgram { version: parse_version(&String::from_utf8_lossy(&output.stdout))?, path })
        };
        self.folders().into_iter().filter_map(program).collect()
    }

    fn folders(&self) -> Vec<PathBuf> {
        let mut folders = self.named.clone();
        if let Some(path) = &self.path {
            // An empty or relative entry means the current folder, which is nothing to run servers from.
            folders.extend(std::env::split_paths(path).filter(|folder| folder.is_absolute()));
        }
        if self.usual_folders {
            for (parent, prefix, suffix) in VERSIONED_FOLDERS {
                folders.extend(versioned_folders(Path::new(parent), prefix, suffix));
            }
        }
        folders
    }
}

/// The folders below `parent` that are named by `prefix` and a number, the highest number first.
fn versioned_folders(parent: &Path, prefix: &str, suffix: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(parent) else { return Vec::new() };
    let mut found: Vec<(u32, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name();
            let number = name.to_str()?.strip_prefix(prefix)?.parse().ok()?;
            Some((number, entry.path().join(suffix)))
        })
        .collect();
    found.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
    found.into_iter().map(|(_, folder)| folder).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_come_named_first_then_path_then_packages_by_falling_number() {
        let parent = tempfile::tempdir().unwrap();
        for name in ["pgsql-9", "pgsql-16", "pgsql-15", "pgsql-old", "other-17"] {
            fs::create_dir(parent.path().join(name)).unwrap();
        }
        let names: Vec<_> = versioned_folders(parent.path(), "pgsql-", "bin")
            .iter()
            .map(|folder| folder.strip_prefix(parent.path()).unwrap().to_string_lossy().into_owned())
            .collect();
        assert_eq!(names, ["pgsql-16/bin", "pgsql-15/bin", "pgsql-9/bin"]);

        let search = BinarySearch {
            named: vec!["/named".into()],
            path: Some("/first::relative:/second".into()),
            usual_folders: false,
        };
        assert_eq!(search.folders(), ["/named", "/first", "/second"].map(PathBuf::from));
    }

    #[test]
    fn nothing_found_is_an_error_that_says_what_to_do() {
        let message = BinarySearch::default().find(None).unwrap_err().to_string();
        assert!(message.contains("LIMOSA_PG_BIN"), "{message}");
    }
}
