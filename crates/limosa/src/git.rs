//! git, as a program that is asked.

use std::path::Path;
use std::process::Command;

/// What git prints for these words in a folder.
///
/// # Errors
/// What git says, or why it cannot be run.
pub(crate) fn git(folder: &Path, words: &[&str]) -> Result<Vec<u8>, String> {
    match Command::new("git").arg("-C").arg(folder).args(words).output() {
        Ok(output) if output.status.success() => Ok(output.stdout),
        Ok(output) => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
        Err(error) => Err(format!("git cannot be run: {error}")),
    }
}

/// The parts of an answer that git separates by zero bytes.
pub(crate) fn parts_of(answer: &[u8]) -> Vec<String> {
    let parts = answer.split(|byte| *byte == 0).map(|part| String::from_utf8_lossy(part).into_owned());
    parts.filter(|part| !part.is_empty()).collect()
}
