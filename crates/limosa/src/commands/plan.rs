//! `plan`.

mod approved;
mod consumers;
mod render;

use std::collections::BTreeMap;

use clap::Args;
use limosa_engine::{
    Extent, Owner, Owners, PendingJob, PlannedJob, PlannedScript, RunError, Target, TargetPlan, TraceRequest,
    carried_rows, known_traces, plan, plan_before_creation,
};
use limosa_plan::{
    ApprovedExtent, Execution, PlanDocument, PlannedMigration, PlannedStatement, PlannedTarget, PlannedTrace,
};
use limosa_project::{Environment, OrderPolicy, Project, UrlTemplate, Version, read_consumers};
use limosa_syntax::Diagnostic;

pub(super) use self::approved::Approved;
use self::consumers::of_old_version;
use self::render::render;
use super::up::Order;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::{Invocation, Part};
use crate::looking::{PATIENCE, each};
use crate::one_target::Patient;
use crate::output::{self, Verbosity, terminal_width};
use crate::serving::{Found, Serving, Waiting};
use crate::signals;
use crate::terms::Terms;

const EXAMPLES: &str = "\
Examples:
  limosa plan                     every service of the default environment
  limosa --env prod plan -v       with the text of each statement
  limosa --json plan > plan.json  the versioned document
  limosa up --plan plan.json      exactly that, or nothing if a target has moved since";

/// The orders as the plan document spells them.
const LINEAR: &str = "linear";
const ANY: &str = "any";

/// Show what `up` would run, statement by statement; writes nothing
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Plan {
    /// Up to and including this version.
    #[arg(long, value_name = "VERSION", conflicts_with = "steps")]
    to: Option<Version>,
    /// So many migrations.
    #[arg(long, value_name = "N")]
    steps: Option<usize>,
    /// What happens to migrations older than the newest applied one.
    #[arg(long, value_enum, value_name = "POLICY")]
    order: Option<Order>,
}

impl Plan {
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let project = invocation.project()?;
        let environment = invocation.environment_of(&project)?;
        let parts = invocation.parts(&project)?;
        let extent = match (self.to, self.steps) {
            (Some(version), _) => Extent::To(version),
            (None, Some(steps)) => Extent::Steps(steps),
            (None, None) => Extent::All,
        };
        let order = Order::policy(self.order, environment.run.order);
        show_plan(invocation, &project, environment, &parts, &extent, order).await?;
        Ok(Exit::Done)
    }
}

/// Shows what `up` would run, and says how many migrations that are.
pub(super) async fn show_plan(
    invocation: &Invocation,
    project: &Project,
    environment: &Environment,
    parts: &[Part<'_>],
    extent: &Extent,
    order: OrderPolicy,
) -> Result<usize, Failure> {
    let plans = look(invocation, project, environment, parts, extent, order).await?;
    let mut document = document(environment, &plans, extent, order);
    for ((target, plan), part) in document.targets.iter_mut().zip(&plans).zip(parts) {
        add_traces(invocation, project, part, plan, target)?;
    }
    show(invocation, &document);
    Ok(plans.iter().map(|plan| plan.jobs.len()).sum())
}

/// Adds what earlier traces of the same migrations saw.
fn add_traces(
    invocation: &Invocation,
    project: &Project,
    part: &Part<'_>,
    plan: &TargetPlan<'_>,
    target: &mut PlannedTarget,
) -> Result<(), Failure> {
    if plan.jobs.is_empty() {
        return Ok(());
    }
    let terms = Terms::of(invocation, project, part.service)?;
    let jobs: Vec<&PendingJob<'_>> = plan.jobs.iter().map(|planned| &planned.job).collect();
    let request = TraceRequest::of_pending(&part.set, &jobs, &plan.later, 0);
    let traces = known_traces(&invocation.known(), &terms.replay(), plan.major, &request);
    for (migration, trace) in target.migrations.iter_mut().zip(traces) {
        let Some(trace) = trace else { continue };
        for (statement, seen) in migration.statements.iter_mut().zip(trace.statements()) {
            statement.traced = Some(PlannedTrace::of(&trace, seen));
        }
    }
    Ok(())
}

fn show(invocation: &Invocation, document: &PlanDocument) {
    if invocation.global.json {
        output::print_json(&document.to_json());
    } else {
        let verbose = invocation.global.verbosity() == Verbosity::Verbose;
        output::print(&render(document, verbose, terminal_width()));
    }
}

/// What `up` would do to each target. What stands in the way of any is told for all of them.
async fn look<'s>(
    invocation: &Invocation,
    project: &Project,
    environment: &Environment,
    parts: &'s [Part<'s>],
    extent: &Extent,
    order: OrderPolicy,
) -> Result<Vec<TargetPlan<'s>>, Failure> {
    let owners = owners(invocation, project, environment, parts).await;
    let ask = async |part: &'s Part<'s>, found: Found| match found {
        Found::NotYet { database } => {
            plan_before_creation(part.service.name.as_str(), &database, &part.set, order, extent)
        }
        Found::Target(target) => {
            let mut plan = plan(&target, &part.set, order, extent).await?;
            if let Some(owners) = owners.get(part.service.name.as_str()) {
                plan.warnings.extend(carried(&plan, &target, Owners::Known(owners)).await?);
            }
            Ok(plan)
        }
    };
    let (mut plans, mut problems, mut exit) = (Vec::new(), Vec::new(), Exit::Done);
    for result in each(invocation, project, environment, parts, ask).await? {
        match result {
            Ok(plan) => {
                invocation.warn(&plan.warnings);
                plans.push(plan);
            }
            Err(failure) => {
                problems.extend(failure.diagnostics);
                exit = exit.and(failure.exit);
            }
        }
    }
    if !problems.is_empty() {
        return Err(Failure { diagnostics: problems, exit });
    }
    for (plan, part) in plans.iter().zip(parts) {
        let online: Vec<_> = plan.jobs.iter().filter_map(|it| Some((&it.job, it.online.as_ref()?))).collect();
        if online.iter().any(|(_, online)| !online.old_names.is_empty()) {
            let consumers = read_consumers(project, part.service).map_err(Failure::findings)?;
            let warnings = online.into_iter().flat_map(|(job, online)| of_old_version(&consumers, job, online));
            invocation.warn(&warnings.collect::<Vec<_>>());
        }
    }
    Ok(plans)
}

/// The databases of other services from which maps of ids would come, by the service to which they would. Servers of
/// the project's own are left out: they are not started for a look.
async fn owners<'s>(
    invocation: &Invocation,
    project: &Project,
    environment: &Environment,
    parts: &'s [Part<'s>],
) -> BTreeMap<&'s str, Vec<Owner>> {
    let stop = signals::listen();
    let mut serving = Serving::new(invocation, project, environment, parts);
    let mut all = BTreeMap::new();
    for part in parts {
        let references = &part.service.references;
        let named = references.iter().filter_map(|reference| project.service(&reference.service));
        let is_own = named.chain([part.service]).any(|service| *environment.url_of(service) == UrlTemplate::Embedded);
        if !references.is_empty() && !is_own && invocation.global.url.is_none() {
            let mut waiting = Waiting { patience: PATIENCE, observer: &mut Patient, stop: &stop };
            all.insert(part.service.name.as_str(), serving.owners(part.service, &mut waiting).await);
        }
    }
    all
}

/// How many ids of other services' keys come first.
async fn carried(plan: &TargetPlan<'_>, target: &Target, owners: Owners<'_>) -> Result<Vec<Diagnostic>, RunError> {
    let mut told = Vec::new();
    for PlannedJob { job, online, .. } in &plan.jobs {
        let Some(online) = online else { continue };
        let rows = carried_rows(target, owners, online).await?;
        let say = |row: String| Diagnostic::warning("online", format!("{} {}: {row}", job.version, job.name));
        told.extend(rows.into_iter().map(say));
    }
    Ok(told)
}

fn document(environment: &Environment, plans: &[TargetPlan<'_>], extent: &Extent, order: OrderPolicy) -> PlanDocument {
    let target = |plan: &TargetPlan<'_>| PlannedTarget {
        service: plan.service.clone(),
        database: plan.database.clone(),
        history: plan.history.clone(),
        catalog: plan.catalog.clone(),
        migrations: plan.jobs.iter().map(|planned| migration(planned, plan)).collect(),
    };
    PlanDocument {
        format: PlanDocument::FORMAT,
        environment: environment.name.to_string(),
        order: match order {
            OrderPolicy::Linear => LINEAR,
            OrderPolicy::Any => ANY,
        },
        extent: match extent {
            Extent::All => ApprovedExtent::All,
            Extent::To(version) => ApprovedExtent::To(version.to_string()),
            Extent::Steps(steps) => ApprovedExtent::Steps(*steps),
        },
        targets: plans.iter().map(target).collect(),
    }
}

fn migration(planned: &PlannedJob<'_>, plan: &TargetPlan<'_>) -> PlannedMigration {
    let job = &planned.job;
    let of = |it: &PlannedScript| {
        PlannedStatement::of(&it.prepared.execution, &it.script.source.text, &it.locks, &plan.sizes)
    };
    let online = planned.online.as_ref();
    let execution = online.map_or(&job.prepared.execution, |online| &online.expand.prepared.execution);
    PlannedMigration {
        version: job.version.clone(),
        name: job.name.to_owned(),
        path: job.up.source.path.clone(),
        kind: job.kind(),
        checksum: job.checksum.clone(),
        one_transaction: matches!(execution, Execution::Whole { .. }),
        verify: job.prepared.verify.len(),
        statements: match online {
            Some(online) => of(&online.expand),
            None => PlannedStatement::of(execution, &job.up.source.text, &planned.locks, &plan.sizes),
        },
        ready: online.and_then(|online| online.ready.as_ref()).map(of).unwrap_or_default(),
        contract: online.and_then(|online| online.contract.as_ref()).map(of).unwrap_or_default(),
        online: online.is_some(),
    }
}
