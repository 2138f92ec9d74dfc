//! A Python that has `pglast`, which is PostgreSQL's own parser; the differential test of our reading of SQL needs it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{apt, command};

/// The parser's package; its first number is the PostgreSQL major whose parser it holds, less ten.
const PACKAGE: &str = "pglast==8.7";

/// The interpreter of a virtual environment in the cache, made if it is not there yet; `None`, with a word, where this
/// machine cannot.
pub(super) fn ensure(cache: &Path) -> Option<PathBuf> {
    let home = cache.join("python");
    match make(&home, &[PACKAGE]) {
        Ok(interpreter) => Some(interpreter),
        Err(error) => {
            // An error of many lines says what matters in the last ones.
            let end: Vec<_> = error.lines().rev().take(3).collect();
            let end = end.into_iter().rev().collect::<Vec<_>>().join("\n");
            eprintln!(
                "xtask: without Python and {PACKAGE}; the comparison with PostgreSQL's parser is skipped ({end})"
            );
            None
        }
    }
}

/// The interpreter of a virtual environment with packages.
pub(super) fn make(home: &Path, packages: &[&str]) -> Result<PathBuf, String> {
    let interpreter = home.join("bin/python");
    // Written last, so that it tells a finished environment from one that was broken off or is of an older pin.
    let receipt = home.join("limosa-package");
    let wanted = packages.join(" ");
    if fs::read_to_string(&receipt).is_ok_and(|text| text == wanted) && interpreter.exists() {
        return Ok(interpreter);
    }
    eprintln!("xtask: making a Python environment with {wanted}");
    let mut environment = Command::new("python3");
    environment.args(["-m", "venv", "--clear"]).arg(home);
    if let Err(error) = command::run(&mut environment) {
        if !apt::is_usable() {
            return Err(error);
        }
        // Debian keeps the module in a package of its own.
        apt::install(&["python3-venv"])?;
        command::run(&mut environment)?;
    }
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"];
    command::run(Command::new(&interpreter).args(install).args(packages))?;
    fs::write(&receipt, wanted).map_err(|error| format!("cannot write {}: {error}", receipt.display()))?;
    Ok(interpreter)
}
