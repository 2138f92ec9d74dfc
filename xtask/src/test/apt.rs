//! What the system's packages give: client programs such as `pg_dump`, PgBouncer, the oldest supported server.

use std::process::Command;

use limosa_postgres::provider::binaries::Account;

use super::command;

/// What tests use: a command that succeeds where it is there, and its Debian packages.
const PROGRAMS: [(&[&str], &[&str]); 4] = [
    (&["pg_dump", "--version"], &["postgresql-client"]),
    (&["pgbouncer", "--version"], &["pgbouncer"]),
    (&["sqitch", "engine"], &["sqitch", "libdbd-pg-perl"]),
    (&["ruby", "-e", "require 'active_record'; require 'pg'"], &["ruby-activerecord", "ruby-pg"]),
];

/// Whether packages can be installed: `apt-get` is there and we are root.
pub(super) fn is_usable() -> bool {
    // Another account for servers is needed by root alone.
    command::find("apt-get").is_some() && matches!(Account::for_servers(), Ok(Some(_)))
}

/// Installs the programs that are missing, where it can; says so where it cannot. Tests that need one of them then pass
/// with a word.
pub(super) fn ensure_programs() {
    let packages: Vec<_> =
        PROGRAMS.iter().filter(|(probe, _)| !succeeds(probe)).flat_map(|(_, packages)| *packages).copied().collect();
    if packages.is_empty() {
        return;
    }
    let outcome = if is_usable() { install(&packages) } else { Err("only root can install packages".to_owned()) };
    if let Err(error) = outcome {
        eprintln!("xtask: without {}; tests that need them are skipped ({error})", packages.join(" and "));
    }
}

fn succeeds(probe: &[&str]) -> bool {
    let Some((program, arguments)) = probe.split_first() else { return false };
    let output = Command::new(program).args(arguments).output();
    output.is_ok_and(|output| output.status.success())
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
