//! `down`.

use clap::Args;
use limosa_engine::{Back, DownFrom};
use limosa_project::Version;

use super::up::RunArgs;
use crate::confirm::{ask, confirm};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::run::{Run, Work, worst};
use crate::selection::require_named;
use crate::signals;

const EXAMPLES: &str = "\
The way back is the migration's down file; where the checkout lacks it, the down script that the history kept \
when the migration was applied. Rollbacks stay in the event log, with their reason.

Examples:
  limosa --service api down                                    the newest migration of this service
  limosa --service api down --steps 2 --reason 'slow query'    the two newest
  limosa --service api down --to 20241218000000                all that came after this version
  limosa --service api down --only 20241220090000              this one, if nothing later depends on it";

/// Take applied migrations back, newest first
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Down {
    /// Take back so many; 1 where nothing else is said.
    #[arg(long, value_name = "N", conflicts_with_all = ["to", "only", "all"])]
    steps: Option<usize>,
    /// Take back all that is newer than this version.
    #[arg(long, value_name = "VERSION", conflicts_with_all = ["only", "all"])]
    to: Option<Version>,
    /// Take back this one alone.
    #[arg(long, value_name = "VERSION", conflicts_with = "all")]
    only: Option<Version>,
    /// Take back everything.
    #[arg(long)]
    all: bool,
    /// Which down script counts where the file and the history differ.
    #[arg(long, value_enum, value_name = "PLACE")]
    down_from: Option<From>,
    #[command(flatten)]
    run: RunArgs,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum From {
    /// The file in the checkout.
    File,
    /// What was kept when the migration was applied.
    History,
}

impl Down {
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let project = invocation.project()?;
        let environment = invocation.environment_of(&project)?;
        require_named(&project, &invocation.global.services, "down")?;
        let parts = invocation.parts(&project)?;
        let back = match (self.to, self.only, self.all) {
            (Some(version), ..) => Back::To(version),
            (_, Some(version), _) => Back::Only(version),
            (_, _, true) => Back::All,
            _ => Back::Steps(self.steps.unwrap_or(1)),
        };
        if environment.confirm {
            let names: Vec<&str> = parts.iter().map(|part| part.service.name.as_str()).collect();
            let what = describe(&back);
            confirm(&invocation.global, &format!("Take back {what} of {} in {}?", names.join(", "), environment.name))?;
        }
        let from = self.down_from.map(|from| match from {
            From::File => DownFrom::File,
            From::History => DownFrom::History,
        });
        let stop = signals::listen();
        let terms = self.run.terms(environment.run.order, &project, environment);
        let run = Run { invocation, project: &project, environment, parts: &parts, terms };
        let told = run.work(&Work::Down { back: back.clone(), from }, &stop).await?;
        // One service, nothing done yet, and a person to ask: the question can be put here and now.
        if let [only] = told.as_slice()
            && only.downs_differ
            && only.migrations == 0
            && let Some(from) =
                ask("Which one runs, the [f]ile or the one in the [h]istory? ").as_deref().and_then(chosen)
        {
            return Ok(worst(&run.work(&Work::Down { back, from: Some(from) }, &stop).await?));
        }
        Ok(worst(&told))
    }
}

fn chosen(answer: &str) -> Option<DownFrom> {
    match answer.to_lowercase().as_str() {
        "f" | "file" => Some(DownFrom::File),
        "h" | "history" => Some(DownFrom::History),
        _ => None,
    }
}

fn describe(back: &Back) -> String {
    match back {
        Back::Steps(1) => "the newest migration".to_owned(),
        Back::Steps(steps) => format!("the {steps} newest migrations"),
        Back::To(version) => format!("all migrations newer than {version}"),
        Back::Only(version) => format!("migration {version}"),
        Back::All => "all migrations".to_owned(),
    }
}
