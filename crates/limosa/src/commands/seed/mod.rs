//! `seed`.

mod export;
mod import;
mod log;
mod render;

use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use limosa_engine::{Deletes, Event, Observer, SeedError, SeedOptions, SeedReport, SeedRun, StopSignal, Target, seed};
use limosa_project::{Environment, Project, Seed as SeedFile, SeedContent, did_you_mean, service_order};
use limosa_syntax::Diagnostic;

use self::export::Export;
use self::import::Import;
use self::render::{Seeded, print};
use super::up::duration;
use crate::confirm::confirm;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::{Invocation, Part};
use crate::output::tell;
use crate::seeding::ServiceSeeds;
use crate::serving::{Found, Missing, Serving, Waiting};
use crate::signals;

const EXAMPLES: &str = "\
A seed is a file in the folder `seeds`: `country.csv`, `country.json` or `country.yaml` for the rows of the table \
`country`, or a script such as `links.sql` that may run again. Only rows that differ are written, all seeds of a \
service in one transaction; a file that did not change since it was run is passed over. Files in `seeds/dev` are for \
the environment `dev` alone. An environment that is protected or asks for confirmations gets no seed that does not \
name it, unless it says `seeds = true`.

Examples:
  limosa seed                                 what is new or changed
  limosa seed --dry-run                       the rows that would be written
  limosa seed --verify                        whether somebody changed the rows; exit 1 if so
  limosa seed export country --to seeds/country.csv
  limosa --env prod seed country              on production; the environment and the seed are named
  limosa seed visit --allow deletes-data      more deletes than `max_delete` lets pass";

/// Write declared rows, where they differ
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub(crate) struct Seed {
    #[command(subcommand)]
    verb: Option<SeedVerb>,
    /// These alone; a seed is called as its file, without number and ending.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Show the rows that would be written, and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Compare the rows with the files, and write nothing.
    #[arg(long, conflicts_with_all = ["dry_run", "force"])]
    verify: bool,
    /// Run those that did not change, too.
    #[arg(long)]
    force: bool,
    /// A danger that is run into on purpose, by its name.
    #[arg(long, value_enum, value_name = "HAZARD")]
    allow: Vec<Hazard>,
    /// How long to wait for another run on the same target: 30s, 10m, 1h.
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = duration)]
    wait: Duration,
}

#[derive(Debug, Subcommand)]
enum SeedVerb {
    Export(Export),
    Import(Import),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Hazard {
    /// More rows are deleted than `max_delete` lets pass.
    DeletesData,
}

impl Seed {
    /// What is new or changed, of all seeds.
    pub(crate) fn of_all(wait: Duration) -> Self {
        Self { verb: None, names: Vec::new(), dry_run: false, verify: false, force: false, allow: Vec::new(), wait }
    }

    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        match self.verb {
            Some(SeedVerb::Export(export)) => return export.run(invocation).await,
            Some(SeedVerb::Import(import)) => return import.run(invocation).await,
            None => {}
        }
        let project = invocation.project()?;
        let environment = invocation.environment_of(&project)?;
        let parts = invocation.parts(&project)?;
        let services = self.services(invocation, &project, environment, &parts)?;
        if environment.protected && !self.allow.is_empty() {
            return Err(Failure::usage(
                "protected",
                format!("{} is protected: no seed deletes rows there", environment.name),
                "run it without `--allow`",
            ));
        }
        if environment.confirm
            && self.run_kind() == SeedRun::Write
            && services.iter().any(|(_, it)| !it.seeds.is_empty())
        {
            confirm(&invocation.global, &format!("Write seeds to {}?", environment.name))?;
        }
        let stop = signals::listen();
        let mut serving = Serving::new(invocation, &project, environment, &parts);
        let mut told = Vec::new();
        for (part, seeds) in services {
            let result = self.service(invocation, environment, part, &seeds, &mut serving, &stop).await;
            let failed = result.is_err();
            told.push(Seeded { service: part.service.name.as_str(), result, left_out: seeds.elsewhere });
            // Those that come after it may count on its rows.
            if failed {
                break;
            }
        }
        serving.stop().await?;
        if self.run_kind() == SeedRun::Write {
            log::keep(invocation, &project, &told);
        }
        Ok(print(invocation, environment, self.run_kind(), &told))
    }

    fn run_kind(&self) -> SeedRun {
        match (self.dry_run, self.verify) {
            (true, _) => SeedRun::DryRun,
            (_, true) => SeedRun::Verify,
            _ => SeedRun::Write,
        }
    }

    /// The services in their order, with the seeds that are for the environment.
    fn services<'p>(
        &self,
        invocation: &Invocation,
        project: &Project,
        environment: &Environment,
        parts: &'p [Part<'p>],
    ) -> Result<Vec<(&'p Part<'p>, ServiceSeeds)>, Failure> {
        let order = service_order(&project.services).map_err(Failure::from)?;
        let place = |part: &Part<'_>| {
            let at = project.services.iter().position(|service| service.name == part.service.name);
            order.iter().position(|it| Some(*it) == at)
        };
        let mut in_order: Vec<&Part<'_>> = parts.iter().collect();
        in_order.sort_by_key(|part| place(part));
        let (mut services, mut problems, mut known) = (Vec::new(), Vec::new(), Vec::new());
        for part in in_order {
            // Whoever names both the seed and the environment means it.
            let is_meant = |file: &SeedFile| invocation.global.env.is_some() && self.names(file);
            match ServiceSeeds::read(project, part.service, environment, is_meant) {
                Ok(found) => {
                    known.extend(found.seeds.iter().map(|file| file.name.to_string()));
                    known.extend(found.elsewhere.iter().cloned());
                    services.push((part, found));
                }
                Err(found) => problems.extend(found),
            }
        }
        if !problems.is_empty() {
            return Err(Failure::findings(problems));
        }
        let all = || services.iter().flat_map(|(_, found)| &found.seeds);
        for name in &self.names {
            if !all().any(|file| is_called(file, name)) {
                let message = match known.contains(name) {
                    true => format!("the seed `{name}` is not for {}", environment.name),
                    false => format!("there is no seed `{name}`"),
                };
                let help = match known.contains(name) {
                    true => format!("`limosa --env {} seed {name}` names both", environment.name),
                    false if known.is_empty() => "a seed is a file in the folder `seeds`".to_owned(),
                    false => did_you_mean(name, known.iter().map(String::as_str)),
                };
                return Err(Failure::usage("unknown-seed", message, help));
            }
        }
        Ok(services)
    }

    fn names(&self, file: &SeedFile) -> bool {
        self.names.iter().any(|name| is_called(file, name))
    }

    async fn service(
        &self,
        invocation: &Invocation,
        environment: &Environment,
        part: &Part<'_>,
        ServiceSeeds { seeds, elsewhere }: &ServiceSeeds,
        serving: &mut Serving<'_>,
        stop: &StopSignal,
    ) -> Result<SeedReport, Failure> {
        let mut waiting = Waiting { patience: self.wait, observer: &mut Patient, stop };
        let target: Box<Target> = match serving.target(part.service, Missing::Leave, &mut waiting).await? {
            Found::Target(target) => target,
            Found::NotYet { .. } if seeds.is_empty() => return Ok(SeedReport::default()),
            Found::NotYet { database } => {
                return Err(Failure::usage(
                    "no-database",
                    format!("there is no database `{database}` yet, and so no tables to fill"),
                    "`limosa up` makes it",
                ));
            }
        };
        let context = serving.variables(part.service)?;
        let values = |name: &str| name.strip_prefix("env:").and_then(|name| context.variables.get(name).cloned());
        let options = SeedOptions {
            run: self.run_kind(),
            force: self.force,
            deletes: match (environment.protected, self.allow.contains(&Hazard::DeletesData)) {
                (true, _) => Deletes::Refused,
                (_, true) => Deletes::Allowed,
                _ => Deletes::Limited,
            },
            actor: &invocation.environment.actor(),
            wait: self.wait,
            values: &values,
            elsewhere,
        };
        let only = |file: &SeedFile| self.names.is_empty() || self.names(file);
        Ok(seed(&target, seeds, &only, &options, &mut Patient, stop).await?)
    }
}

/// Whether a seed goes by a name: its own, or that of its table.
fn is_called(file: &SeedFile, name: &str) -> bool {
    match &file.content {
        _ if file.name.as_str() == name => true,
        SeedContent::Table(settings) => settings.table.name.as_str() == name,
        SeedContent::Script => false,
    }
}

/// Says who is in the way.
struct Patient;

impl Observer for Patient {
    fn on(&mut self, event: &Event) {
        if let Event::LockWaiting { holder: Some(holder), .. } = event {
            tell(&format!("waiting for {holder}\n"));
        }
    }
}

impl From<SeedError> for Failure {
    fn from(error: SeedError) -> Self {
        Self { diagnostics: error.diagnostics(), exit: error.ending().into() }
    }
}

/// Seeds that were run once and have no file any more.
fn lost(report: &SeedReport) -> Vec<Diagnostic> {
    if report.lost.is_empty() {
        return Vec::new();
    }
    let names: Vec<String> = report.lost.iter().map(|name| format!("`{name}`")).collect();
    let warning =
        Diagnostic::warning("lost-seed", format!("run here once, and without a file now: {}", names.join(", ")));
    vec![
        warning
            .with_note("the rows that they wrote are as they were")
            .with_help("bring the files back if they got lost"),
    ]
}
