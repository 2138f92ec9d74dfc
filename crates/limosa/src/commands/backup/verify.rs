//! `backup --verify`.

use std::path::Path;

use limosa_engine::{
    ArchiveReader, BackupError, BackupForm, Unreadable, bytes_for_people, look_at_backup, verify_dump, verify_plain,
};
use serde_json::json;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::output;
use crate::serving::client_programs;
use crate::signals;

/// Looks at every byte of a backup.
pub(super) async fn verify(invocation: &Invocation, file: &Path) -> Result<Exit, Failure> {
    let file = invocation.global.directory.join(file);
    let unreadable = |error: Unreadable| BackupError::Unreadable { path: file.clone(), error };
    let found = look_at_backup(&file).map_err(unreadable)?;
    match found.form {
        BackupForm::Archive => {
            ArchiveReader::open(&file).and_then(|archive| archive.verify()).map_err(unreadable)?;
        }
        BackupForm::Plain => verify_plain(&file).map_err(unreadable)?,
        BackupForm::Dump => {
            let programs = client_programs(&invocation.environment);
            verify_dump(&file, &programs, &signals::listen()).await?;
        }
    }
    if invocation.global.json {
        output::print_json(&json!({ "whole": true, "backup": found }));
        return Ok(Exit::Done);
    }
    let of = match (found.tables, found.rows) {
        (Some(tables), Some(rows)) => format!(", {tables} tables, {rows} rows"),
        _ => String::new(),
    };
    output::print(&format!(
        "{} is whole: {} of {} in {}{of}, {}, taken {}\n",
        found.file.display(),
        found.database,
        found.service,
        found.environment,
        bytes_for_people(found.bytes),
        found.taken_at.strftime("%Y-%m-%d %H:%M:%S UTC")
    ));
    Ok(Exit::Done)
}
