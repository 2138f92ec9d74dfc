//! The backups in a folder.

use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::archive::{ArchiveReader, Unreadable};
use super::dump::DumpRecord;
use super::plain;

/// In which form a backup is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum BackupForm {
    /// Limosa's own.
    Archive,
    /// What `pg_dump` wrote.
    Dump,
    /// SQL of tables.
    Plain,
}

/// A backup that Limosa wrote, by what it says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BackupFile {
    /// The file.
    pub file: PathBuf,
    /// Its form.
    pub form: BackupForm,
    /// The service.
    pub service: String,
    /// The environment.
    pub environment: String,
    /// The database's name on its server.
    pub database: String,
    /// The moment that the rows are of.
    pub taken_at: jiff::Timestamp,
    /// The run that it was made for; absent where somebody asked for it.
    pub before: Option<String>,
    /// Its bytes.
    pub bytes: u64,
    /// How many tables, where it tells.
    pub tables: Option<usize>,
    /// How many rows, where it tells.
    pub rows: Option<u64>,
}

/// What a file says of itself.
///
/// # Errors
/// It cannot be read, or no Limosa wrote it.
pub fn look_at_backup(file: &Path) -> Result<BackupFile, Unreadable> {
    let bytes = std::fs::metadata(file)?.len();
    if let Some(record) = DumpRecord::read(file) {
        return Ok(BackupFile {
            file: file.to_owned(),
            form: BackupForm::Dump,
            service: record.service,
            environment: record.environment,
            database: record.database,
            taken_at: record.taken_at,
            before: record.before,
            bytes,
            tables: None,
            rows: None,
        });
    }
    if let Some(said) = plain::said(file) {
        return of_plain(file, bytes, &said).ok_or(Unreadable::NoArchive);
    }
    let reader = ArchiveReader::open(file)?;
    let contents = reader.contents();
    Ok(BackupFile {
        file: file.to_owned(),
        form: BackupForm::Archive,
        service: contents.service.clone(),
        environment: contents.environment.clone(),
        database: contents.database.clone(),
        taken_at: contents.taken_at,
        before: contents.before.clone(),
        bytes,
        tables: Some(contents.tables.len()),
        rows: Some(contents.rows()),
    })
}

fn of_plain(file: &Path, bytes: u64, said: &serde_json::Value) -> Option<BackupFile> {
    let text = |key: &str| said[key].as_str().map(str::to_owned);
    Some(BackupFile {
        file: file.to_owned(),
        form: BackupForm::Plain,
        service: text("service")?,
        environment: text("environment")?,
        database: text("database")?,
        taken_at: text("taken_at")?.parse().ok()?,
        before: text("before"),
        bytes,
        tables: said["tables"].as_u64().and_then(|tables| usize::try_from(tables).ok()),
        rows: None,
    })
}

/// The backups in a folder, the newest first. Files that Limosa did not write are passed over, and so are damaged ones;
/// a folder that is not there holds none.
///
/// # Errors
/// The folder cannot be read.
pub fn list_backups(folder: &Path) -> io::Result<Vec<BackupFile>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.is_file()
            && let Ok(backup) = look_at_backup(&path)
        {
            found.push(backup);
        }
    }
    found.sort_by(|one, other| other.taken_at.cmp(&one.taken_at).then_with(|| other.file.cmp(&one.file)));
    Ok(found)
}
