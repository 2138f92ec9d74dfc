//! The user's cache folder, where the embedded server unpacks what does not change: its programs' code and an empty
//! database cluster, shared by all projects.
//!
//! The folder is that of the user (`XDG_CACHE_HOME` or `~/.cache`; on macOS `~/Library/Caches`) and cannot be chosen
//! from within the process. Where it is not writable, the caller starts the program again with [`VARIABLE`] set to a
//! folder that is.

use std::fs;
use std::path::PathBuf;

use directories::ProjectDirs;

use super::super::ProviderError;

/// The environment variable that moves the cache: `XDG_CACHE_HOME`, and on macOS, which has none for caches, `HOME`.
pub const VARIABLE: &str = if cfg!(target_os = "macos") { "HOME" } else { "XDG_CACHE_HOME" };

/// The folder that the embedded server unpacks into; `None` where neither the environment nor the user database names
/// a home folder.
#[must_use]
pub fn folder() -> Option<PathBuf> {
    // The name under which the server's own code looks it up.
    ProjectDirs::from("dev", "pglite-oxide", "pglite-oxide").map(|folders| folders.cache_dir().to_owned())
}

/// Checks that the cache can be written, by writing to it.
///
/// # Errors
/// There is no home folder, or the cache in it cannot be written.
pub fn check() -> Result<(), ProviderError> {
    let Some(folder) = folder() else { return Err(ProviderError::NoCache { folder: None, variable: VARIABLE }) };
    let written = fs::create_dir_all(&folder).and_then(|()| tempfile::tempfile_in(&folder));
    match written {
        Ok(_) => Ok(()),
        Err(_) => Err(ProviderError::NoCache { folder: Some(folder), variable: VARIABLE }),
    }
}
