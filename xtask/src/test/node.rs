//! Packages for Node.js, with which tests compare.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use limosa_testkit::FETCHED_NODE;

use super::command;

/// The reference for CUID2.
const PACKAGE: &str = "@paralleldrive/cuid2@3.3.0";

/// A folder in the cache that has the packages, filled if it is not yet; `None`, with a word, where this machine
/// cannot.
pub(super) fn ensure(cache: &Path) -> Option<PathBuf> {
    let home = cache.join(FETCHED_NODE);
    match fetch(&home, &[PACKAGE]) {
        Ok(()) => Some(home),
        Err(error) => {
            eprintln!("xtask: without node and {PACKAGE}; the comparison with it is skipped ({error})");
            None
        }
    }
}

/// Fills a folder with packages, none of whose own scripts run.
pub(super) fn fetch(home: &Path, packages: &[&str]) -> Result<(), String> {
    // Written last, so that it tells a finished folder from one that was broken off or is of an older pin.
    let receipt = home.join("limosa-package");
    let wanted = packages.join(" ");
    if fs::read_to_string(&receipt).is_ok_and(|text| text == wanted) {
        return Ok(());
    }
    command::run(Command::new("node").arg("--version"))?;
    eprintln!("xtask: fetching {wanted}");
    let failed = |error| format!("cannot write {}: {error}", home.display());
    fs::create_dir_all(home).map_err(failed)?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]).arg(home);
    command::run(npm.args(packages))?;
    fs::write(&receipt, wanted).map_err(failed)
}
