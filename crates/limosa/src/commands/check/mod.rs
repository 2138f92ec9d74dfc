//! `check`: the sections of the gate, one file each.

mod checks;
mod consumers;
mod files;
mod gate;
mod lint;
mod live;
mod policy;
mod proofs;
mod references;
mod replay;
mod section;
mod seeds;

use std::time::Instant;

use clap::{Args, ValueEnum};
use limosa_project::EnvironmentName;
use serde_json::json;

use self::gate::Gate;
use self::section::{Report, SectionJson, line};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::output::{self, Verbosity, render_diagnostics, terminal_width};
use crate::signals;

const EXAMPLES: &str = "\
The one gate for CI and for the moment before a deployment. Each section says in a line what it found and how long it \
took; what is wrong stands below it. Everything is computed from the files, in a throw-away database; what was \
computed before and has not changed since is known. With --target, --env or --url the databases are asked as well: \
drift, what is pending and how large its tables are, locks that are held right now, replicas that are behind, room \
on the disk; checks run there, and consumers are taken from what is applied there to what is pending.

With --base, what is new since that revision counts: those migrations are linted as going out together, and what a \
schema had against the policy before is no reason to fail.

Examples:
  limosa check                            all sections
  limosa check --base origin/main         for a pull request
  limosa check --target prod              before a deployment
  limosa check --only lint,proofs         these sections
  limosa check --skip consumers           all but this one
  limosa check --consumers --base main    whether applications go on with the migrations of this branch
  limosa --json check > check.json        for other programs
  limosa --env prod check --references    keys that another database does not have";

/// Check what must hold before a deployment
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Check {
    /// The environment whose databases are asked as well.
    #[arg(long, value_name = "ENV")]
    target: Option<EnvironmentName>,
    /// The revision that changes are counted from, as git names it.
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// Only these sections.
    #[arg(long, value_enum, value_name = "SECTION", value_delimiter = ',')]
    only: Vec<Section>,
    /// All sections but these.
    #[arg(long, value_enum, value_name = "SECTION", value_delimiter = ',', conflicts_with = "only")]
    skip: Vec<Section>,
    /// Only `consumers`: the queries of applications, before and after each migration.
    #[arg(long, conflicts_with_all = ["only", "skip"])]
    consumers: bool,
    /// Only `checks`: queries that must return no rows, commands and files of [check].
    #[arg(long, conflicts_with_all = ["only", "skip"])]
    checks: bool,
    /// Only `references`: columns that refer to rows of other services' databases.
    #[arg(long, conflicts_with_all = ["only", "skip"])]
    references: bool,
}

/// Declares the sections, in the order in which they run.
macro_rules! sections {
    ($($(#[$doc:meta])* $section:ident = $name:literal: $run:expr,)*) => {
        /// A section of the gate.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
        enum Section {
            $($(#[$doc])* $section,)*
        }

        impl Section {
            const ALL: &[Self] = &[$(Self::$section,)*];

            fn name(self) -> &'static str {
                match self {
                    $(Self::$section => $name,)*
                }
            }

            async fn run(self, gate: &mut Gate<'_>) -> Result<Report, Failure> {
                match self {
                    $(Self::$section => $run(gate).await,)*
                }
            }
        }
    };
}

sections! {
    /// Duplicate versions, loose files, the order of the services.
    Files = "files": files::run,
    /// `limosa.sum` holds what the files hold.
    Sum = "sum": files::sum,
    /// What would lock, lose or break something.
    Lint = "lint": lint::run,
    /// The migrations run on an empty database.
    Replay = "replay": replay::replay,
    /// They lead to the schema that is declared.
    Schema = "schema": replay::schema,
    /// The schema keeps to the project's conventions.
    Policy = "policy": policy::run,
    /// Each way back leads back.
    Proofs = "proofs": proofs::run,
    /// Declared rows can be written, and a second time nothing is.
    Seeds = "seeds": seeds::run,
    /// The queries of applications, before and after each migration.
    Consumers = "consumers": consumers::run,
    /// Queries that must return no rows, commands, files.
    Checks = "checks": checks::run,
    /// Keys that live in another service's database.
    References = "references": references::run,
    /// What the databases show right now.
    Live = "live": live::run,
}

impl Section {
    /// Whether it can look at nothing but databases that are there.
    fn is_live(self) -> bool {
        matches!(self, Self::References | Self::Live)
    }
}

impl Check {
    fn is_wanted(&self, section: Section) -> bool {
        let named = [
            (self.consumers, Section::Consumers),
            (self.checks, Section::Checks),
            (self.references, Section::References),
        ];
        let mut named = named.into_iter().filter(|(is_named, _)| *is_named).map(|(_, section)| section).peekable();
        if named.peek().is_some() {
            return named.any(|named| named == section);
        }
        (self.only.is_empty() || self.only.contains(&section)) && !self.skip.contains(&section)
    }

    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let mut invocation = invocation.clone();
        invocation.global.env = self.target.clone().or(invocation.global.env);
        let invocation = &invocation;
        let project = invocation.project()?;
        let parts = invocation.parts(&project)?;
        let stop = signals::listen();
        let mut gate = Gate::new(invocation, &project, &parts, &stop, self.base.as_deref())?;
        let wanted = Section::ALL.iter().copied().filter(|section| self.is_wanted(*section));
        let (mut exit, mut told) = (Exit::Done, Vec::new());
        for section in wanted {
            if stop.is_asked() {
                exit = exit.and(Exit::Resumable);
                break;
            }
            let begun = Instant::now();
            let is_named = self.references || self.only.contains(&section);
            let report = if section.is_live() && !gate.is_live() && !is_named {
                Report::nothing("no environment is named: `--target ENV`")
            } else {
                section.run(&mut gate).await.unwrap_or_else(Report::failed)
            };
            let took = begun.elapsed();
            exit = exit.and(report.exit());
            if !invocation.global.json {
                if invocation.global.verbosity() > Verbosity::Quiet {
                    output::print(&line(section.name(), &report, took));
                }
                output::tell(&render_diagnostics(&report.diagnostics, terminal_width()));
            }
            told.push((section.name(), report, took));
        }
        gate.stop().await?;
        if invocation.global.json {
            let sections: Vec<SectionJson<'_>> =
                told.iter().map(|(name, report, took)| SectionJson::new(name, report, *took)).collect();
            output::print_json(&json!({ "exit": exit.code(), "sections": sections }));
        }
        Ok(exit)
    }
}
