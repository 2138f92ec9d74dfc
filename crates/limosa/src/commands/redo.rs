//! `redo`.

use clap::Args;
use limosa_engine::{Back, DownFrom, Extent};

use super::up::RunArgs;
use crate::confirm::confirm;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::run::{Run, Work, worst};
use crate::selection::require_named;
use crate::signals;

const EXAMPLES: &str = "\
For the migration one is writing: its down file runs, then the file as it is now. The checksum of the edited \
file takes the place of the old one.

Examples:
  limosa --service api redo             the newest migration
  limosa --service api redo --steps 2   the two newest";

/// Take the newest migrations back and apply them again
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Redo {
    /// So many.
    #[arg(long, value_name = "N", default_value_t = 1)]
    steps: usize,
    #[command(flatten)]
    run: RunArgs,
}

impl Redo {
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let project = invocation.project()?;
        let environment = invocation.environment_of(&project)?;
        require_named(&project, &invocation.global.services, "redo")?;
        let parts = invocation.parts(&project)?;
        if environment.confirm {
            confirm(&invocation.global, &format!("Take back and re-apply migrations in {}?", environment.name))?;
        }
        let stop = signals::listen();
        let mut exit = Exit::Done;
        for part in &parts {
            let terms = self.run.terms(environment.run.order, &project, environment);
            let mut run = Run { invocation, project: &project, environment, parts: std::slice::from_ref(part), terms };
            // The down file belongs to the file being written; the history's is of an older text.
            let back = Work::Down { back: Back::Steps(self.steps), from: Some(DownFrom::File) };
            let reverted = run.work(&back, &stop).await?;
            exit = exit.and(worst(&reverted));
            // What the way back could lose is saved.
            run.terms.saved = None;
            let steps: usize = reverted.iter().map(|told| told.migrations).sum();
            if worst(&reverted) == Exit::Done && steps > 0 {
                exit = exit
                    .and(worst(&run.work(&Work::Up { extent: Extent::Steps(steps), approved: None }, &stop).await?));
            }
        }
        Ok(exit)
    }
}
