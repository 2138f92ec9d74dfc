//! What was changed since a revision, as git tells it.

use std::path::Path;

use limosa_syntax::Diagnostic;

use crate::failure::Failure;
use crate::git::{git, parts_of};

/// The files below a folder that differ from those of the revision that `base` and the current one come from, those
/// that git does not know yet included; relative to the folder, with forward slashes.
///
/// # Errors
/// There is no git, the folder is in no repository, or there is no such revision.
pub(crate) fn changed_since(folder: &Path, base: &str) -> Result<Vec<String>, Failure> {
    let fork = asked(folder, base, &["merge-base", "--end-of-options", base, "HEAD"]).or_else(|_| {
        // Unrelated histories, or no commit yet.
        asked(folder, base, &["rev-parse", "--verify", "--end-of-options", &format!("{base}^{{commit}}")])
    })?;
    let fork = String::from_utf8_lossy(&fork).into_owned();
    let changed = asked(folder, base, &["diff", "--name-only", "--no-renames", "--relative", "-z", fork.trim()])?;
    let new = asked(folder, base, &["ls-files", "--others", "--exclude-standard", "-z"])?;
    let mut files = [parts_of(&changed), parts_of(&new)].concat();
    files.sort();
    files.dedup();
    Ok(files)
}

fn asked(folder: &Path, base: &str, words: &[&str]) -> Result<Vec<u8>, Failure> {
    git(folder, words).map_err(|said| {
        let error = Diagnostic::error("no-base", format!("what was changed since `{base}` cannot be told"));
        error.with_note(said).with_help("name a revision that is here, with `--base REV` or `base` in [check]").into()
    })
}
