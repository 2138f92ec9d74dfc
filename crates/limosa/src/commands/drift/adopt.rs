//! `drift --adopt`.

use std::time::Duration;

use jiff::Timestamp;
use limosa_engine::{Compared, DriftAdoption, Event, Observer, adopt_drift};
use limosa_plan::{DiffOptions, Difference, diff};
use limosa_project::{Environment, NewFile, NewFileError, Project, new_migration, read_migrations, write_new};
use limosa_syntax::Diagnostic;
use serde::Serialize;

use super::target::failed;
use crate::commands::sum;
use crate::confirm::confirm;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::{Invocation, Part};
use crate::output::{self, CandidateJson, candidate_hints, candidates_json};
use crate::serving::{Found, Missing, Serving, Waiting};
use crate::signals;

/// How long another run on the target is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// What was asked for.
pub(super) struct Adoption<'a> {
    pub(super) name: &'a str,
    pub(super) reason: Option<&'a str>,
    pub(super) dry_run: bool,
    pub(super) database: &'a str,
    pub(super) compared: &'a Compared,
    pub(super) options: DiffOptions,
}

#[derive(Serialize)]
struct AdoptJson {
    version: String,
    files: Vec<String>,
    up: String,
    down: String,
    recorded: bool,
    rename_candidates: Vec<CandidateJson>,
}

struct Quiet;

impl Observer for Quiet {
    fn on(&mut self, _: &Event) {}
}

/// Writes the migration and puts it on record as applied.
pub(super) async fn adopt(
    invocation: &Invocation,
    project: &Project,
    environment: &Environment,
    part: &Part<'_>,
    adoption: Adoption<'_>,
) -> Result<Exit, Failure> {
    let refused = |error: NewFileError| {
        Failure::from(Diagnostic::error("no-new-migration", error.to_string()).with_help("see `limosa new --help`"))
    };
    let new = new_migration(&part.set, adoption.name, Timestamp::now()).map_err(refused)?;
    let (up, candidates, down) = scripts(&adoption)?;
    let head =
        format!("-- What was changed by hand on {}, taken over by `limosa drift --adopt`.\n\n", adoption.database);
    let (up, down) = (format!("{head}{up}"), format!("{head}{down}"));
    let (version, new) = (new.version.clone(), new.with_scripts(&up, &down));
    let mut files: Vec<String> = new.files.iter().map(|file| part.set.shown(&file.path)).collect();
    invocation.warn(&candidate_hints(&candidates));
    let json = |files: &[String], recorded| AdoptJson {
        version: version.to_string(),
        files: files.to_vec(),
        up: up.clone(),
        down: down.clone(),
        recorded,
        rename_candidates: candidates_json(&candidates),
    };
    if adoption.dry_run {
        match invocation.global.json {
            true => output::print_json(&json(&files, false)),
            false => output::print(&format!("{up}\n-- down\n\n{down}")),
        }
        return Ok(Exit::Done);
    }
    if environment.confirm && !invocation.global.yes {
        output::tell(&up);
        confirm(&invocation.global, &format!("Put this on record in {} as applied?", environment.name))?;
    }
    write_new(&part.set.folder, &new.files).map_err(refused)?;
    let recorded = record(invocation, project, environment, part, &version, &adoption).await;
    let (sum, warnings) = match recorded {
        Ok(recorded) => recorded,
        Err(failure) => {
            // A file that is not on record would be run where its effect is in place.
            take_away(part, &new.files);
            let _ = sum::renew(project, part);
            return Err(failure);
        }
    };
    files.extend(sum);
    invocation.warn(&warnings);
    match invocation.global.json {
        true => output::print_json(&json(&files, true)),
        false => {
            output::print(&files.iter().map(|path| format!("{path}\n")).collect::<String>());
            invocation.say(&format!(
                "on record in {} as applied; other environments get it by `limosa up`",
                adoption.database
            ));
        }
    }
    Ok(Exit::Done)
}

/// There and back.
fn scripts(adoption: &Adoption<'_>) -> Result<(String, Vec<limosa_plan::RenameCandidate>, String), Failure> {
    let Adoption { compared, options, .. } = adoption;
    let no_plan = |error: limosa_plan::DiffError| Failure::from(Diagnostic::error("no-plan", error.to_string()));
    let up: Difference = diff(&compared.expected, &compared.live, options).map_err(no_plan)?;
    let back = DiffOptions { renames: up.renames.inverse(), ..options.clone() };
    let down = diff(&compared.live, &compared.expected, &back).map_err(no_plan)?;
    Ok((up.to_sql(), up.candidates, down.to_sql()))
}

/// Renews the sum file and records the migration that was just written.
async fn record(
    invocation: &Invocation,
    project: &Project,
    environment: &Environment,
    part: &Part<'_>,
    version: &limosa_project::Version,
    adoption: &Adoption<'_>,
) -> Result<(Option<String>, Vec<Diagnostic>), Failure> {
    let sum = sum::renew(project, part)?;
    let set = read_migrations(project, part.service).map_err(Failure::findings)?;
    let Some(migration) = set.find(version) else {
        return Err(Failure::usage(
            "not-read-back",
            format!("migration {version} cannot be read back"),
            "run it again",
        ));
    };
    let stop = signals::listen();
    let mut serving = Serving::new(invocation, project, environment, std::slice::from_ref(part));
    let found = {
        let mut waiting = Waiting { patience: PATIENCE, observer: &mut Quiet, stop: &stop };
        serving.target(part.service, Missing::Leave, &mut waiting).await
    };
    let actor = invocation.environment.actor();
    let result = match found {
        Ok(Found::Target(target)) => {
            let adoption = DriftAdoption {
                migration,
                live: adoption.compared.live.fingerprint(),
                reason: adoption.reason,
                actor: &actor,
                wait: PATIENCE,
            };
            adopt_drift(&target, &adoption, &mut Quiet, &stop).await.map_err(failed)
        }
        Ok(Found::NotYet { database }) => {
            Err(Failure::usage("no-database", format!("database `{database}` is not there"), "run it again"))
        }
        Err(failure) => Err(failure),
    };
    serving.stop().await?;
    Ok((sum, result?))
}

fn take_away(part: &Part<'_>, files: &[NewFile]) {
    for file in files {
        let _ = std::fs::remove_file(part.set.folder.join(&file.path));
    }
}
