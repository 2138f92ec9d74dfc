//! One set of PostgreSQL server binaries.

use std::path::{Path, PathBuf};
use std::process::Command;

use limosa_catalog::ServerVersion;

use super::Account;

/// A folder with `initdb`, `postgres` and perhaps client programs, all of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    folder: PathBuf,
    version: ServerVersion,
}

impl Installation {
    /// Looks into a folder and asks its `postgres` for the version; `None` where there is no server that works and is
    /// new enough. `account` is who shall run it: an installation that the account may not execute is as good as none.
    #[must_use]
    pub fn in_folder(folder: &Path, account: Option<&Account>) -> Option<Self> {
        let program = folder.join("postgres");
        if !program.is_file() || !folder.join("initdb").is_file() {
            return None;
        }
        let mut command = Command::new(program);
        command.arg("--version").current_dir("/");
        if let Some(account) = account {
            account.run(&mut command);
        }
        let output = command.output().ok().filter(|output| output.status.success())?;
        let version = parse_version(&String::from_utf8_lossy(&output.stdout))?;
        Some(Self { folder: folder.to_owned(), version })
    }

    /// The folder that holds the programs.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The version of the server.
    #[must_use]
    pub fn version(&self) -> ServerVersion {
        self.version
    }

    /// The path of one of the programs, such as `pg_dump`, if it is there: some installations hold servers only.
    #[must_use]
    pub fn program(&self, name: &str) -> Option<PathBuf> {
        Some(self.folder.join(name)).filter(|path| path.is_file())
    }
}

/// Reads what `postgres --version` prints, such as `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`; betas print
/// `19beta1`. `None` where it is not that, or a version that is not supported.
#[must_use]
pub fn parse_version(text: &str) -> Option<ServerVersion> {
    let (_, rest) = text.split_once("(PostgreSQL) ")?;
    let word = rest.split_whitespace().next()?;
    let major_digits = word.find(|c: char| !c.is_ascii_digit()).unwrap_or(word.len());
    let (major, rest) = word.split_at(major_digits);
    let major: u32 = major.parse().ok()?;
    let minor: u32 = rest.strip_prefix('.').and_then(|minor| minor.parse().ok()).unwrap_or(0);
    ServerVersion::from_number(major.checked_mul(10_000)?.checked_add(minor)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_packages_builds_and_betas_are_read() {
        for (text, version) in [
            ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n", Some("15.18")),
            ("postgres (PostgreSQL) 18.4\n", Some("18.4")),
            ("postgres (PostgreSQL) 19beta1\n", Some("19.0")),
            ("postgres (PostgreSQL) 14.12\n", None),
            ("postgres (PostgreSQL) 9.6.24\n", None),
            ("postgres (PostgreSQL) \n", None),
            ("postgres (PostgreSQL) 999999999999.1\n", None),
            ("mysqld 8\n", None),
        ] {
            let read = parse_version(text).map(|version| version.to_string());
            assert_eq!(read.as_deref(), version, "{text}");
        }
    }
}
