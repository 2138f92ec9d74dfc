//! `plan`.

use clap::Args;
use limosa_engine::{Extent, PendingJob};
use limosa_plan::{Execution, PlanDocument, PlannedMigration, PlannedStatement, PlannedTarget};
use limosa_project::{Environment, OrderPolicy, Project, Version};

use super::up::Order;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::{Invocation, Part};
use crate::looking::look;
use crate::output::{self, Alignment, Cell, Table, Verbosity, fit, one_line, several_lines, style, terminal_width};

const EXAMPLES: &str = "\
Examples:
  limosa plan                     every service of the default environment
  limosa --env prod plan -v       with the text of each statement
  limosa --json plan > plan.json  the versioned document";

/// The columns that a statement may take where there is no terminal to fill.
const WIDTH_OFF_TERMINAL: usize = 80;

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
    let seen = look(invocation, project, environment, parts, order).await?;
    let (mut targets, mut problems, mut exit) = (Vec::new(), Vec::new(), Exit::Done);
    for seen in seen {
        match seen.status {
            Ok(status) if status.problems.is_empty() => {
                invocation.warn(&status.warnings);
                let (database, service) = (status.database.clone(), status.service.clone());
                match status.restricted(extent, &seen.part.set) {
                    Ok(jobs) => {
                        let migrations = jobs.iter().map(planned).collect();
                        targets.push(PlannedTarget { service, database, migrations });
                    }
                    Err(error) => {
                        let failure = Failure::from(error);
                        problems.extend(failure.diagnostics);
                        exit = exit.and(failure.exit);
                    }
                }
            }
            Ok(status) => {
                problems.extend(status.problems);
                exit = exit.and(Exit::Findings);
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
    let count = targets.iter().map(|target| target.migrations.len()).sum();
    let document = PlanDocument::new(targets);
    if invocation.global.json {
        output::print_json(&document);
    } else {
        let verbose = invocation.global.verbosity() == Verbosity::Verbose;
        output::print(&render(&document, verbose, terminal_width()));
    }
    Ok(count)
}

fn planned(job: &PendingJob<'_>) -> PlannedMigration {
    PlannedMigration {
        version: job.version.clone(),
        name: job.name.to_owned(),
        path: job.up.source.path.clone(),
        kind: if job.repeatable { "repeatable" } else { "versioned" },
        one_transaction: matches!(job.prepared.execution, Execution::Whole { .. }),
        statements: PlannedStatement::of(&job.prepared.execution, &job.up.source.text),
    }
}

fn render(document: &PlanDocument, verbose: bool, width: Option<usize>) -> String {
    let mut text = String::new();
    for target in &document.targets {
        if target.migrations.is_empty() {
            text.push_str(&format!("{}  {}  up to date\n", style::heading(&target.service), target.database));
            continue;
        }
        text.push_str(&format!(
            "{}  {}  {} to apply\n",
            style::heading(&target.service),
            target.database,
            target.migrations.len()
        ));
        for migration in &target.migrations {
            let name = match migration.kind {
                "repeatable" => migration.name.clone(),
                _ => format!("{} {}", migration.version, migration.name),
            };
            let how = if migration.one_transaction { "one transaction" } else { "in stages, each recorded" };
            text.push_str(&format!(
                "  {}  {}  {}\n",
                style::heading(name),
                style::path(&migration.path),
                style::faint(how)
            ));
            text.push_str(&statements(migration, verbose, width));
        }
        text.push('\n');
    }
    text
}

fn statements(migration: &PlannedMigration, verbose: bool, width: Option<usize>) -> String {
    if verbose {
        return migration.statements.iter().map(|statement| whole(statement, width)).collect();
    }
    let mut table = Table::new([Alignment::Right, Alignment::Left, Alignment::Left]).indented(4).firm(0);
    for statement in &migration.statements {
        let summary = one_line(&statement.summary);
        let summary = if width.is_some() { summary } else { fit(&summary, WIDTH_OFF_TERMINAL).into_owned().into() };
        table.push([line(statement), summary.into_owned().into(), note(statement)]);
    }
    table.render(width)
}

/// A statement with its whole text.
fn whole(statement: &PlannedStatement, width: Option<usize>) -> String {
    let mut table = Table::new([Alignment::Right, Alignment::Left, Alignment::Left]).indented(4).firm(0);
    table.push([line(statement), statement.tag.clone().into(), note(statement)]);
    let mut text = table.render(width);
    for line in several_lines(&statement.sql).lines() {
        text.push_str(format!("      {line}").trim_end());
        text.push('\n');
    }
    text
}

fn line(statement: &PlannedStatement) -> Cell {
    Cell::styled(statement.line.to_string(), style::FAINT)
}

fn note(statement: &PlannedStatement) -> Cell {
    match (&statement.alone, statement.waits) {
        (Some(reason), _) => Cell::styled(format!("alone: {reason}"), style::WARNING),
        (None, "patiently") => Cell::styled("may wait long for rows", style::FAINT),
        _ => "".into(),
    }
}
