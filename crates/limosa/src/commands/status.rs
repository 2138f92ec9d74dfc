//! `status`.

use std::collections::BTreeMap;

use clap::Args;
use jiff::Timestamp;
use limosa_engine::{RowState, RunError, SeedReport, TargetStatus};
use limosa_project::{Environment, Project};
use serde::Serialize;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::{Invocation, Part};
use crate::looking::{Seen, each, status_of};
use crate::output::{
    self, Alignment, AsideJson, Cell, DiagnosticJson, OnlineJson, Table, Verbosity, aside_table, diagnostics_json,
    online_table, render_diagnostics, style, terminal_width,
};
use crate::seeding::{ServiceSeeds, to_do};
use crate::serving::{Found, folders};

const EXAMPLES: &str = "\
Examples:
  limosa status                     every service of the default environment
  limosa --env prod status --check  exit 1 where anything is pending, edited, missing or half done
  limosa --service api status -v    each migration, when it was applied and by whom";

/// Show where every target stands; writes nothing
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Status {
    /// End with exit code 1 unless every target is up to date.
    #[arg(long)]
    check: bool,
}

#[derive(Serialize)]
struct StatusJson<'a> {
    environment: &'a str,
    up_to_date: bool,
    targets: Vec<TargetJson<'a>>,
}

#[derive(Serialize)]
struct TargetJson<'a> {
    service: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    database: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<&'a str>,
    state: State,
    applied: Vec<AppliedJson<'a>>,
    pending: Vec<PendingJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seeds: Option<&'a SeedReport>,
    asides: Vec<AsideJson>,
    online: Vec<OnlineJson<'a>>,
    diagnostics: Vec<DiagnosticJson<'a>>,
}

#[derive(Serialize)]
struct AppliedJson<'a> {
    version: &'a str,
    name: &'a str,
    repeatable: bool,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    applied_at: Option<String>,
    applied_by: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

#[derive(Serialize)]
struct PendingJson<'a> {
    version: &'a str,
    name: &'a str,
    repeatable: bool,
    path: &'a str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    UpToDate,
    Pending,
    HalfDone,
    Problems,
    Unreachable,
}

impl State {
    fn of(seen: &Seen<'_>) -> Self {
        match &seen.status {
            Err(_) => Self::Unreachable,
            Ok(status) if !status.problems.is_empty() => Self::Problems,
            Ok(status) if status.unfinished().is_some() => Self::HalfDone,
            Ok(status) if !status.pending.is_empty() => Self::Pending,
            Ok(_) => Self::UpToDate,
        }
    }
}

impl Status {
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let project = invocation.project()?;
        let environment = invocation.environment_of(&project)?;
        let parts = invocation.parts(&project)?;
        let (seen, reports) = look(invocation, &project, environment, &parts).await?;
        let up_to_date = seen.iter().all(|seen| State::of(seen) == State::UpToDate);
        if invocation.global.json {
            let targets = seen.iter().zip(&reports).map(|(seen, report)| target_json(seen, report.as_ref())).collect();
            output::print_json(&StatusJson { environment: environment.name.as_str(), up_to_date, targets });
        } else {
            let width = terminal_width();
            for seen in &seen {
                match &seen.status {
                    Ok(status) => {
                        invocation.warn(&status.warnings);
                        output::tell(&render_diagnostics(&status.problems, width));
                    }
                    Err(failure) => failure.print(false),
                }
            }
            if invocation.global.verbosity() == Verbosity::Verbose {
                output::print(&seen.iter().map(|seen| in_full(seen, width)).collect::<String>());
            } else {
                output::print(&table(&seen, width));
            }
            for (seen, report) in seen.iter().zip(&reports) {
                if let Some(to_do) = report.as_ref().and_then(to_do) {
                    output::print(&format!("seeds of {}: {to_do}\n", seen.part.service.name));
                }
            }
            for status in seen.iter().filter_map(|seen| seen.status.as_ref().ok()) {
                output::print(&open_online(status, width));
                output::print(&kept_aside(status, width));
            }
        }
        let unreachable = seen.iter().any(|seen| State::of(seen) == State::Unreachable);
        Ok(match (unreachable, self.check && !up_to_date) {
            (true, _) => Exit::Error,
            (_, true) => Exit::Findings,
            _ => Exit::Done,
        })
    }
}

/// Looks at each target: its migrations, and its seeds where the service has any.
async fn look<'s>(
    invocation: &Invocation,
    project: &Project,
    environment: &Environment,
    parts: &'s [Part<'s>],
) -> Result<(Vec<Seen<'s>>, Vec<Option<SeedReport>>), Failure> {
    let (mut seeds, mut warnings) = (BTreeMap::new(), Vec::new());
    for part in parts {
        let context = invocation.environment.with_files(&folders(&project.root, &part.service.migrations))?;
        match ServiceSeeds::read(project, part.service, environment, |_| false) {
            Ok(found) => {
                seeds.insert(&part.service.name, (found, context));
            }
            // No reason not to look.
            Err(problems) => warnings.extend(problems),
        }
    }
    invocation.warn(&warnings);
    let ask = async |part: &'s Part<'s>, found: Found| {
        let status = status_of(part, &found, environment.run.order).await?;
        let report = match (seeds.get(&part.service.name), found) {
            (Some((seeds, context)), Found::Target(target)) => seeds.stand(&target, context).await?,
            _ => None,
        };
        Ok::<_, RunError>((status, report))
    };
    let results = each(invocation, project, environment, parts, ask).await?;
    let parted = parts.iter().zip(results).map(|(part, result)| match result {
        Ok((status, report)) => (Seen { part, status: Ok(status) }, report),
        Err(failure) => (Seen { part, status: Err(failure) }, None),
    });
    Ok(parted.unzip())
}

/// What is kept that migrations would have dropped.
fn kept_aside(status: &TargetStatus<'_>, width: Option<usize>) -> String {
    if status.asides.is_empty() {
        return String::new();
    }
    let is_taken_back = |seen: &limosa_engine::AsideSeen| seen.record.taken_back.is_some();
    let verb = match (status.asides.iter().all(is_taken_back), status.asides.iter().any(is_taken_back)) {
        (true, _) => "`limosa up` brings it back",
        (_, true) => "`limosa down` brings it back, or `limosa up` what a `down` dropped",
        _ => "`limosa down` brings it back",
    };
    let help = format!("{verb}, `limosa purge` removes it when it is due");
    format!("\nset aside in {}; {help}\n{}", status.service, aside_table(&status.asides, width))
}

/// Online changes that have not come to their end.
fn open_online(status: &TargetStatus<'_>, width: Option<usize>) -> String {
    if status.online.is_empty() {
        return String::new();
    }
    let help = "`limosa contract` takes the old version away, `limosa abort VERSION` the new one";
    format!("\nonline in {}; {help}\n{}", status.service, online_table(&status.online, width))
}

fn table(seen: &[Seen<'_>], width: Option<usize>) -> String {
    let mut table = Table::new([
        Alignment::Left,
        Alignment::Left,
        Alignment::Left,
        Alignment::Right,
        Alignment::Right,
        Alignment::Left,
    ])
    .named(["service", "database", "newest", "applied", "pending", "state"])
    .firm(0)
    .firm(5);
    for seen in seen {
        let service = Cell::styled(seen.part.service.name.as_str(), style::HEADING);
        let state = state(seen);
        match &seen.status {
            Ok(status) => {
                let newest =
                    status.newest().map_or_else(|| "–".to_owned(), |row| format!("{} {}", row.version, row.name));
                let applied = status.history.rows.iter().filter(|row| row.state == RowState::Applied).count();
                let pending =
                    if status.problems.is_empty() { status.pending.len().to_string() } else { "?".to_owned() };
                table.push([
                    service,
                    status.database.as_str().into(),
                    newest.into(),
                    applied.to_string().into(),
                    pending.into(),
                    state,
                ]);
            }
            Err(_) => table.push([
                service,
                seen.part.service.database.as_str().into(),
                "?".into(),
                "?".into(),
                "?".into(),
                state,
            ]),
        }
    }
    table.render(width)
}

fn state(seen: &Seen<'_>) -> Cell {
    match State::of(seen) {
        State::UpToDate => Cell::styled("✓ up to date", style::DONE),
        State::Pending => Cell::styled("• pending", style::WARNING),
        State::Problems => Cell::styled("✗ see above", style::FAILED),
        State::Unreachable => Cell::styled("✗ cannot be read", style::FAILED),
        State::HalfDone => {
            let row = seen.status.as_ref().ok().and_then(TargetStatus::unfinished);
            let version = row.map(|row| row.version.as_str()).unwrap_or_default();
            Cell::styled(format!("◼ {version} half done"), style::WARNING)
        }
    }
}

/// Every migration of a target, a line each.
fn in_full(seen: &Seen<'_>, width: Option<usize>) -> String {
    let Ok(status) = &seen.status else { return String::new() };
    let server = status.server.as_deref().map_or_else(|| "yet to be made".to_owned(), |it| format!("PostgreSQL {it}"));
    let mut text = format!("{}  {}  {server}\n", style::heading(&status.service), status.database);
    let mut table = Table::new([Alignment::Left; 4]).indented(2).firm(0);
    for row in &status.history.rows {
        let (mark, when) = match row.state {
            RowState::Applied => (Cell::styled("✓", style::DONE), applied_at(row.applied_at).unwrap_or_default()),
            RowState::Running => (Cell::styled("◼", style::WARNING), format!("half applied, {} done", row.position)),
            RowState::Reverting => (Cell::styled("◼", style::WARNING), format!("half reverted, {} done", row.position)),
        };
        let name = if row.repeatable { row.name.clone() } else { format!("{} {}", row.version, row.name) };
        table.push([mark, name.into(), when.into(), Cell::styled(row.applied_by.as_str(), style::FAINT)]);
    }
    for job in &status.pending {
        let name = if job.repeatable { job.name.to_owned() } else { format!("{} {}", job.version, job.name) };
        let path = Cell::styled(job.up.source.path.as_str(), style::FAINT);
        table.push([Cell::styled("•", style::WARNING), name.into(), "pending".into(), path]);
    }
    text.push_str(&table.render(width));
    text.push('\n');
    text
}

fn applied_at(microseconds: Option<i64>) -> Option<String> {
    let at = Timestamp::from_microsecond(microseconds?).ok()?;
    Some(at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}

fn target_json<'a>(seen: &'a Seen<'_>, seeds: Option<&'a SeedReport>) -> TargetJson<'a> {
    let service = seen.part.service.name.as_str();
    let state = State::of(seen);
    let status = match &seen.status {
        Ok(status) => status,
        Err(failure) => {
            let diagnostics = diagnostics_json(&failure.diagnostics);
            return TargetJson {
                service,
                database: None,
                server: None,
                state,
                applied: Vec::new(),
                pending: Vec::new(),
                seeds,
                asides: Vec::new(),
                online: Vec::new(),
                diagnostics,
            };
        }
    };
    let applied = status.history.rows.iter().map(|row| AppliedJson {
        version: &row.version,
        name: &row.name,
        repeatable: row.repeatable,
        state: match row.state {
            RowState::Applied => "applied",
            RowState::Running => "half-applied",
            RowState::Reverting => "half-reverted",
        },
        applied_at: row.applied_at.and_then(|at| Timestamp::from_microsecond(at).ok()).map(|at| at.to_string()),
        applied_by: &row.applied_by,
        error: row.error.as_deref(),
    });
    let pending = status.pending.iter().map(|job| PendingJson {
        version: &job.version,
        name: job.name,
        repeatable: job.repeatable,
        path: &job.up.source.path,
    });
    TargetJson {
        service,
        database: Some(&status.database),
        server: status.server.as_deref(),
        state,
        applied: applied.collect(),
        pending: pending.collect(),
        seeds,
        asides: status.asides.iter().map(AsideJson::of).collect(),
        online: status.online.iter().map(OnlineJson::of).collect(),
        diagnostics: diagnostics_json(&status.problems).into_iter().chain(diagnostics_json(&status.warnings)).collect(),
    }
}
