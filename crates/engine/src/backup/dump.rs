//! Whole databases, saved and put back by PostgreSQL's own programs.

mod program;
mod record;
mod replace;

use std::path::Path;
use std::time::Instant;

use limosa_postgres::ClientProgram;

use super::archive::{keep, temporary_beside};
use super::error::BackupError;
use super::event::BackupEvent;
use super::take::{BackupMade, BackupRequest, Saving};
use crate::run_error::RunError;
use crate::stop::StopSignal;
use crate::target::{Target, connect};

use program::{choose, run};

pub use record::DumpRecord;
pub use replace::{DatabaseRestored, Place, make_database, restore_database};

/// The programs that were found, those first that are preferred.
#[derive(Debug, Clone, Default)]
pub struct ClientPrograms {
    /// `pg_dump`.
    pub dump: Vec<ClientProgram>,
    /// `pg_restore`.
    pub restore: Vec<ClientProgram>,
}

/// In which form a database is saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DumpFormat {
    /// For `pg_restore`.
    Custom,
    /// SQL that `psql` loads; what is there is dropped first.
    Plain,
}

/// Saves a whole database with a `pg_dump` that is at least as new as the server. The password goes through the
/// program's environment, never through its command line.
///
/// # Errors
/// See [`BackupError`]. No file is left.
pub async fn back_up_database(
    target: &Target,
    programs: &ClientPrograms,
    format: DumpFormat,
    request: &BackupRequest<'_>,
    observer: &mut dyn FnMut(&BackupEvent),
    stop: &StopSignal,
) -> Result<BackupMade, BackupError> {
    let session = connect(target).await?;
    let saved = dump(Saving { session: &session, target, request, observer, stop }, programs, format).await;
    session.close().await;
    saved
}

/// The same, with a session that is there to ask.
pub(super) async fn dump(
    saving: Saving<'_>,
    programs: &ClientPrograms,
    format: DumpFormat,
) -> Result<BackupMade, BackupError> {
    let Saving { session, target, request, observer, stop } = saving;
    let begun = Instant::now();
    let facts = session.facts().await.map_err(RunError::from)?;
    let program = choose("pg_dump", &programs.dump, facts.version.major())?;
    observer(&BackupEvent::Begun { database: target.database(), tables: None });
    let unwritable = |error| BackupError::NotWritable { path: request.file.to_owned(), error };
    let file = temporary_beside(request.file).map_err(unwritable)?;
    let mut command = std::process::Command::new(&program.path);
    command.arg("--no-password").arg("--file").arg(file.path());
    command.arg(format!("--lock-wait-timeout={}", target.retry.patience.as_millis()));
    match format {
        DumpFormat::Custom => command.arg("--format=custom"),
        DumpFormat::Plain => command.args(["--format=plain", "--clean", "--if-exists"]),
    };
    if let Some(role) = &target.owner_role {
        command.arg(format!("--role={}", role.as_str()));
    }
    target.settings.tell(&mut command);
    let mut watch = || {
        let bytes = file.as_file().metadata().map_or(0, |it| it.len());
        let (took, rows) = (begun.elapsed(), 0);
        observer(&BackupEvent::Progress { table: None, tables_done: 0, rows, bytes, took });
    };
    run("pg_dump", command, &mut watch, stop).await?;
    observer(&BackupEvent::Verifying);
    let bytes = file.as_file().metadata().map_err(unwritable)?.len();
    if format == DumpFormat::Custom {
        list(&choose("pg_restore", &programs.restore, program.version.major())?.path, file.path(), stop).await?;
    }
    let record = DumpRecord {
        limosa_dump: 1,
        limosa: request.limosa.to_owned(),
        service: target.service.clone(),
        environment: request.environment.to_owned(),
        database: facts.database,
        server: facts.version.to_string(),
        program: program.version.to_string(),
        taken_at: crate::clock::ServerClock::from_microseconds(facts.server_time).now(),
        before: request.before.map(str::to_owned),
        bytes,
        sha256: record::sum(file.path()).map_err(unwritable)?,
    };
    record.write(request.file).map_err(unwritable)?;
    if let Err(error) = keep(file, request.file) {
        let _ = std::fs::remove_file(DumpRecord::path_of(request.file));
        return Err(unwritable(error));
    }
    Ok(BackupMade {
        file: request.file.to_owned(),
        bytes,
        tables: None,
        rows: None,
        took: begun.elapsed(),
        remarks: Vec::new(),
    })
}

/// Lets `pg_restore` read the whole table of contents.
async fn list(program: &Path, file: &Path, stop: &StopSignal) -> Result<(), BackupError> {
    let mut command = std::process::Command::new(program);
    command.arg("--list").arg(file);
    run("pg_restore", command, &mut || {}, stop).await
}

/// Looks at a dump: whether its bytes are those that were written, and whether `pg_restore` can read it.
///
/// # Errors
/// See [`BackupError`].
pub async fn verify_dump(file: &Path, programs: &ClientPrograms, stop: &StopSignal) -> Result<DumpRecord, BackupError> {
    let unreadable = |error| BackupError::Unreadable { path: file.to_owned(), error };
    let record = DumpRecord::read(file).ok_or_else(|| unreadable(super::Unreadable::NoArchive))?;
    let damaged = |what: String| unreadable(super::Unreadable::Damaged(what));
    let bytes = std::fs::metadata(file).map_err(|error| unreadable(error.into()))?.len();
    if bytes != record.bytes {
        return Err(damaged(format!("it has {bytes} bytes, and {} were written", record.bytes)));
    }
    if record::sum(file).map_err(|error| unreadable(error.into()))? != record.sha256 {
        return Err(damaged("its bytes are not those that were written".to_owned()));
    }
    if record::is_custom(file)
        && let Ok(program) = choose("pg_restore", &programs.restore, record.program_major())
    {
        list(&program.path, file, stop).await?;
    }
    Ok(record)
}
