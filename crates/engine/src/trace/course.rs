//! A trace from its beginning to its end.

use limosa_catalog::Identifier;
use limosa_plan::lock::Known;
use limosa_plan::trace::{Trace, TracedMigration, TracedTable, TracedTransaction};
use limosa_plan::{Execution, Stage};
use limosa_postgres::{ConnectionSettings, ServerError, Session, Shadow, Type};

use super::observe::{people, process, tell_statistics};
use super::probe::{self, Onlookers};
use super::rewrites;
use super::script::{TraceRequest, TracedScript};
use super::tracer::Tracer;
use crate::desired::{DesiredError, Replay, run_up};
use crate::executor::Placeholders;
use crate::filling::fill_tables;
use crate::run_error::RunError;
use crate::stop::StopSignal;
use crate::up::Extent;

/// Helpers of a parallel build count what they read for themselves.
const SETTINGS: &str = "SET max_parallel_maintenance_workers = 0; SET max_parallel_workers_per_gather = 0";

/// Runs what comes before in a new shadow database, makes rows, then runs the scripts and looks at each statement.
///
/// The shadow has to take several connections, and its server is changed: autovacuum, which locks tables too, is
/// switched off.
///
/// # Errors
/// A migration before the first script that does not run, or a shadow that cannot be had. Statements of the scripts
/// that fail are part of the trace.
pub async fn trace(
    shadow: &mut Shadow,
    request: &TraceRequest,
    replay: &Replay<'_>,
    stop: &StopSignal,
) -> Result<Trace, DesiredError> {
    if shadow.takes_one_connection() {
        return Err(DesiredError::OneConnection);
    }
    let settings = shadow.database().await?;
    let target = replay.target(settings.clone(), false);
    run_up(&target, &request.before, replay, Extent::All, stop).await?;
    let watcher = Session::connect(&settings).await?;
    let left_out = [replay.history_schema.clone()];
    for setting in ["ALTER SYSTEM SET autovacuum = off", "SELECT pg_catalog.pg_reload_conf()"] {
        watcher.flight(setting).await.map_err(|failure| failure.error)?;
    }
    let filled = fill_tables(&watcher, &watcher.catalog(&left_out).await?, request.rows).await?;
    tell_statistics(&watcher).await?;
    rewrites::listen(&watcher).await?;
    let prober = Session::connect(&settings).await?;
    probe::prepare(&prober).await?;
    let mut course = Course {
        settings: &settings,
        watcher: &watcher,
        prober: &prober,
        left_out: left_out.into_iter().chain(rewrites::schema()).collect(),
        replay,
        stop,
        major: shadow.major(),
    };
    let mut migrations = Vec::new();
    for script in &request.scripts {
        let migration = course.script(script).await?;
        if script.shown {
            migrations.push(migration);
        }
    }
    prober.close().await;
    watcher.close().await;
    let tables = filled.into_iter().map(|table| TracedTable {
        name: people(&table.table),
        rows: table.rows,
        shortfall: table.shortfall,
    });
    Ok(Trace {
        format: Trace::FORMAT,
        service: replay.service.to_owned(),
        server: shadow.identity().to_string(),
        rows: request.rows,
        tables: tables.collect(),
        migrations,
    })
}

/// The database in which the scripts run, one after the other.
struct Course<'a> {
    settings: &'a ConnectionSettings,
    watcher: &'a Session,
    prober: &'a Session,
    left_out: Vec<Identifier>,
    replay: &'a Replay<'a>,
    stop: &'a StopSignal,
    major: limosa_catalog::ServerMajor,
}

impl Course<'_> {
    async fn script(&mut self, script: &TracedScript) -> Result<TracedMigration, DesiredError> {
        let placeholders = Placeholders::new(self.replay.values);
        let catalog = self.watcher.catalog(&self.left_out).await?;
        let mut known = None;
        let mut transactions = Vec::new();
        let whole;
        let stages: &[Stage] = match script.execution() {
            Execution::Staged(stages) => stages,
            Execution::Whole { begin, steps } => {
                whole = [Stage::Transaction { begin: *begin, steps: steps.clone() }];
                &whole
            }
        };
        let mut session = None;
        for stage in stages {
            if self.stop.is_asked() {
                return Err(DesiredError::Replay(Box::new(RunError::Stopped { resumable: None })));
            }
            let open = match session.take() {
                Some(open) => open,
                None => self.session().await?,
            };
            let before = match known.take() {
                Some(known) => known,
                None => Known::of_catalog(&catalog, schemas(&open).await?),
            };
            let mut tracer = Tracer {
                script,
                session: &open,
                onlookers: Onlookers { prober: self.prober, watcher: self.watcher, process: process(&open).await? },
                settings: self.settings,
                left_out: &self.left_out,
                placeholders: &placeholders,
                known: before,
                major: self.major,
                lost: false,
            };
            let transaction: TracedTransaction = match stage {
                Stage::Transaction { begin, steps } => tracer.together(*begin, steps).await?,
                // A batch takes the same locks, of fewer rows.
                Stage::Backfill(backfill) => tracer.together(None, std::slice::from_ref(&backfill.step)).await?,
                Stage::Alone { step, reason } => tracer.alone(step, reason).await?,
            };
            let is_lost = tracer.lost;
            known = Some(tracer.known);
            transactions.push(transaction);
            if !is_lost {
                tell_statistics(&open).await?;
                session = Some(open);
            }
        }
        if let Some(session) = session {
            session.close().await;
        }
        Ok(TracedMigration {
            version: script.version.clone(),
            name: script.name.clone(),
            path: script.up.source.path.clone(),
            transactions,
        })
    }

    /// A session as a run of the service would have it.
    async fn session(&self) -> Result<Session, DesiredError> {
        let session = Session::connect(self.settings).await?;
        let role = self.replay.owner_role.map(|role| format!("; SET ROLE {role}")).unwrap_or_default();
        session.flight(&format!("{SETTINGS}{role}")).await.map_err(|failure| failure.error)?;
        if let Some(path) = self.replay.search_path {
            let path = path.to_owned();
            let sql = "SELECT pg_catalog.set_config('search_path', $1, false)";
            session.query(sql, &[(&path, Type::TEXT)]).await?;
        }
        Ok(session)
    }
}

/// Where a session looks for names without a schema.
async fn schemas(session: &Session) -> Result<Vec<Identifier>, ServerError> {
    let rows = session.query("SELECT pg_catalog.current_schemas(false)::text[]", &[]).await?;
    let names: Vec<String> = rows.first().map(|row| row.get(0)).unwrap_or_default();
    Ok(names.into_iter().filter_map(|name| Identifier::new(name).ok()).collect())
}
