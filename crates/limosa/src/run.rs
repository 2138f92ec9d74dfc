//! One run of `up` or `down` over the services that take part: order, observers, what is told at the end.

use std::time::{Duration, Instant};

use limosa_engine::{
    BackupBeforeRun, ClientPrograms, Direction, DownOptions, DriftPolicy, Event, InterruptedStatement, LossPolicy,
    Observer, OldHistoryPolicy, Owners, Rollout, RunError, SavedBefore, StopSignal, TargetOutcome, TargetReport,
    UpOptions, down, up,
};
use limosa_plan::ApprovedPlan;
use limosa_project::{Environment, OrderPolicy, Project};
use limosa_syntax::Diagnostic;
use serde::Serialize;

use crate::checking::DuringUp;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::{Invocation, Part};
use crate::output::{
    self, DiagnosticJson, FanOut, JsonLines, LogFile, Summary, Terminal, Verbosity, diagnostics_json,
    render_diagnostics, terminal_width,
};
use crate::serving::{Found, Missing, Serving, Waiting, client_programs};

/// What is done with each service.
#[derive(Debug, Clone)]
pub(crate) enum Work {
    Up {
        extent: limosa_engine::Extent,
        /// The plan that it is held to.
        approved: Option<ApprovedPlan>,
    },
    Down {
        back: limosa_engine::Back,
        from: Option<limosa_engine::DownFrom>,
    },
}

impl Work {
    fn direction(&self) -> Direction {
        match self {
            Self::Up { .. } => Direction::Up,
            Self::Down { .. } => Direction::Down,
        }
    }
}

/// What holds for all services of a run.
#[derive(Debug)]
pub(crate) struct Terms {
    pub(crate) order: OrderPolicy,
    pub(crate) reason: Option<String>,
    pub(crate) wait: Duration,
    pub(crate) interrupted: Option<InterruptedStatement>,
    pub(crate) drift: DriftPolicy,
    pub(crate) old_history: OldHistoryPolicy,
    /// What is saved before anything is changed.
    pub(crate) saved: Option<SavedBefore>,
    pub(crate) loss: LossPolicy,
    pub(crate) allow_missing_values: bool,
}

/// A run over services.
pub(crate) struct Run<'a> {
    pub(crate) invocation: &'a Invocation,
    pub(crate) project: &'a Project,
    pub(crate) environment: &'a Environment,
    pub(crate) parts: &'a [Part<'a>],
    pub(crate) terms: Terms,
}

/// The last line of `--json`.
#[derive(Serialize)]
struct RunSummary<'a> {
    exit: u8,
    took_ms: f64,
    targets: Vec<TargetSummary<'a>>,
}

#[derive(Serialize)]
struct TargetSummary<'a> {
    service: &'a str,
    database: &'a str,
    migrations: usize,
    took_ms: f64,
    ok: bool,
    diagnostics: Vec<DiagnosticJson<'a>>,
}

/// What came of one service.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) service: String,
    database: String,
    pub(crate) migrations: usize,
    took: Duration,
    pub(crate) exit: Exit,
    /// Its down file and the down script in its history differ, and nobody said which counts.
    pub(crate) downs_differ: bool,
    diagnostics: Vec<Diagnostic>,
}

impl From<TargetReport> for Told {
    fn from(report: TargetReport) -> Self {
        let mut diagnostics = report.warnings;
        diagnostics.extend(report.error.iter().flat_map(RunError::diagnostics));
        Self {
            service: report.service,
            database: report.database,
            migrations: report.migrations,
            took: report.took,
            exit: report.error.as_ref().map_or(Exit::Done, |error| error.ending().into()),
            downs_differ: matches!(report.error, Some(RunError::DownsDiffer { .. })),
            diagnostics,
        }
    }
}

impl Run<'_> {
    /// Does the work on one service after the other; a service that fails stops those that come after it.
    pub(crate) async fn work(&self, work: &Work, stop: &StopSignal) -> Result<Vec<Told>, Failure> {
        let begun = Instant::now();
        let direction = work.direction();
        let json = self.invocation.global.json;
        let verbosity = self.invocation.global.verbosity();
        let mut terminal = (!json).then(|| Terminal::stderr(verbosity));
        let mut lines = json.then(|| JsonLines::new(anstream::stdout()));
        let logs = self.project.logs.as_ref();
        let migration = logs.and_then(|logs| logs.migration.as_ref()).map(|it| LogFile::new(self.project.path(it)));
        let validation = logs.and_then(|logs| logs.validation.as_ref());
        let validation = validation.map(|it| LogFile::of_checks(self.project.path(it)));
        let mut logs: Vec<LogFile> = migration.into_iter().chain(validation).collect();
        let mut summary = Summary::new(direction);
        let told = {
            let mut observers: Vec<&mut dyn Observer> = vec![&mut summary];
            observers.extend(terminal.as_mut().map(|terminal| terminal as &mut dyn Observer));
            observers.extend(lines.as_mut().map(|lines| lines as &mut dyn Observer));
            observers.extend(logs.iter_mut().map(|log| log as &mut dyn Observer));
            self.services(work, &mut FanOut::new(observers), stop).await?
        };
        drop(terminal);
        let exit = worst(&told);
        let took = begun.elapsed();
        let unwritten: Vec<Diagnostic> = logs.iter().filter_map(LogFile::failure).map(|it| it.diagnostic()).collect();
        if let Some(lines) = lines {
            let summary = RunSummary {
                exit: exit.code(),
                took_ms: took.as_secs_f64() * 1e3,
                targets: told.iter().map(target_summary).collect(),
            };
            // A reader that went away changes nothing about what was done.
            let _ = lines.finish(&summary);
        } else {
            let width = terminal_width();
            let severe = |diagnostic: &&Diagnostic| diagnostic.is_error() || verbosity > Verbosity::Quiet;
            let all: Vec<Diagnostic> =
                told.iter().flat_map(|told| &told.diagnostics).chain(&unwritten).filter(severe).cloned().collect();
            output::tell(&render_diagnostics(&all, width));
            if verbosity > Verbosity::Quiet {
                output::print(&summary.render(took, width));
            }
        }
        Ok(told)
    }

    async fn services(
        &self,
        work: &Work,
        observer: &mut dyn Observer,
        stop: &StopSignal,
    ) -> Result<Vec<Told>, Failure> {
        let mut rollout = match work.direction() {
            Direction::Up => Rollout::forward(&self.project.services)?,
            Direction::Down => Rollout::backward(&self.project.services)?,
        };
        let mut serving = Serving::new(self.invocation, self.project, self.environment, self.parts);
        let mut told = Vec::new();
        for index in rollout.order() {
            let Some(part) = self.parts.iter().find(|part| part.service.name == self.project.services[index].name)
            else {
                continue;
            };
            let name = part.service.name.to_string();
            if let Some(failed) = rollout.stopped_by(index) {
                rollout.did_not_succeed(index);
                let outcome = TargetOutcome::Skipped { because_of: failed.name.to_string() };
                observer.on(&Event::TargetDone { service: name, outcome, took: Duration::ZERO });
                continue;
            }
            if stop.is_asked() {
                break;
            }
            let came = self.service(part, work, &mut serving, observer, stop).await;
            if came.exit != Exit::Done {
                rollout.did_not_succeed(index);
            }
            told.push(came);
        }
        serving.stop().await?;
        Ok(told)
    }

    async fn service(
        &self,
        part: &Part<'_>,
        work: &Work,
        serving: &mut Serving<'_>,
        observer: &mut dyn Observer,
        stop: &StopSignal,
    ) -> Told {
        let begun = Instant::now();
        let found = {
            let mut waiting = Waiting { patience: self.terms.wait, observer, stop };
            serving.target(part.service, Missing::Make, &mut waiting).await
        };
        let (target, context) = match (found, serving.variables(part.service)) {
            (Ok(Found::Target(target)), Ok(context)) => (target, context),
            (Ok(Found::NotYet { .. }), Ok(_)) => {
                let failure = Failure::usage("no-database", "the project's own server lacks it", "run it again");
                return not_begun(part, failure, observer, begun);
            }
            (Err(failure), _) | (_, Err(failure)) => return not_begun(part, failure, observer, begun),
        };
        let owners = {
            let mut waiting = Waiting { patience: self.terms.wait, observer, stop };
            serving.owners(part.service, &mut waiting).await
        };
        let actor = self.invocation.environment.actor();
        let values = |name: &str| name.strip_prefix("env:").and_then(|name| context.variables.get(name).cloned());
        let reason = self.terms.reason.as_deref();
        let backup =
            self.terms.saved.map(|saved| backup_before(self.invocation, self.project, self.environment, saved));
        match work {
            Work::Up { extent, approved } => {
                let mut checks = match DuringUp::read(self.project, part.service, stop) {
                    Ok(checks) => checks,
                    Err(failure) => return not_begun(part, failure, observer, begun),
                };
                checks.variables.clone_from(&context.variables);
                let mut approved = approved.iter().flat_map(|plan| &plan.targets);
                let options = UpOptions {
                    extent: extent.clone(),
                    order: self.terms.order,
                    reason,
                    actor: &actor,
                    wait: self.terms.wait,
                    interrupted: self.terms.interrupted,
                    values: &values,
                    drift: self.terms.drift.clone(),
                    old_history: self.terms.old_history,
                    loss: self.terms.loss,
                    approved: approved.find(|target| target.service == part.service.name.as_str()),
                    backup: backup.as_ref(),
                    checks: Some(&checks),
                    owners: Owners::Known(&owners),
                };
                up(&target, &part.set, &options, observer, stop).await.into()
            }
            Work::Down { back, from } => {
                let options = DownOptions {
                    back: back.clone(),
                    from: *from,
                    reason,
                    actor: &actor,
                    wait: self.terms.wait,
                    interrupted: self.terms.interrupted,
                    values: &values,
                    backup: backup.as_ref(),
                    loss: self.terms.loss,
                    allow_missing_values: self.terms.allow_missing_values,
                    leaves_snapshot: true,
                    owners: Owners::Known(&owners),
                };
                down(&target, &part.set, &options, observer, stop).await.into()
            }
        }
    }
}

/// The backup before a run, in the folder of `[backup]`.
pub(crate) fn backup_before(
    invocation: &Invocation,
    project: &Project,
    environment: &Environment,
    saved: SavedBefore,
) -> BackupBeforeRun {
    let settings = &project.backup;
    BackupBeforeRun {
        saved,
        folder: project.path(&settings.folder),
        environment: environment.name.to_string(),
        limosa: env!("CARGO_PKG_VERSION").to_owned(),
        programs: match saved {
            SavedBefore::Database => client_programs(&invocation.environment),
            SavedBefore::TouchedTables => ClientPrograms::default(),
        },
        keep: settings.keep,
        retention: settings.retention,
    }
}

/// A service whose target could not even be found counts as failed like any other.
fn not_begun(part: &Part<'_>, failure: Failure, observer: &mut dyn Observer, begun: Instant) -> Told {
    let service = part.service.name.to_string();
    let database = part.service.database.as_str().to_owned();
    let took = begun.elapsed();
    let outcome = match failure.exit {
        Exit::Resumable => TargetOutcome::Stopped { migrations: 0 },
        _ => TargetOutcome::Failed { migrations: 0 },
    };
    observer.on(&Event::TargetBegun { service: service.clone(), database: database.clone() });
    observer.on(&Event::TargetDone { service: service.clone(), outcome, took });
    let Failure { diagnostics, exit } = failure;
    Told { service, database, migrations: 0, took, exit, downs_differ: false, diagnostics }
}

/// The exit code of a run.
pub(crate) fn worst(told: &[Told]) -> Exit {
    told.iter().fold(Exit::Done, |exit, told| exit.and(told.exit))
}

fn target_summary(told: &Told) -> TargetSummary<'_> {
    TargetSummary {
        service: &told.service,
        database: &told.database,
        migrations: told.migrations,
        took_ms: told.took.as_secs_f64() * 1e3,
        ok: told.exit == Exit::Done,
        diagnostics: diagnostics_json(&told.diagnostics),
    }
}
