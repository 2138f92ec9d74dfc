//! `backfill`.

mod manner;
mod progress;
mod rejects;
mod run;
mod status;

use clap::{Args, Subcommand};
use limosa_engine::{BackfillError, BackfillWish, Event, Job, Observer, StopSignal, Target, ask_backfill};
use limosa_syntax::Diagnostic;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::{Invocation, Part};
use crate::output::{self, tell};
use crate::serving::{Found, Missing, Serving, Waiting};
use crate::signals;

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
    let job: Job = on_target(invocation, asked).await?;
    if invocation.global.json {
        output::print_json(&status::json(&job));
    } else {
        output::print(&format!("job {} is {}, {} rows are done\n", job.number, job.state.word(), job.rows));
    }
    Ok(Exit::Done)
}

/// Says who has the project's own server.
struct Patient;

impl Observer for Patient {
    fn on(&mut self, event: &Event) {
        if let Event::LockWaiting { holder: Some(holder), .. } = event {
            tell(&format!("waiting for {holder}, which has the project's PostgreSQL\n"));
        }
    }
}

/// Does something with the one target that is meant.
async fn on_target<T>(
    invocation: &Invocation,
    work: impl AsyncFnOnce(Target, StopSignal) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let project = invocation.project()?;
    let environment = invocation.environment_of(&project)?;
    let parts = invocation.parts(&project)?;
    let [part]: &[Part<'_>] = parts.as_slice() else {
        return Err(Failure::usage(
            "name-the-service",
            "a table belongs to one service",
            format!("name it: `limosa --service {} backfill …`", project.services[0].name),
        ));
    };
    let stop = signals::listen();
    let mut serving = Serving::new(invocation, &project, environment, &parts);
    let patience = std::time::Duration::from_secs(30);
    let mut waiting = Waiting { patience, observer: &mut Patient, stop: &stop };
    let result = match serving.target(part.service, Missing::Leave, &mut waiting).await? {
        Found::Target(target) => work(*target, stop.clone()).await,
        Found::NotYet { database } => Err(Failure::usage(
            "no-database",
            format!("there is no database `{database}` yet, and so no rows"),
            "`limosa up` makes it",
        )),
    };
    serving.stop().await?;
    result
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
