//! Making a data folder.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use super::super::{OWNER_ROLE, ProviderError};
use super::{Account, Installation};

/// Locales that compare text byte by byte yet know what a letter is, and the one that every machine has.
///
/// A schema must not sort differently from machine to machine.
const LOCALES: [&str; 2] = ["C.UTF-8", "C"];

/// Runs `initdb`: UTF-8, no password on the socket, and on TCP the password in `password_file`, or nobody at all.
pub(super) fn initdb(
    installation: &Installation,
    data: &Path,
    account: Option<&Account>,
    durable: bool,
    password_file: Option<&Path>,
) -> Result<(), ProviderError> {
    let mut output = String::new();
    for locale in LOCALES {
        let result = run(installation, data, account, durable, password_file, locale)?;
        if result.status.success() {
            return Ok(());
        }
        output = format!("{}{}", String::from_utf8_lossy(&result.stdout), String::from_utf8_lossy(&result.stderr));
        if !output.contains("invalid locale") {
            break;
        }
    }
    Err(ProviderError::InitdbFailed { folder: data.to_owned(), output: output.trim().to_owned() })
}

fn run(
    installation: &Installation,
    data: &Path,
    account: Option<&Account>,
    durable: bool,
    password_file: Option<&Path>,
    locale: &str,
) -> Result<Output, ProviderError> {
    let program = installation.folder().join("initdb");
    let mut command = Command::new(&program);
    command
        .arg("--pgdata")
        .arg(data)
        .args(["--username", OWNER_ROLE, "--encoding", "UTF8", "--locale", locale])
        .args(["--auth-local", "trust", "--no-instructions"])
        .args(["--auth-host", if password_file.is_some() { "scram-sha-256" } else { "reject" }])
        .env("LC_MESSAGES", "C")
        .current_dir("/");
    if !durable {
        command.arg("--no-sync");
    }
    if let Some(file) = password_file {
        command.arg("--pwfile").arg(file);
    }
    if let Some(account) = account {
        account.run(&mut command);
    }
    command.output().map_err(|source| ProviderError::Spawn {
        program,
        account: account.map(|account| account.name().to_owned()),
        source,
    })
}

/// The major version that a data folder was made by, as its `PG_VERSION` says; `None` where it is not a data folder.
pub(super) fn data_version(data: &Path) -> Result<Option<String>, ProviderError> {
    let path = data.join("PG_VERSION");
    match fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text.trim().to_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ProviderError::file("read", path)(error)),
    }
}
