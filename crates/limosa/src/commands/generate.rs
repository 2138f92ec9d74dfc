//! `generate`.

use clap::Args;
use jiff::Timestamp;
use limosa_plan::{AcceptedRename, DiffOptions, Owners, Servers, Style, diff};
use limosa_project::{NewFileError, new_migration, write_new};
use limosa_syntax::Diagnostic;
use serde::Serialize;

use super::sum;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::ignoring::{Ignoring, tell_ignored};
use crate::invocation::Invocation;
use crate::output::{self, CandidateJson, candidate_hints, candidates_json};
use crate::schemas::{Schemas, Side};

const EXAMPLES: &str = "\
Compares what the service's migrations lead to with the schema that it declares, and writes what is missing as a \
migration with its way back. A renamed column would look like one dropped and one added, so say that it was \
renamed: in the schema file beside it, where it may stay for ever, or on the command line. What may have been renamed \
is offered, and never taken for granted.

  CREATE TABLE patient (
    id bigint PRIMARY KEY,
    name text NOT NULL  -- limosa: renamed from full_name
  );

Examples:
  limosa generate add_allergies
  limosa --service api generate add_allergies --offline
  limosa generate shorter_names --accept-rename public.patient.full_name=public.patient.name
  limosa generate take_over --to db                what somebody did by hand, as a migration";

/// Write the migration that leads to the declared schema, and its way back
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Generate {
    /// What it does, in snake_case.
    name: String,
    /// What there is.
    #[arg(long, value_name = "SCHEMA", default_value = "migrations")]
    from: Side,
    /// What is wanted.
    #[arg(long, value_name = "SCHEMA", default_value = "schema")]
    to: Side,
    /// The short form of statements, which may hold others up.
    #[arg(long)]
    offline: bool,
    /// Something has another name, and is neither dropped nor made: `public.patient.full_name=public.patient.name`.
    #[arg(long, value_name = "OLD=NEW")]
    accept_rename: Vec<AcceptedRename>,
    #[command(flatten)]
    ignoring: Ignoring,
    /// Show the scripts, and write nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Serialize)]
struct GenerateJson {
    version: Option<String>,
    files: Vec<String>,
    up: String,
    down: String,
    hazards: Vec<String>,
    rename_candidates: Vec<CandidateJson>,
}

impl Generate {
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let project = invocation.project()?;
        let parts = invocation.parts(&project)?;
        let [part] = parts.as_slice() else {
            return Err(Failure::usage(
                "name-the-service",
                "a migration belongs to one service",
                format!("name it: `limosa --service {} generate {}`", project.services[0].name, self.name),
            ));
        };
        let refused = |error: NewFileError| {
            Failure::from(Diagnostic::error("no-new-migration", error.to_string()).with_help("see `limosa new --help`"))
        };
        // Before anything is computed: a name that will not do is said at once.
        let new = new_migration(&part.set, &self.name, Timestamp::now()).map_err(refused)?;
        let mut schemas = Schemas::new(invocation)?;
        let catalogs = schemas.both(&self.from, &self.to).await;
        schemas.stop().await?;
        let (from, to) = catalogs?;
        let style = if self.offline { Style::Offline } else { Style::Online };
        let renames = schemas.renames((&from, &to), &self.accept_rename)?;
        let ignore = self.ignoring.rules(Some(&project));
        let servers = Servers::Any;
        let options = DiffOptions { style, owners: Owners::Ignore, renames, ignore, servers, ..DiffOptions::default() };
        tell_ignored(invocation, [&from, &to], &options);
        let no_plan = |error: limosa_plan::DiffError| Failure::from(Diagnostic::error("no-plan", error.to_string()));
        let up = diff(&from, &to, &options).map_err(no_plan)?;
        let back = DiffOptions { renames: up.renames.inverse(), ..options };
        let down = diff(&to, &from, &back).map_err(no_plan)?;
        if up.statements.is_empty() {
            if invocation.global.json {
                let nothing = String::new();
                let json = GenerateJson {
                    version: None,
                    files: Vec::new(),
                    up: nothing.clone(),
                    down: nothing,
                    hazards: Vec::new(),
                    rename_candidates: Vec::new(),
                };
                output::print_json(&json);
            } else {
                invocation.say("nothing to generate: the migrations lead to the schema that is wanted");
            }
            return Ok(Exit::Done);
        }
        let hazards: Vec<String> =
            up.statements.iter().flat_map(|statement| &statement.hazards).map(ToString::to_string).collect();
        let candidates = up.candidates.clone();
        let (up, down) = (up.to_sql(), down.to_sql());
        let new = new.with_scripts(&up, &down);
        let mut paths: Vec<String> = new.files.iter().map(|file| part.set.shown(&file.path)).collect();
        if !self.dry_run {
            write_new(&part.set.folder, &new.files).map_err(refused)?;
            paths.extend(sum::renew(&project, part)?);
        }
        let warning = |hazard: &String| Diagnostic::warning("hazard", hazard.clone());
        if invocation.global.json {
            output::print_json(&GenerateJson {
                version: Some(new.version.to_string()),
                files: paths,
                up,
                down,
                hazards,
                rename_candidates: candidates_json(&candidates),
            });
        } else {
            invocation.warn(&hazards.iter().map(warning).collect::<Vec<_>>());
            invocation.warn(&candidate_hints(&candidates));
            if self.dry_run {
                output::print(&format!("{up}\n-- down\n\n{down}"));
            } else {
                output::print(&paths.iter().map(|path| format!("{path}\n")).collect::<String>());
            }
        }
        Ok(Exit::Done)
    }
}
