//! Private folders for Unix sockets.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::ProviderError;

/// The longest socket path: `sun_path` less its zero byte (108 bytes on Linux, 104 on macOS and the BSDs).
const LIMIT: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// The port in the name of the socket file. The folder is private, so all servers may use the same.
pub(crate) const PORT: u16 = 5432;

/// Makes a folder of mode 700, which only its owner (and root) can enter. Where the temporary folder's path is
/// too long for a socket, `/tmp` is used.
pub(crate) fn private_folder(temporary: &Path) -> Result<TempDir, ProviderError> {
    let folder = make(temporary)?;
    let folder = if fits(folder.path()) { folder } else { make(Path::new("/tmp"))? };
    if !fits(folder.path()) {
        return Err(ProviderError::SocketPathTooLong { path: file(folder.path()), limit: LIMIT });
    }
    Ok(folder)
}

fn make(parent: &Path) -> Result<TempDir, ProviderError> {
    tempfile::Builder::new()
        .prefix("limosa-")
        .permissions(fs::Permissions::from_mode(0o700))
        .tempdir_in(parent)
        .map_err(ProviderError::file("make a folder in", parent))
}

/// The socket file in a folder, named as PostgreSQL names it.
pub(crate) fn file(folder: &Path) -> PathBuf {
    folder.join(format!(".s.PGSQL.{PORT}"))
}

/// Whether the path of a socket in a folder is short enough for the operating system.
pub(crate) fn fits(folder: &Path) -> bool {
    // PostgreSQL keeps a lock file beside the socket; its longer path has no limit of its own.
    file(folder).as_os_str().len() <= LIMIT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_temporary_folder_is_avoided() {
        let parent = tempfile::tempdir().unwrap();
        let long = parent.path().join("x".repeat(120));
        fs::create_dir(&long).unwrap();
        let folder = private_folder(&long).unwrap();
        assert!(folder.path().starts_with("/tmp"), "{}", folder.path().display());
        assert_eq!(fs::metadata(folder.path()).unwrap().permissions().mode() & 0o777, 0o700);
        assert!(fits(folder.path()));
    }
}
