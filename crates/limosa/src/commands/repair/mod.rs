//! `repair`.

mod accept;
mod accept_seed;
mod difference;
mod files;
mod found;
mod resolve;

use std::time::Duration;

use clap::{Args, Subcommand};
use limosa_engine::{Repair as Mending, RepairOptions, RunError, repair};
use limosa_project::{Environment, Project};
use serde_json::json;

use self::accept::Accept;
use self::files::Files;
use self::found::{Finding, look_for_repairs};
use self::resolve::Resolve;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::{Invocation, Part};
use crate::one_target::Patient;
use crate::output;
use crate::serving::{Found, Missing, Serving, Waiting};
use crate::signals;

const EXAMPLES: &str = "\
Without more, it is said what there is to mend, and how. Each act leaves an event `repair` in the log of the \
database that it concerns.

Examples:
  limosa repair                          what is wrong, and what mends it
  limosa repair files                    migrations and seeds that are gone, from git, .bak files or the history
  limosa repair accept 20241220090000    a file that was edited and does the same, as a throw-away PostgreSQL shows
  limosa repair resolve 20241221090000   a migration that was begun, after looking at what of it is in effect";

/// Mend a history that went wrong: files that are gone or edited, migrations that are half done
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Repair {
    #[command(subcommand)]
    verb: Option<RepairVerb>,
}

#[derive(Debug, Subcommand)]
enum RepairVerb {
    Files(Files),
    Accept(Accept),
    Resolve(Resolve),
}

/// Where something is mended.
#[derive(Clone, Copy)]
struct Here<'a> {
    invocation: &'a Invocation,
    project: &'a Project,
    environment: &'a Environment,
    parts: &'a [Part<'a>],
}

/// How long another run on a target is waited for.
const WAIT: Duration = Duration::from_secs(60);

impl Repair {
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let project = invocation.project()?;
        let environment = invocation.environment_of(&project)?;
        let parts = invocation.parts(&project)?;
        let here = Here { invocation, project: &project, environment, parts: &parts };
        match self.verb {
            Some(RepairVerb::Files(files)) => files.run(here).await,
            Some(RepairVerb::Accept(accept)) => accept.run(here).await,
            Some(RepairVerb::Resolve(resolve)) => resolve.run(here).await,
            None => overview(here).await,
        }
    }
}

/// What there is to mend.
async fn overview(here: Here<'_>) -> Result<Exit, Failure> {
    let invocation = here.invocation;
    let found = look_for_repairs(here).await?;
    let findings: Vec<&Finding> = found.iter().flat_map(|found| &found.findings).collect();
    if invocation.global.json {
        let finding =
            |it: &&Finding| json!({ "service": it.service, "what": it.what, "about": it.about, "repair": it.repair });
        output::print_json(&findings.iter().map(finding).collect::<Vec<_>>());
    } else if findings.is_empty() {
        invocation.say("nothing to repair");
    } else {
        let line = |it: &&Finding| format!("{}  {} {}: `{}`\n", it.service, it.about, it.what, it.repair);
        output::print(&findings.iter().map(line).collect::<String>());
    }
    Ok(if findings.is_empty() { Exit::Done } else { Exit::Findings })
}

/// Puts repairs on record in the target of a service.
async fn mend(here: Here<'_>, part: &Part<'_>, repairs: &[Mending<'_>], reason: Option<&str>) -> Result<(), Failure> {
    let Here { invocation, project, environment, .. } = here;
    if repairs.is_empty() {
        return Ok(());
    }
    let stop = signals::listen();
    let mut serving = Serving::new(invocation, project, environment, std::slice::from_ref(part));
    let mut waiting = Waiting { patience: WAIT, observer: &mut Patient, stop: &stop };
    let found = serving.target(part.service, Missing::Leave, &mut waiting).await;
    let actor = invocation.environment.actor();
    let options = RepairOptions { reason, actor: &actor, wait: WAIT };
    let mended = match found {
        Ok(Found::Target(target)) => {
            repair(&target, repairs, &options, &mut Patient, &stop).await.map_err(Failure::from)
        }
        Ok(Found::NotYet { .. }) => Err(RunError::ChangedMeanwhile.into()),
        Err(failure) => Err(failure),
    };
    serving.stop().await?;
    invocation.warn(&mended?);
    Ok(())
}
