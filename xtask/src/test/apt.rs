//! What the system's packages give: client programs such as `pg_dump`, PgBouncer, the oldest supported server.

use std::process::Command;

use limosa_postgres::provider::binaries::Account;

use super::command;

/// Programs that tests use, and the Debian package of each.
const PROGRAMS: [(&str, &str); 2] = [("pg_dump", "postgresql-client"), ("pgbouncer", "pgbouncer")];

/// Whether packages can be installed: `apt-get` is there and we are root.
pub(super) fn is_usable() -> bool {
    // Another account for servers is needed by root alone.
    command::find("apt-get").is_some() && matches!(Account::for_servers(), Ok(Some(_)))
}

/// Installs the programs that are missing, where it can; says so where it cannot. Tests that need one of them then pass
/// with a word.
pub(super) fn ensure_programs() {
    let missing: Vec<_> = PROGRAMS.iter().filter(|(program, _)| command::find(program).is_none()).collect();
    let packages: Vec<_> = missing.iter().map(|(_, package)| *package).collect();
    if packages.is_empty() {
        return;
    }
    let outcome = if is_usable() { install(&packages) } else { Err("only root can install packages".to_owned()) };
    if let Err(error) = outcome {
        eprintln!("xtask: without {}; tests that need them are skipped ({error})", packages.join(" and "));
    }
}

/// Installs packages, with a fresh list of them if the one at hand does not do.
pub(super) fn install(packages: &[&str]) -> Result<(), String> {
    eprintln!("xtask: apt-get install {}", packages.join(" "));
    let install = || {
        command::run(
            apt_get().args(["install", "--yes", "--no-install-recommends"]).args(packages).env("RUNLEVEL", "1"),
        )
    };
    if install().is_err() {
        command::run(apt_get().arg("update"))?;
        install()?;
    }
    Ok(())
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}
