//! A plan that was written to a file, and whether it can be run.

use std::path::Path;

use limosa_engine::Extent;
use limosa_plan::{ApprovedExtent, ApprovedPlan};
use limosa_project::{Environment, OrderPolicy, Project};
use limosa_syntax::Diagnostic;

use super::{ANY, LINEAR, document, look, show};
use crate::failure::Failure;
use crate::invocation::{Invocation, Part};

/// A plan, and what a run of it is.
#[derive(Debug)]
pub(crate) struct Approved {
    pub(crate) plan: ApprovedPlan,
    pub(crate) extent: Extent,
    pub(crate) order: OrderPolicy,
}

impl Approved {
    /// Reads the file and holds it to the environment in which it is to be run.
    pub(crate) fn read(path: &Path, environment: &Environment) -> Result<Self, Failure> {
        let refuse = |why: String| {
            let help = "write a plan with `limosa --json plan > plan.json`";
            Failure::usage("plan-file", format!("`{}` cannot be run: {why}", path.display()), help)
        };
        let text = std::fs::read_to_string(path).map_err(|error| refuse(error.to_string()))?;
        let plan = ApprovedPlan::read(&text).map_err(|error| refuse(error.to_string()))?;
        if plan.environment != environment.name.as_str() {
            return Err(refuse(format!("it is for the environment {}, not {}", plan.environment, environment.name)));
        }
        let extent = match &plan.extent {
            ApprovedExtent::All => Extent::All,
            ApprovedExtent::Steps(steps) => Extent::Steps(*steps),
            ApprovedExtent::To(version) => {
                Extent::To(version.parse().map_err(|_| refuse(format!("{version} is no version")))?)
            }
        };
        let order = match plan.order.as_str() {
            LINEAR => OrderPolicy::Linear,
            ANY => OrderPolicy::Any,
            other => return Err(refuse(format!("{other} is no order"))),
        };
        Ok(Self { plan, extent, order })
    }

    /// How many migrations it holds.
    pub(crate) fn count(&self) -> usize {
        self.plan.targets.iter().map(|target| target.migrations.len()).sum()
    }

    /// Refuses all of it if any target has moved; else shows it where somebody is to be asked.
    pub(crate) async fn hold(
        &self,
        invocation: &Invocation,
        project: &Project,
        environment: &Environment,
        parts: &[Part<'_>],
    ) -> Result<(), Failure> {
        let plans = look(invocation, project, environment, parts, &self.extent, self.order).await?;
        let now: Vec<&str> = plans.iter().map(|plan| plan.service.as_str()).collect();
        let then: Vec<&str> = self.plan.targets.iter().map(|target| target.service.as_str()).collect();
        if now != then {
            let (now, then) = (now.join(", "), then.join(", "));
            let message = format!("the plan is for {then}, and this run is for {now}");
            return Err(Failure::usage("plan-elsewhere", message, "choose the same services with `--service`"));
        }
        let mut problems = Vec::new();
        for (plan, approved) in plans.iter().zip(&self.plan.targets) {
            let (then, now) = (&approved.database, &plan.database);
            if now != then {
                let message = format!("the plan of {} is for {then}, and this run is for {now}", plan.service);
                let help = "run it where it was made for, or look at a new plan";
                problems.push(Diagnostic::error("plan-elsewhere", message).with_help(help));
                continue;
            }
            let jobs = plan.jobs.iter().map(|planned| &planned.job);
            if let Err(error) = limosa_engine::hold_to(approved, &plan.history, plan.catalog.as_deref(), jobs) {
                problems.extend(error.diagnostics());
            }
        }
        if !problems.is_empty() {
            return Err(problems.into());
        }
        if environment.confirm && !invocation.global.yes {
            show(invocation, &document(environment, &plans, &self.extent, self.order));
        }
        Ok(())
    }
}
