//! What git says of the project's files.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use limosa_syntax::Diagnostic;

use crate::failure::Failure;

/// The files below a folder that differ from what they were where this branch left `base`: changed, added, moved here,
/// and not yet known to git. Deleted ones are left out. Paths are relative to the folder, with forward slashes.
pub(crate) fn changed_since(folder: &Path, base: &str) -> Result<BTreeSet<String>, Failure> {
    let fork = git(folder, base, &["merge-base", "--end-of-options", base, "HEAD"])?;
    let fork = String::from_utf8_lossy(&fork).trim().to_owned();
    let changed = git(folder, base, &["diff", "--name-only", "-z", "--relative", "--diff-filter=d", &fork, "--", "."])?;
    let unknown = git(folder, base, &["ls-files", "-z", "--others", "--exclude-standard", "--", "."])?;
    let paths = changed.split(|byte| *byte == 0).chain(unknown.split(|byte| *byte == 0));
    Ok(paths.filter(|path| !path.is_empty()).map(|path| String::from_utf8_lossy(path).into_owned()).collect())
}

fn git(folder: &Path, base: &str, arguments: &[&str]) -> Result<Vec<u8>, Failure> {
    let refused = |said: String| {
        let error = Diagnostic::error("git", format!("git cannot say what changed since `{base}`: {said}"));
        Failure::from(error.with_help("name a branch or commit that this repository has: `git branch --all`"))
    };
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output();
    let output = output.map_err(|error| refused(error.to_string()))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(refused(if said.is_empty() { "they have nothing in common".to_owned() } else { said }))
}
