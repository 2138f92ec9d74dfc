//! `backup list`.

use std::path::PathBuf;

use clap::Args;
use limosa_engine::{BackupForm, bytes_for_people, list_backups};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::output::{self, Cell, Table, style, terminal_width};

#[derive(Debug, Args)]
pub(super) struct List {
    /// Another folder than that of `[backup]`.
    folder: Option<PathBuf>,
}

impl List {
    pub(super) fn run(&self, invocation: &Invocation) -> Result<Exit, Failure> {
        let folder = match &self.folder {
            Some(folder) => invocation.global.directory.join(folder),
            None => {
                let project = invocation.project()?;
                project.path(&project.backup.folder)
            }
        };
        let found = list_backups(&folder).map_err(|error| {
            Failure::usage("unreadable", format!("`{}` cannot be read: {error}", folder.display()), "check the folder")
        })?;
        if invocation.global.json {
            output::print_json(&found);
            return Ok(Exit::Done);
        }
        if found.is_empty() {
            output::print(&format!("there are no backups in {}\n", folder.display()));
            return Ok(Exit::Done);
        }
        let mut table = Table::dated();
        for backup in &found {
            let what = match (backup.form, backup.tables) {
                (BackupForm::Dump, _) => "database".to_owned(),
                (_, Some(1)) => "1 table".to_owned(),
                (_, Some(tables)) => format!("{tables} tables"),
                (_, None) => "tables".to_owned(),
            };
            let name = backup.file.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
            table.push([
                backup.taken_at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string().into(),
                Cell::from(format!("{} {}", backup.environment, backup.service)),
                what.into(),
                bytes_for_people(backup.bytes).into(),
                Cell::styled(backup.before.clone().unwrap_or_default(), style::FAINT),
                name.into(),
            ]);
        }
        output::print(&table.render(terminal_width()));
        Ok(Exit::Done)
    }
}
