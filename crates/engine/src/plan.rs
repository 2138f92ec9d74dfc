//! What a run would do to a target: its migrations with the locks of each statement, and how large things are.

use std::collections::BTreeSet;

use limosa_catalog::{Identifier, QualifiedName, ServerMajor};
use limosa_plan::lock::{Known, LockedRelation, StatementLocks};
use limosa_plan::{ApprovedMigration, ApprovedTarget, Execution, RelationSize, RelationSizes, Way};
use limosa_postgres::{ServerError, Session, Type};
use limosa_project::{MigrationSet, OrderPolicy};
use limosa_syntax::{Command, Diagnostic, Severity};

use crate::online::{OpenChanges, PlannedOnline, held_up, number_to_come, preview, warnings};
use crate::pending::PendingJob;
use crate::run_error::RunError;
use crate::snapshot;
use crate::status::{TargetStatus, status_before_creation, status_of};
use crate::target::{Target, open};
use crate::up::{Extent, is_in_use};

/// What a run would do to a target.
#[derive(Debug)]
pub struct TargetPlan<'s> {
    /// The service.
    pub service: String,
    /// The database as people name it.
    pub database: String,
    /// The hash of the newest event of the history; empty where there is none.
    pub history: String,
    /// The fingerprint of the schema that is there; `None` where the database is yet to be made.
    pub catalog: Option<String>,
    /// The server's major version; `None` where the database is yet to be made.
    pub major: Option<ServerMajor>,
    /// What would be applied, in order.
    pub jobs: Vec<PlannedJob<'s>>,
    /// What would be applied by a later run: the versions and the names of repeatable objects.
    pub later: Vec<String>,
    /// The sizes of the relations that are locked.
    pub sizes: RelationSizes,
    /// What is worth knowing and stops nothing.
    pub warnings: Vec<Diagnostic>,
}

/// A migration that would be applied.
#[derive(Debug)]
pub struct PlannedJob<'s> {
    /// The migration.
    pub job: PendingJob<'s>,
    /// The locks of its statements, in their order.
    pub locks: Vec<StatementLocks>,
    /// What it comes to where it would be run online.
    pub online: Option<PlannedOnline>,
}

/// The longest that looking at sizes waits for somebody who has a table to himself.
const SIZES_LOCK_TIMEOUT: &str = "BEGIN; SET LOCAL lock_timeout = '500ms'";

/// Rows as last counted, and bytes as they are. Two index lookups for each relation, and a look at its files.
const SIZES: &str = "\
SELECT n.nspname::text, c.relname::text, c.reltuples::float8, pg_catalog.pg_table_size(c.oid),
       pg_catalog.pg_indexes_size(c.oid)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) AS wanted (schema, name)
  ON wanted.schema = n.nspname AND wanted.name = c.relname
WHERE c.relkind IN ('r', 'm')";

/// Looks at a target and decides what a run would do. Writes nothing: one connection, on which the history, the schema
/// and the sizes of what is locked are read.
///
/// # Errors
/// What keeps the target from being read, problems with its migrations, a version to stop at that no file has.
pub async fn plan<'s>(
    target: &Target,
    set: &'s MigrationSet,
    order: OrderPolicy,
    extent: &Extent,
) -> Result<TargetPlan<'s>, RunError> {
    let opened = open(target).await?;
    let (session, major) = (opened.session, opened.version.major());
    let result = async {
        let head = opened.history.last.hash.to_string();
        let status = status_of(&session, opened.version, opened.history, target, set, order).await?;
        let in_use = is_in_use(target, &status.history);
        let mut planned = restricted(status, extent, head)?;
        planned.major = Some(major);
        let catalog = snapshot::read(&session, target).await?;
        planned.catalog = Some(catalog.fingerprint().to_string());
        if planned.jobs.is_empty() {
            return Ok(planned);
        }
        let search_path = schemas(&session, target).await?;
        if in_use && planned.jobs.iter().any(|it| it.job.prepared.online) {
            plan_online(&session, target, &mut planned).await?;
        }
        if in_use {
            hold_up(&OpenChanges::read(&session, target).await?, &mut planned, &search_path)?;
        }
        find_locks(&mut planned.jobs, Known::of_catalog(&catalog, search_path), major);
        match sizes(&session, &planned.jobs).await {
            Ok(sizes) => planned.sizes = sizes,
            Err(error) => planned.warnings.push(
                Diagnostic::warning("no-sizes", "the sizes of tables could not be read")
                    .with_note(error.to_string())
                    .with_help("the plan stands without them; make it again when nobody holds the tables"),
            ),
        }
        Ok(planned)
    }
    .await;
    session.close().await;
    result
}

/// What a run would do to a target whose database is yet to be made.
///
/// # Errors
/// Problems with the migrations, and a version to stop at that no file has.
pub fn plan_before_creation<'s>(
    service: &str,
    database: &str,
    set: &'s MigrationSet,
    order: OrderPolicy,
    extent: &Extent,
) -> Result<TargetPlan<'s>, RunError> {
    let status = status_before_creation(service, database, set, order)?;
    let mut planned = restricted(status, extent, String::new())?;
    find_locks(&mut planned.jobs, Known::empty(), ServerMajor::NEWEST);
    Ok(planned)
}

fn restricted<'s>(status: TargetStatus<'s>, extent: &Extent, history: String) -> Result<TargetPlan<'s>, RunError> {
    if !status.problems.is_empty() {
        return Err(RunError::Problems(status.problems));
    }
    let (service, database) = (status.service.clone(), status.database.clone());
    let warnings = status.warnings.clone();
    let mut later: Vec<String> = status.pending.iter().map(|job| job.version.clone()).collect();
    let jobs: Vec<_> =
        status.restricted(extent)?.into_iter().map(|job| PlannedJob { job, locks: Vec::new(), online: None }).collect();
    later.retain(|version| jobs.iter().all(|planned| planned.job.version != *version));
    Ok(TargetPlan {
        service,
        database,
        history,
        catalog: None,
        major: None,
        jobs,
        later,
        sizes: RelationSizes::new(),
        warnings,
    })
}

fn find_locks(jobs: &mut [PlannedJob<'_>], mut known: Known, major: ServerMajor) {
    for planned in jobs {
        let execution = &planned.job.prepared.execution;
        match &mut planned.online {
            None => planned.locks = locks_of(execution, &planned.job.up.source.text, &mut known, major),
            Some(online) => {
                for it in online.scripts_mut() {
                    it.locks = locks_of(&it.prepared.execution, &it.script.source.text, &mut known, major);
                }
            }
        }
    }
}

fn locks_of(execution: &Execution, text: &str, known: &mut Known, major: ServerMajor) -> Vec<StatementLocks> {
    let steps = execution.steps().map(|step| {
        let command = Command::of(step.span.of(text));
        let locks = StatementLocks::of(&command, known, major);
        known.apply(&command);
        locks
    });
    steps.collect()
}

/// Compiles what would be run online. What stands behind other migrations meets a schema that is yet to be made; where
/// it does not fit the one that is there, it is shown as it stands in its file.
async fn plan_online(session: &Session, target: &Target, planned: &mut TargetPlan<'_>) -> Result<(), RunError> {
    let mut number = number_to_come(session, target).await?;
    for at in 0..planned.jobs.len() {
        let Some(it) = planned.jobs.get_mut(at).filter(|it| it.job.prepared.online) else { continue };
        match preview(session, target, &it.job, number).await? {
            Ok(online) => {
                let subject = format!("{} {}", it.job.version, it.job.name);
                let max_growth = it.job.prepared.max_growth;
                planned.warnings.extend(warnings(session, target, &online, max_growth, &subject).await?);
                it.online = Some(online);
            }
            Err(problems) if at == 0 => return Err(RunError::Problems(problems)),
            Err(_) => planned.warnings.push(
                Diagnostic::warning("online-later", format!("{} is run online", it.job.version))
                    .with_note("what it comes to can be told when the migrations before it are applied"),
            ),
        }
        number += 1;
    }
    Ok(())
}

/// Refuses what open changes stand against; says of what changes would stand against that are still to begin.
fn hold_up(open: &OpenChanges, planned: &mut TargetPlan<'_>, search_path: &[Identifier]) -> Result<(), RunError> {
    let mut to_come = Vec::new();
    for it in &planned.jobs {
        let way = match it.job.prepared.online {
            true => Way::Online,
            false => Way::Plain,
        };
        match way {
            Way::Plain => open.keep(it.job.up)?,
            Way::Online if it.job.unfinished.is_none() => open.keep_online(it.job.up)?,
            Way::Online => {}
        }
        let later = held_up(it.job.up, (way, &to_come), search_path).into_iter();
        planned.warnings.extend(later.map(|problem| Diagnostic { severity: Severity::Warning, ..problem }));
        to_come.extend(it.online.iter().map(|online| online.in_hand.clone()));
    }
    Ok(())
}

/// Where the session of a run looks for names without a schema.
pub(crate) async fn schemas(session: &Session, target: &Target) -> Result<Vec<Identifier>, RunError> {
    let rows = match &target.search_path {
        Some(path) => {
            let sql = "SELECT pg_catalog.current_schemas(false)::text[] \
                       FROM (SELECT pg_catalog.set_config('search_path', $1, true) OFFSET 0) s";
            session.query(sql, &[(path, Type::TEXT)]).await?
        }
        None => session.query("SELECT pg_catalog.current_schemas(false)::text[]", &[]).await?,
    };
    let names: Vec<String> = rows.first().map(|row| row.get(0)).unwrap_or_default();
    Ok(names.into_iter().filter_map(|name| Identifier::new(name).ok()).collect())
}

async fn sizes(session: &Session, jobs: &[PlannedJob<'_>]) -> Result<RelationSizes, ServerError> {
    let online = jobs.iter().filter_map(|planned| planned.online.as_ref());
    let online = online.flat_map(PlannedOnline::scripts).map(|it| &it.locks);
    let locks = jobs.iter().map(|planned| &planned.locks).chain(online).flatten().flat_map(|locks| &locks.locks);
    let wanted: BTreeSet<(String, String)> = locks
        .filter_map(|lock| match &lock.relation {
            LockedRelation::Named(QualifiedName { schema: Some(schema), name }) => {
                Some((schema.as_str().to_owned(), name.as_str().to_owned()))
            }
            _ => None,
        })
        .collect();
    if wanted.is_empty() {
        return Ok(RelationSizes::new());
    }
    let (schemas, names): (Vec<String>, Vec<String>) = wanted.into_iter().unzip();
    session.flight(SIZES_LOCK_TIMEOUT).await.map_err(|failure| failure.error)?;
    let rows = session.query(SIZES, &[(&schemas, Type::TEXT_ARRAY), (&names, Type::TEXT_ARRAY)]).await;
    session.flight("ROLLBACK").await.map_err(|failure| failure.error)?;
    let size = |row: &limosa_postgres::Row| {
        let identifier = |at: usize| Identifier::new(row.get::<_, String>(at)).ok();
        let bytes = |at: usize| u64::try_from(row.get::<_, i64>(at)).unwrap_or(0);
        let rows: f64 = row.get(2);
        // A table that was never looked at says -1.
        let rows = (rows >= 0.0).then_some(rows as u64);
        let name = QualifiedName { schema: Some(identifier(0)?), name: identifier(1)? };
        Some((name, RelationSize { rows, bytes: bytes(3), index_bytes: bytes(4) }))
    };
    let mut sizes: RelationSizes = rows?.iter().filter_map(size).collect();
    // What is made anew is about as large as the old one.
    for (made, old) in jobs.iter().filter_map(|planned| planned.online.as_ref()).flat_map(|online| &online.made) {
        let size = sizes.get(old).cloned();
        sizes.extend(size.map(|size| (made.clone(), size)));
    }
    Ok(sizes)
}

/// Whether what stands is what a plan was made for. `jobs` are what would be run now, and `catalog` is the fingerprint
/// of the schema, where it was looked at.
///
/// # Errors
/// [`RunError::Moved`], which says what is different.
pub fn hold_to<'j, 's: 'j>(
    approved: &ApprovedTarget,
    history: &str,
    catalog: Option<&str>,
    jobs: impl Iterator<Item = &'j PendingJob<'s>>,
) -> Result<(), RunError> {
    let moved = |note: String| {
        let diagnostic = Diagnostic::error("plan-outdated", format!("{} has moved since the plan", approved.service))
            .with_note(note)
            .with_help("nothing was changed; look at a new plan: `limosa --json plan > plan.json`");
        Err(RunError::Moved(Box::new(diagnostic)))
    };
    let now: Vec<ApprovedMigration> = jobs.map(migration).collect();
    let named = |it: &ApprovedMigration| format!("{} {}", it.version, it.name);
    for (at, planned) in approved.migrations.iter().enumerate() {
        match now.get(at) {
            Some(found) if found == planned => {}
            Some(found) if (&found.version, &found.kind) == (&planned.version, &planned.kind) => {
                return moved(format!("{} was edited", named(planned)));
            }
            Some(found) => return moved(format!("{} would run where {} was planned", named(found), named(planned))),
            None => return moved(format!("{} is not pending any more", named(planned))),
        }
    }
    if let Some(more) = now.get(approved.migrations.len()) {
        return moved(format!("{} was not planned", named(more)));
    }
    if history != approved.history {
        return moved("its history has other events than it had then".to_owned());
    }
    match (&approved.catalog, catalog) {
        (Some(then), Some(now)) if then != now => {
            moved("its schema is not the one that the plan was made for".to_owned())
        }
        _ => Ok(()),
    }
}

fn migration(job: &PendingJob<'_>) -> ApprovedMigration {
    ApprovedMigration {
        version: job.version.clone(),
        name: job.name.to_owned(),
        kind: job.kind().to_owned(),
        checksum: job.checksum.clone(),
    }
}
