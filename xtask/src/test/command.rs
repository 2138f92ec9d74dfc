//! Running other programs.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Runs a program to its end; what it wrote is in the error if it failed.
pub(super) fn run(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("cannot run {name}: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(format!("{name} failed ({}):\n{}", output.status, String::from_utf8_lossy(&said).trim()))
}

/// Looks a program up in `PATH` and the folders of system programs, which only root's `PATH` holds.
pub(super) fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from))
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
}
