//! `contract` and `abort`: the two ends of an online change.

use std::time::Duration;

use limosa_engine::{FinishOptions, OnlineEnd, Owners, StopSignal, abort, contract};
use limosa_project::{Project, read_consumers};
use serde::Serialize;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::output::{self, Terminal, style};
use crate::serving::{Found, Missing, Serving, Waiting};
use crate::signals;

/// Which end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The old version goes.
    Contract,
    /// The new version goes.
    Abort,
}

/// What is to be ended, and on which terms.
pub(crate) struct Finishing<'a> {
    pub(crate) end: End,
    pub(crate) version: Option<&'a str>,
    pub(crate) reason: Option<&'a str>,
    /// How long to look for clients of the old version; `None` where they may be there.
    pub(crate) quiet_window: Option<Duration>,
    /// Whether those are ready to whom tables are replicated.
    pub(crate) allows_replicated: bool,
    /// Whether rows may stay without a value for which an expression failed.
    pub(crate) leaves_quarantined: bool,
    /// Whether old ids may still be made where the keys are that columns refer to.
    pub(crate) allows_open_owner: bool,
    /// How long to wait for another run on the same target.
    pub(crate) wait: Duration,
}

#[derive(Serialize)]
struct EndedJson {
    ended: Vec<TargetJson>,
}

#[derive(Serialize)]
struct TargetJson {
    service: String,
    version: String,
    operations: Vec<String>,
}

impl Finishing<'_> {
    /// Ends them, service by service.
    pub(crate) async fn run(&self, invocation: &Invocation) -> Result<Exit, Failure> {
        let project = invocation.project()?;
        let environment = invocation.environment_of(&project)?;
        let parts = invocation.parts(&project)?;
        if self.version.is_some() && parts.len() > 1 {
            return Err(Failure::usage(
                "name-the-service",
                "versions belong to one service",
                format!("name it: `limosa --service {} …`", project.services[0].name),
            ));
        }
        let stop = signals::listen();
        let mut serving = Serving::new(invocation, &project, environment, &parts);
        let mut ended = Vec::new();
        let mut result = Ok(());
        for part in &parts {
            match self.target(invocation, &project, part, &mut serving, &stop).await {
                Ok(ends) => ended.extend(ends.into_iter().map(|end| TargetJson {
                    service: part.service.name.to_string(),
                    version: end.version,
                    operations: end.operations,
                })),
                Err(failure) => {
                    result = Err(failure);
                    break;
                }
            }
        }
        serving.stop().await?;
        if result.is_ok() || !ended.is_empty() {
            self.show(invocation, ended);
        }
        result.map(|()| Exit::Done)
    }

    async fn target(
        &self,
        invocation: &Invocation,
        project: &Project,
        part: &crate::invocation::Part<'_>,
        serving: &mut Serving<'_>,
        stop: &StopSignal,
    ) -> Result<Vec<OnlineEnd>, Failure> {
        let mut terminal = Terminal::stderr(invocation.global.verbosity());
        let mut waiting = Waiting { patience: self.wait, observer: &mut terminal, stop };
        let Found::Target(target) = serving.target(part.service, Missing::Leave, &mut waiting).await? else {
            return Ok(Vec::new());
        };
        let owners = match self.end {
            End::Contract => serving.owners(part.service, &mut waiting).await,
            End::Abort => Vec::new(),
        };
        let context = serving.variables(part.service)?;
        let values = |name: &str| name.strip_prefix("env:").and_then(|name| context.variables.get(name).cloned());
        let actor = invocation.environment.actor();
        let consumers = match self.end {
            End::Contract => read_consumers(project, part.service).map_err(Failure::findings)?,
            End::Abort => Vec::new(),
        };
        let options = FinishOptions {
            version: self.version,
            reason: self.reason,
            actor: &actor,
            wait: self.wait,
            values: &values,
            quiet_window: self.quiet_window,
            consumers: &consumers,
            allows_replicated: self.allows_replicated,
            leaves_quarantined: self.leaves_quarantined,
            leaves_snapshot: true,
            owners: Owners::Known(&owners),
            allows_open_owner: self.allows_open_owner,
        };
        Ok(match self.end {
            End::Contract => contract(&target, &options, &mut terminal, stop).await?,
            End::Abort => abort(&target, &options, &mut terminal, stop).await?,
        })
    }

    fn show(&self, invocation: &Invocation, ended: Vec<TargetJson>) {
        if invocation.global.json {
            output::print_json(&EndedJson { ended });
            return;
        }
        let done = match self.end {
            End::Contract => "contracted",
            End::Abort => "aborted",
        };
        if ended.is_empty() {
            invocation.say("no online change waits for it");
        }
        for end in ended {
            output::print(&format!("{} {} {done}: {}\n", style::done("✓"), end.version, end.operations.join("; ")));
        }
    }
}
