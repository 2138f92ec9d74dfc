//! `backfill`.

mod manner;
mod progress;
mod rejects;
mod run;
mod status;

use clap::{Args, Subcommand};
use limosa_engine::{BackfillError, BackfillWish, Job, JobState, StopSignal, Target, ask_backfill};
use limosa_syntax::Diagnostic;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::one_target::on_target;
use crate::output;

const EXAMPLES: &str = "\
Changes many rows in batches, each a short transaction, so that nobody waits long and the table hardly grows. Each \
batch commits together with a mark of how far the job is: stop it or kill it, and `resume` goes on behind the last \
batch. At the end it is looked that no row is left.

Examples:
  limosa backfill run --table patient --set 'email = lower(email)' --dry-run
  limosa backfill run --table patient --set 'email = lower(email)'
  limosa backfill run --table visit --set 'code = kind || id' --where 'code IS NULL'
  limosa backfill run --table patient --generate public_id=cuid2:pat_
  limosa backfill run --table visit --alias v --set 'clinic = p.clinic' --from 'patient p' --where 'p.id = v.patient'
  limosa backfill run --table audit --into audit_2024 --set 'id = id' --set 'at = at' --where 'at < $$2025-01-01$$'
  limosa backfill run --table audit --delete --where 'at < now() - make_interval(years => 2)'
  limosa backfill status                           from another terminal
  limosa backfill pause                            and later: limosa backfill resume";

/// Change many rows in batches
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Backfill {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Begin one, or go on with the same one
    Run(run::Run),
    /// Go on with one that was paused, stopped or cut off
    Resume(run::Resume),
    /// Show how far each is
    Status(status::Status),
    /// Show the rows that were left as they are, since they could not be changed
    Rejects(rejects::Rejects),
    /// Let one stop behind its batch, to go on later
    Pause(Which),
    /// Let one stop behind its batch, for good; what was changed stays
    Cancel(Which),
}

/// A job that has not ended.
#[derive(Debug, Args)]
struct Which {
    /// Its number; may be left out where there is one only.
    job: Option<i32>,
}

impl Backfill {
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        match self.what {
            What::Run(run) => run.run(invocation).await,
            What::Resume(resume) => resume.run(invocation).await,
            What::Status(status) => status.run(invocation).await,
            What::Rejects(rejects) => rejects.run(invocation).await,
            What::Pause(which) => ask(invocation, which.job, BackfillWish::Pause).await,
            What::Cancel(which) => ask(invocation, which.job, BackfillWish::Cancel).await,
        }
    }
}

async fn ask(invocation: &Invocation, job: Option<i32>, wish: BackfillWish) -> Result<Exit, Failure> {
    let asked = async |target: Target, _: StopSignal| {
        Ok(ask_backfill(&target, job, wish, &invocation.environment.actor()).await?)
    };
    let job: Job = on_target(invocation, "backfill", asked).await?;
    if invocation.global.json {
        output::print_json(&status::json(&job));
    } else {
        let next = match (&job.migration, job.state) {
            (Some(migration), JobState::Cancelled) => {
                format!("; `limosa {}` begins its statement anew, over all rows", migration.direction.word())
            }
            _ => String::new(),
        };
        output::print(&format!("job {} is {}, {} rows are done{next}\n", job.number, job.state.word(), job.rows));
    }
    Ok(Exit::Done)
}

impl From<BackfillError> for Failure {
    fn from(error: BackfillError) -> Self {
        Self { diagnostics: error.diagnostics(), exit: error.ending().into() }
    }
}

/// Wrong use of an argument.
fn unusable(message: String) -> Failure {
    Diagnostic::error("invalid-argument", message).with_help("see `limosa backfill run --help`").into()
}
