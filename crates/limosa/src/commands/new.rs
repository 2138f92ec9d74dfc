//! `new`.

use clap::Args;
use jiff::Timestamp;
use limosa_project::{NewFileError, new_migration, write_new};
use limosa_syntax::Diagnostic;
use serde::Serialize;

use super::sum;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::output;

const EXAMPLES: &str = "\
The file gets the layout, the kind of version and the place of the down script that the folder's newest \
migrations have.

Examples:
  limosa new add_allergy_table
  limosa --service api new drop_legacy_columns";

/// Write a new migration and its down file
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct New {
    /// What it does, in snake_case.
    name: String,
}

#[derive(Serialize)]
struct NewJson {
    version: String,
    files: Vec<String>,
}

impl New {
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let project = invocation.project()?;
        let parts = invocation.parts(&project)?;
        let [part] = parts.as_slice() else {
            return Err(Failure::usage(
                "name-the-service",
                "a migration belongs to one service",
                format!("name it: `limosa --service {} new {}`", project.services[0].name, self.name),
            ));
        };
        let refused = |error: NewFileError| {
            let help = match &error {
                NewFileError::Name { suggestion, .. } => format!("try `limosa new {suggestion}`"),
                NewFileError::TooLong { .. } => {
                    "say what it does in fewer words; details belong into the file".to_owned()
                }
                _ => "make the file with that tool, or by hand".to_owned(),
            };
            Failure::from(Diagnostic::error("no-new-migration", error.to_string()).with_help(help))
        };
        let new = new_migration(&part.set, &self.name, Timestamp::now()).map_err(refused)?;
        write_new(&part.set.folder, &new.files).map_err(refused)?;
        let mut paths: Vec<String> = new.files.iter().map(|file| part.set.shown(&file.path)).collect();
        paths.extend(sum::renew(&project, part)?);
        invocation.warn(&new.warnings);
        if invocation.global.json {
            output::print_json(&NewJson { version: new.version.to_string(), files: paths });
        } else {
            output::print(&paths.iter().map(|path| format!("{path}\n")).collect::<String>());
        }
        Ok(Exit::Done)
    }
}
