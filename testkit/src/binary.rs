//! The program under test.

use std::env::consts::EXE_SUFFIX;
use std::path::PathBuf;

use crate::environment::{BINARY_VARIABLE, variable};

/// The path of the `limosa` program: what the test run names or, without one, what Cargo has built beside the tests.
///
/// # Panics
/// There is none, which a `cargo build` mends.
#[must_use]
pub fn limosa_binary() -> PathBuf {
    if let Some(path) = variable(BINARY_VARIABLE) {
        return PathBuf::from(path);
    }
    // Test programs lie in target/<profile>/deps, the binaries one above.
    let test = std::env::current_exe().expect("the test knows its own path");
    let beside = test.ancestors().skip(1).take(2).map(|folder| folder.join(format!("limosa{EXE_SUFFIX}")));
    beside.clone().find(|path| path.is_file()).unwrap_or_else(|| {
        let tried: Vec<_> = beside.map(|path| path.display().to_string()).collect();
        panic!("no limosa program at {}; run `cargo build -p limosa` or set {BINARY_VARIABLE}", tried.join(" nor "))
    })
}
