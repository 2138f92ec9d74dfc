//! What was changed since a revision, as git tells it.

use std::path::Path;
use std::process::Command;

use limosa_syntax::Diagnostic;

use crate::failure::Failure;

/// The files below a folder that differ from those of the revision that `base` and the current one come from, those
/// that git does not know yet included; relative to the folder, with forward slashes.
///
/// # Errors
/// There is no git, the folder is in no repository, or there is no such revision.
pub(crate) fn changed_since(folder: &Path, base: &str) -> Result<Vec<String>, Failure> {
    let fork = git(folder, base, &["merge-base", "--end-of-options", base, "HEAD"]).or_else(|_| {
        // Unrelated histories, or no commit yet.
        git(folder, base, &["rev-parse", "--verify", "--end-of-options", &format!("{base}^{{commit}}")])
    })?;
    let changed = git(folder, base, &["diff", "--name-only", "--no-renames", "--relative", "-z", fork.trim()])?;
    let new = git(folder, base, &["ls-files", "--others", "--exclude-standard", "-z"])?;
    let mut files: Vec<String> = changed.split('\0').chain(new.split('\0')).map(str::to_owned).collect();
    files.retain(|file| !file.is_empty());
    files.sort();
    files.dedup();
    Ok(files)
}

fn git(folder: &Path, base: &str, words: &[&str]) -> Result<String, Failure> {
    let output = Command::new("git").arg("-C").arg(folder).args(words).output();
    let said = match output {
        Ok(output) if output.status.success() => return Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        Err(error) => format!("git cannot be run: {error}"),
    };
    let error = Diagnostic::error("no-base", format!("what was changed since `{base}` cannot be told")).with_note(said);
    Err(error.with_help("name a revision that is here, with `--base REV` or `base` in [check]").into())
}
