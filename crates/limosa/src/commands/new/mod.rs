//! `new`.

mod seed;

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
migrations have. With --seed it is a file for rows of a table, whose columns the migrations say.

Examples:
  limosa new add_allergy_table
  limosa --service api new drop_legacy_columns
  limosa new --seed country";

/// Write a new migration and its down file
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct New {
    /// What it does, in snake_case.
    #[arg(required_unless_present = "seed", conflicts_with = "seed")]
    name: Option<String>,
    /// Write a file for rows of this table instead; `dev/TABLE` for those of one environment.
    #[arg(long, value_name = "NAME")]
    seed: Option<String>,
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
        let name = self.name.unwrap_or_default();
        let [part] = parts.as_slice() else {
            let (what, rest) = match &self.seed {
                Some(seed) => ("a seed", format!("--seed {seed}")),
                None => ("a migration", name),
            };
            return Err(Failure::usage(
                "name-the-service",
                format!("{what} belongs to one service"),
                format!("name it: `limosa --service {} new {rest}`", project.services[0].name),
            ));
        };
        if let Some(seed) = &self.seed {
            return seed::write(invocation, &project, part, seed).await;
        }
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
        let new = new_migration(&part.set, &name, Timestamp::now()).map_err(refused)?;
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
