//! `check`: the sections of the gate, one file each.

mod checks;
mod gate;
mod references;
mod section;

use std::time::Instant;

use clap::Args;
use serde_json::json;

use self::gate::Gate;
use self::section::{Report, SectionJson, line};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::output::{self, Verbosity, render_diagnostics, terminal_width};
use crate::signals;

const EXAMPLES: &str = "\
Without an environment or URL on the command line nothing live is asked: what can be computed in a throw-away \
database is. With one, checks run on its databases, and consumers are taken from what is applied there to what is \
pending.

Examples:
  limosa check                          all sections
  limosa check --checks                 checks/*.sql in a shadow, commands and files of [check]
  limosa --env staging check --checks   the same on the databases of staging
  limosa --env prod check --references  keys that another database does not have
  limosa check --base origin/main       what counts as pending and changed is what is new since that revision";

/// Check what must hold before a deployment
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Check {
    /// Queries that must return no rows, commands and files of [check].
    #[arg(long)]
    checks: bool,
    /// Columns that refer to rows of other services' databases (`references` in limosa.toml).
    #[arg(long)]
    references: bool,
    /// The revision that changes are counted from, as git names it.
    #[arg(long, value_name = "REV")]
    base: Option<String>,
}

/// A section of the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Checks,
    References,
}

impl Section {
    /// In the order in which they run.
    const ALL: &[Self] = &[Self::Checks, Self::References];

    fn name(self) -> &'static str {
        match self {
            Self::Checks => "checks",
            Self::References => "references",
        }
    }

    async fn run(self, gate: &mut Gate<'_>) -> Result<Report, Failure> {
        match self {
            Self::Checks => checks::run(gate).await,
            Self::References => references::run(gate).await,
        }
    }
}

impl Check {
    fn is_named(&self, section: Section) -> bool {
        match section {
            Section::Checks => self.checks,
            Section::References => self.references,
        }
    }

    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let project = invocation.project()?;
        let parts = invocation.parts(&project)?;
        let stop = signals::listen();
        let mut gate = Gate::new(invocation, &project, &parts, &stop, self.base.as_deref())?;
        let any = Section::ALL.iter().any(|section| self.is_named(*section));
        let wanted = Section::ALL.iter().copied().filter(|section| !any || self.is_named(*section));
        let (mut exit, mut told) = (Exit::Done, Vec::new());
        for section in wanted {
            if stop.is_asked() {
                exit = exit.and(Exit::Resumable);
                break;
            }
            let begun = Instant::now();
            let report = section.run(&mut gate).await.unwrap_or_else(Report::failed);
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
