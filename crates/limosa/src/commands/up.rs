//! `up`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use limosa_engine::{DriftPolicy, Extent, InterruptedStatement, LossPolicy, OldHistoryPolicy, SavedBefore};
use limosa_project::{Backup, Environment, OrderPolicy, Project, Version};

use super::plan::{Approved, show_plan};
use super::seed::Seed;
use crate::confirm::confirm;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::fresh::start_fresh;
use crate::ignoring::rules;
use crate::invocation::Invocation;
use crate::run::{Run, Terms, Work, worst};
use crate::signals;

const EXAMPLES: &str = "\
Each migration commits together with its record, or not at all; what cannot run in a transaction is recorded \
statement by statement, and a run that was cut off goes on at the right one.

Examples:
  limosa up                                   every service, in order
  limosa up --fresh                           drops all, applies all, seeds; for databases to develop on
  limosa up --to 20241220120000               up to and including this version
  limosa --service api up --steps 1           the next one of this service
  limosa --env prod up --reason 'release 42'  on production; asks first where `confirm = true`";

/// Apply pending migrations
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Up {
    /// Stop after this version.
    #[arg(long, value_name = "VERSION", conflicts_with = "steps")]
    to: Option<Version>,
    /// Apply so many migrations.
    #[arg(long, value_name = "N")]
    steps: Option<usize>,
    /// Show what would run, and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Run exactly what this plan says (`limosa --json plan > FILE`), or nothing if a target has moved since.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["to", "steps", "dry_run", "order"])]
    plan: Option<PathBuf>,
    /// Drop everything in the database first, and write the seeds afterwards. Asks, and is refused where the
    /// environment is protected or asks for confirmations.
    #[arg(long, conflicts_with_all = ["to", "steps", "dry_run", "plan"])]
    fresh: bool,
    #[command(flatten)]
    run: RunArgs,
    /// What to do with migrations older than the newest applied one: refuse (linear) or apply (any).
    #[arg(long, value_enum, value_name = "POLICY")]
    order: Option<Order>,
}

/// What `up`, `down` and `redo` share.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// Why; kept in the event log.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// How long to wait for another run on the same target: 30s, 10m, 1h.
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = duration)]
    wait: Duration,
    /// A danger that is run into on purpose, by its name.
    #[arg(long, value_enum, value_name = "HAZARD")]
    allow: Vec<Hazard>,
    /// What became of the statement that was cut off, where limosa cannot see it.
    #[arg(long, value_enum, value_name = "WHAT")]
    interrupted: Option<Interrupted>,
    /// What is saved before anything is changed, in place of what the environment's `backup` says.
    #[arg(long, value_enum, value_name = "WHAT")]
    backup: Option<Saved>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Saved {
    /// The tables that the run touches.
    Tables,
    /// The whole database.
    Database,
    /// Nothing.
    Off,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Hazard {
    /// The schema was changed by other means since the last run.
    Drift,
    /// Tables, columns or rows go away, and their file says nothing of it.
    DeletesData,
    /// Another tool has applied migrations here, and its history was not taken over (`limosa adopt`).
    OldHistory,
    /// On the way back, a column comes without its NOT NULL where rows that came meanwhile have no value.
    MissingValues,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Interrupted {
    /// It took effect: go on behind it.
    Applied,
    /// It did not: run it again.
    Retry,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum Order {
    /// Every database runs the same steps in the same order.
    Linear,
    /// Late ones are applied too.
    Any,
}

impl Order {
    pub(crate) fn policy(choice: Option<Self>, configured: OrderPolicy) -> OrderPolicy {
        match choice {
            None => configured,
            Some(Self::Linear) => OrderPolicy::Linear,
            Some(Self::Any) => OrderPolicy::Any,
        }
    }
}

impl RunArgs {
    pub(crate) fn terms(&self, order: OrderPolicy, project: &Project, environment: &Environment) -> Terms {
        let ignore = rules(Some(project), &[]);
        Terms {
            order,
            drift: match self.allow.contains(&Hazard::Drift) {
                true => DriftPolicy::Allow(ignore),
                false => DriftPolicy::Refuse(ignore),
            },
            old_history: match self.allow.contains(&Hazard::OldHistory) {
                true => OldHistoryPolicy::Allow,
                false => OldHistoryPolicy::Refuse,
            },
            loss: match self.allow.contains(&Hazard::DeletesData) {
                true => LossPolicy::Allow,
                false => LossPolicy::Refuse,
            },
            allow_missing_values: self.allow.contains(&Hazard::MissingValues),
            reason: self.reason.clone(),
            wait: self.wait,
            interrupted: self.interrupted.map(|found| match found {
                Interrupted::Applied => InterruptedStatement::Applied,
                Interrupted::Retry => InterruptedStatement::Retry,
            }),
            saved: match (self.backup, environment.backup) {
                (Some(Saved::Tables), _) | (None, Backup::TouchedTables) => Some(SavedBefore::TouchedTables),
                (Some(Saved::Database), _) | (None, Backup::BeforeUp) => Some(SavedBefore::Database),
                (Some(Saved::Off), _) | (None, Backup::Off) => None,
            },
        }
    }
}

/// `90s`, `1.5m`, `2h`, `500ms`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let at = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(at);
    let unit = match unit {
        "ms" => 0.001,
        "s" | "" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => return Err("expected a time such as 30s, 10m or 1h".to_owned()),
    };
    let seconds: f64 = number.trim().parse().map_err(|_| "expected a time such as 30s, 10m or 1h".to_owned())?;
    Duration::try_from_secs_f64(seconds * unit).map_err(|_| "expected a time such as 30s, 10m or 1h".to_owned())
}

impl Up {
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let project = invocation.project()?;
        let environment = invocation.environment_of(&project)?;
        let parts = invocation.parts(&project)?;
        let approved = self.plan.as_ref().map(|path| Approved::read(path, environment)).transpose()?;
        let order = Order::policy(self.order, environment.run.order);
        let order = approved.as_ref().map_or(order, |approved| approved.order);
        let extent = match (&approved, self.to, self.steps) {
            (Some(approved), ..) => approved.extent.clone(),
            (None, Some(version), _) => Extent::To(version),
            (None, None, Some(steps)) => Extent::Steps(steps),
            (None, None, None) => Extent::All,
        };
        if self.dry_run {
            show_plan(invocation, &project, environment, &parts, &extent, order).await?;
            return Ok(Exit::Done);
        }
        if let Some(approved) = &approved {
            approved.hold(invocation, &project, environment, &parts).await?;
        }
        if environment.confirm && !invocation.global.yes {
            let pending = match &approved {
                Some(approved) => approved.count(),
                None => show_plan(invocation, &project, environment, &parts, &extent, order).await?,
            };
            if pending == 0 {
                return Ok(Exit::Done);
            }
            confirm(&invocation.global, &format!("Apply this to {}?", environment.name))?;
        }
        let stop = signals::listen();
        let mut terms = self.run.terms(order, &project, environment);
        if self.fresh {
            start_fresh(invocation, &project, environment, &parts, &terms, &stop).await?;
            // What was there is saved; of what comes now, nothing can be lost.
            terms.saved = None;
        }
        let run = Run { invocation, project: &project, environment, parts: &parts, terms };
        let work = Work::Up { extent, approved: approved.map(|approved| approved.plan) };
        let exit = worst(&run.work(&work, &stop).await?);
        if self.fresh && exit == Exit::Done {
            return Seed::of_all(self.run.wait).run(invocation).await;
        }
        Ok(exit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        assert_eq!(duration("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("1.5m"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("10"), Ok(Duration::from_secs(10)));
        for wrong in ["", "m", "5 parsecs", "-1s", "NaN"] {
            assert!(duration(wrong).is_err(), "`{wrong}` must not be a time");
        }
    }
}
