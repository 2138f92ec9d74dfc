//! Choosing and running a program of PostgreSQL.

use std::process::{Command, Stdio};
use std::time::Duration;

use limosa_catalog::ServerMajor;
use limosa_postgres::ClientProgram;
use tokio::io::AsyncReadExt as _;

use super::super::error::BackupError;
use crate::stop::{StopSignal, Urgency};

/// So often somebody is told how far it is.
const WATCHED_EVERY: Duration = Duration::from_millis(250);

/// How much of what a program says is kept: the end, which holds the reason.
const WORDS_KEPT: usize = 2000;

/// The program to use with a server: of its major version, or of the next one above. What a newer one writes may not
/// be understood by an older server.
pub(super) fn choose<'p>(
    name: &'static str,
    found: &'p [ClientProgram],
    server: ServerMajor,
) -> Result<&'p ClientProgram, BackupError> {
    let usable = found.iter().filter(|program| program.version.major() >= server);
    usable.min_by_key(|program| program.version.major()).ok_or_else(|| BackupError::NoProgram {
        program: name,
        server: server.to_string(),
        found: found.iter().map(|it| format!("{} ({})", it.version, it.path.display())).collect(),
    })
}

/// Runs a program to its end.
pub(super) async fn run(
    name: &'static str,
    mut command: Command,
    watch: &mut dyn FnMut(),
    stop: &StopSignal,
) -> Result<(), BackupError> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let failed = |said: String| BackupError::Program { program: name, said };
    let mut child = tokio::process::Command::from(command)
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| failed(format!("it cannot be started: {error}")))?;
    let mut stderr = child.stderr.take();
    let mut words = Vec::new();
    let listening = async {
        if let Some(stderr) = &mut stderr {
            let mut piece = [0; 4096];
            while let Ok(read @ 1..) = stderr.read(&mut piece).await {
                words.extend_from_slice(&piece[..read]);
                let over = words.len().saturating_sub(WORDS_KEPT);
                words.drain(..over);
            }
        }
    };
    let mut stop_here = stop.clone();
    let watching = async {
        loop {
            tokio::time::sleep(WATCHED_EVERY).await;
            watch();
        }
    };
    tokio::select! {
        () = listening => {}
        () = watching => {}
        () = stop_here.at_least(Urgency::AfterThis) => {
            // It would leave nothing of use.
            let _ = child.kill().await;
            return Err(BackupError::Stopped);
        }
    }
    let status = child.wait().await.map_err(|error| failed(error.to_string()))?;
    if status.success() {
        return Ok(());
    }
    if stop.is_asked() {
        return Err(BackupError::Stopped);
    }
    let said = String::from_utf8_lossy(&words).trim().to_owned();
    Err(failed(if said.is_empty() { status.to_string() } else { said }))
}

#[cfg(test)]
mod tests {
    use limosa_catalog::ServerVersion;

    use super::*;

    fn found(versions: &[u32]) -> Vec<ClientProgram> {
        let program = |version: &u32| ClientProgram {
            path: format!("/pg/{version}/pg_dump").into(),
            version: ServerVersion::from_number(version * 10_000).unwrap(),
        };
        versions.iter().map(program).collect()
    }

    #[test]
    fn the_program_is_of_the_servers_major_version_or_of_the_next_above() {
        let major = |number: u32| ServerVersion::from_number(number * 10_000).unwrap().major();
        let chosen = |versions: &[u32], server: u32| {
            choose("pg_dump", &found(versions), major(server)).map(|it| it.version.major()).ok()
        };
        assert_eq!(chosen(&[18, 15, 16], 15), Some(major(15)));
        assert_eq!(chosen(&[18, 15, 17], 16), Some(major(17)));
        assert_eq!(chosen(&[15], 18), None);
        assert_eq!(chosen(&[], 15), None);
        let error = choose("pg_dump", &found(&[15, 16]), major(18)).unwrap_err();
        let said = error.diagnostics().remove(0);
        assert_eq!(said.message, "no pg_dump of PostgreSQL 18 or newer was found");
        assert_eq!(said.notes, ["found were 15.0 (/pg/15/pg_dump), 16.0 (/pg/16/pg_dump)"]);
    }
}
