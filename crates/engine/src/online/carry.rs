//! A map of ids comes from the database of the service whose key it is of: before a change begins, and again with every
//! run as long as it is open.

use std::sync::Arc;
use std::time::{Duration, Instant};

use limosa_catalog::{Identifier, ObjectName};
use limosa_plan::Carry;
use limosa_postgres::{CopyInError, ServerError, Session};
use limosa_syntax::{Diagnostic, SourceFile};

use super::expand::tell;
use super::owner::{MapStanding, OwnedMap, Owners, look};
use super::preview::PlannedOnline;
use super::record::{OnlineRecord, OnlineStanding, changes, standing};
use crate::backfill::Desk;
use crate::executor::Executor;
use crate::history::History;
use crate::references::begin;
use crate::run_error::{InEffect, RunError, StatementFailure};
use crate::server_words::is_lock_failure;
use crate::target::{Opened, Target, open};

/// How long a statement waits for others who write: shorter than the server's `deadlock_timeout`, so that it is the one
/// that gives way.
const LOCK_TIMEOUT: &str = "SET LOCAL lock_timeout = '200ms'";

/// A large table takes its time.
const WITHOUT_TIMEOUT: &str = "SET LOCAL statement_timeout = 0";

/// How long until locks are tried for again.
const PAUSE: Duration = Duration::from_millis(100);

/// So many ids that stood for others are looked for at once.
const TOGETHER: i64 = 2_000;

/// So often rows are looked for that somebody changed at the same moment.
const TRIES: usize = 5;

/// Brings the pairs to where a change takes them from, before that begins or goes on. Tells whether they came: the way
/// back goes on without, by the map that is here, and that is said.
///
/// # Errors
/// A database that cannot be asked, a map that is not there or not filled, types that differ: nothing has changed.
pub(super) async fn arrive(
    executor: &mut Executor<'_>,
    owners: Owners<'_>,
    (version, carry): (&str, &Carry),
) -> Result<bool, RunError> {
    let came = match place(executor.target, owners, carry) {
        Ok(Some(target)) => come(executor, target, carry).await.map(|()| true),
        Ok(None) => Ok(false),
        Err(error) => Err(error),
    };
    match came {
        Ok(true) => return Ok(true),
        Ok(false) => {}
        Err(RunError::Refused(why)) if carry.back => not_carried(executor, version, &why),
        Err(error) => return Err(error),
    }
    desk(executor).ask(&carry.prepare.join(";\n")).await?;
    Ok(false)
}

fn not_carried(executor: &mut Executor<'_>, version: &str, why: &Diagnostic) {
    tell(executor, version, format!("not carried: {}", why.message));
}

async fn come(executor: &Executor<'_>, target: &Target, carry: &Carry) -> Result<(), RunError> {
    if target.single_connection || executor.target.single_connection {
        return Err(refused(
            "one-connection",
            format!("the map of {} is in a PostgreSQL that takes one connection at a time", carry.service),
            "run it on a server that takes two: `LIMOSA_PG_BIN` names the folder of one, or the environment its URL",
        ));
    }
    let asked = open(target).await;
    let Opened { session, history, .. } = asked.map_err(|error| unreachable(carry, target, &error))?;
    let copied = async {
        let found = look(&session, &history, target, &carry.map).await;
        let found = found.map_err(|error| unreachable(carry, target, &error))?;
        let Some(found) = found else { return Err(no_map(carry, target)) };
        is_filled(carry, &found)?;
        begin(&session, target).await.map_err(|error| unreachable(carry, target, &error.into()))?;
        copy(executor, carry, &found, (&session, target)).await
    }
    .await;
    session.close().await;
    copied
}

/// How far the change of the key is that made the map; `None` in a shadow.
///
/// # Errors
/// As [`arrive`].
pub(super) async fn map_standing(
    here: &Target,
    owners: Owners<'_>,
    carry: &Carry,
) -> Result<Option<MapStanding>, RunError> {
    let Some(target) = place(here, owners, carry)? else { return Ok(None) };
    let Opened { session, history, .. } = open(target).await.map_err(|error| unreachable(carry, target, &error))?;
    let found = look(&session, &history, target, &carry.map).await;
    session.close().await;
    match found.map_err(|error| unreachable(carry, target, &error))? {
        Some(found) => Ok(Some(found.standing)),
        None => Err(no_map(carry, target)),
    }
}

/// The database of the key, which is another one; `None` in a shadow.
fn place<'o>(here: &Target, owners: Owners<'o>, carry: &Carry) -> Result<Option<&'o Target>, RunError> {
    let place = owners.place(&carry.service).map_err(|problem| RunError::Refused(Box::new(problem)))?;
    match place {
        Some(target) if target.database() == here.database() => Err(refused(
            "same-database",
            format!("{} and {} are in the same database, {}", carry.service, here.service, here.database()),
            format!(
                "where one URL is meant for both, write `{{service}}` or `{{database}}` in it; where they share a \
                 database, `limosa --service {} rekey` with `--soft` changes what refers to the key, too",
                carry.service
            ),
        )),
        place => Ok(place),
    }
}

fn refused(code: &'static str, message: String, help: impl Into<String>) -> RunError {
    RunError::Refused(Box::new(Diagnostic::error(code, message).with_help(help.into())))
}

fn unreachable(carry: &Carry, target: &Target, error: &RunError) -> RunError {
    let problem = Diagnostic::error(
        "owner-unreachable",
        format!("the map of {} cannot be read in {}", carry.service, target.database()),
    );
    let problem = error.diagnostics().into_iter().fold(problem, |problem, why| problem.with_note(why.message));
    RunError::Refused(Box::new(problem.with_help(format!(
        "its pairs are needed here, and nothing was changed: `limosa --service {} status` shows what is in the way",
        carry.service
    ))))
}

fn no_map(carry: &Carry, target: &Target) -> RunError {
    let (schema, map) = (target.history_schema.for_people(), carry.map.for_people());
    refused(
        "no-map",
        format!("{} has no table {schema}.{map} of old and new ids", carry.service),
        format!(
            "its key changes first: `limosa --service {0} rekey …` writes that, and `limosa --service {0} up` makes \
             the map; where it was taken back there, take this back, too; where that database was made anew and never \
             had old ids, make this one anew, too",
            carry.service
        ),
    )
}

/// Refuses a map that does not have all ids.
fn is_filled(carry: &Carry, found: &OwnedMap) -> Result<(), RunError> {
    let service = &carry.service;
    match &found.standing {
        _ if carry.back => Ok(()),
        MapStanding::Open { .. } | MapStanding::Settled => Ok(()),
        MapStanding::Filling { version } => Err(refused(
            "owner-not-filled",
            format!("{service} is still filling its map: {version} is applied only in part"),
            format!("finish that first: `limosa --service {service} up`"),
        )),
        MapStanding::GoesBack { version } => Err(refused(
            "owner-goes-back",
            format!("{service} goes back to its old ids: {version} is being taken back there"),
            format!("take this back, too, or end that first: `limosa --service {service} abort {version}`"),
        )),
    }
}

/// Copies all pairs, as one transaction here and from one state there.
async fn copy(
    executor: &Executor<'_>,
    carry: &Carry,
    found: &OwnedMap,
    (session, target): (&Session, &Target),
) -> Result<(), RunError> {
    let worker = executor.worker;
    let mut sql = vec!["BEGIN".to_owned()];
    sql.extend(executor.surroundings.role.as_ref().map(|role| format!("SET LOCAL ROLE {role}")));
    sql.extend(executor.surroundings.search_path.as_ref().map(|path| format!("SET LOCAL search_path = {path}")));
    sql.push("SET LOCAL statement_timeout = 0".to_owned());
    sql.push("SET LOCAL client_min_messages = warning".to_owned());
    sql.extend(carry.prepare.iter().cloned());
    let copied = async {
        worker.flight(&sql.join(";\n")).await.map_err(|failure| failure.error)?;
        same_types(worker, carry, found).await?;
        let map = ObjectName { schema: target.history_schema.clone(), name: carry.map.clone() };
        let mut pairs = session
            .copy_out(&format!("COPY (SELECT old_id, new_id FROM {map}) TO STDOUT"))
            .await
            .map_err(|error| unreachable(carry, target, &error.into()))?;
        let into = format!("COPY {} (old_id, new_id) FROM STDIN", carry.arrived);
        let stop = executor.stop.clone();
        let next = async || match stop.is_asked() {
            true => Some(Err(RunError::Stopped { resumable: None })),
            false => {
                let piece = pairs.next().await?;
                Some(piece.map_err(|error| unreachable(carry, target, &error.into())))
            }
        };
        worker.copy_as_it_comes(&into, next).await.map_err(|error| match error {
            CopyInError::Server(error) => RunError::from(error),
            CopyInError::Source(error) => error,
        })?;
        let end = format!("ANALYZE {};\nCOMMIT", carry.arrived);
        worker.flight(&end).await.map(drop).map_err(|failure| RunError::from(failure.error))
    }
    .await;
    if copied.is_err() && !worker.is_closed() {
        let _ = worker.flight("ROLLBACK").await;
    }
    copied
}

/// Refuses types that are not those of the map, as the server here spells them.
async fn same_types(worker: &Session, carry: &Carry, found: &OwnedMap) -> Result<(), RunError> {
    let arrived = limosa_catalog::Literal(&carry.arrived.to_string()).to_string();
    let sql = format!(
        "SELECT pg_catalog.format_type(atttypid, atttypmod) FROM pg_catalog.pg_attribute \
         WHERE attrelid = {arrived}::regclass AND attnum > 0 ORDER BY attnum"
    );
    let rows = worker.query(&sql, &[]).await?;
    let here: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    if here == found.types {
        return Ok(());
    }
    let ([old, new], service) = (&found.types, &carry.service);
    let map = carry.map.as_str().strip_prefix("map_").unwrap_or_default();
    let map = Identifier::new(map).map_or_else(|_| String::new(), |map| map.to_string());
    Err(refused(
        "types-differ",
        format!(
            "the ids of {service} are {old} and become {new}; the migration takes {} and {}",
            carry.types[0], carry.types[1]
        ),
        format!(
            "say the types of the map where the column has others: \
             `-- limosa: rekey from {service} map {map} ({old}, {new})`"
        ),
    ))
}

/// Carries the maps of all changes that are open: what is new there is taken in, and what stood for it is mended. A
/// database that cannot be asked is told of, since nothing is lost until contract.
///
/// # Errors
/// What goes wrong here.
pub(crate) async fn carry_waiting(
    executor: &mut Executor<'_>,
    target: &Target,
    history: &History,
    owners: Owners<'_>,
) -> Result<(), RunError> {
    if owners.are_none() {
        return Ok(());
    }
    for record in changes(executor.worker, target.history()).await? {
        if standing(&record, history) != OnlineStanding::Expanded {
            continue;
        }
        for carry in record.carries() {
            match again(executor, owners, &record, &carry).await {
                Err(RunError::Refused(why)) => not_carried(executor, &record.version, &why),
                done => done?,
            }
        }
    }
    Ok(())
}

/// Whether a change is open to which a map comes from elsewhere.
pub(crate) async fn is_carried_to(session: &Session, target: &Target, history: &History) -> Result<bool, RunError> {
    let records = changes(session, target.history()).await?;
    let waits = |record: &OnlineRecord| standing(record, history) == OnlineStanding::Expanded;
    Ok(records.iter().any(|record| waits(record) && !record.carries().is_empty()))
}

/// Carries a map again, and brings in order what was provisional.
///
/// # Errors
/// As [`arrive`]; locks that are not to be had.
pub(super) async fn again(
    executor: &mut Executor<'_>,
    owners: Owners<'_>,
    record: &OnlineRecord,
    carry: &Carry,
) -> Result<(), RunError> {
    if matches!(owners, Owners::Shadow) {
        return Ok(());
    }
    let came = arrive(executor, owners, (&record.version, carry)).await?;
    let fresh = if came { number(&desk(executor).ask(&carry.sift.join(";\n")).await?) } else { 0 };
    if fresh > 0 {
        patiently(executor, record, &carry.take.join(";\n")).await?;
    }
    let mended = mend(executor, record, carry).await?;
    let unknown =
        if came { number(&desk(executor).ask(&format!("{WITHOUT_TIMEOUT};\n{}", carry.unknown)).await?) } else { 0 };
    desk(executor).ask(&carry.clear.join(";\n")).await?;
    let service = &carry.service;
    if fresh > 0 {
        tell(executor, &record.version, format!("{} came from the map of {service}", counted(fresh, "id")));
    }
    if mended > 0 {
        let text = format!("{} here had a provisional id, and that of {service} now", counted(mended, "row"));
        tell(executor, &record.version, text);
    }
    if unknown > 0 {
        let text = format!(
            "not in the map of {service}: {} here, of nothing or of what was made since the old ids are gone there \
             (`limosa check --references` tells which)",
            counted(unknown, "id")
        );
        tell(executor, &record.version, text);
    }
    Ok(())
}

/// Gives rows the ids that others stood for. Tells how many rows.
async fn mend(executor: &Executor<'_>, record: &OnlineRecord, carry: &Carry) -> Result<i64, RunError> {
    let last = number(&desk(executor).ask(&carry.late).await?);
    if last == 0 {
        return Ok(0);
    }
    // Whoever asked the map before has written what it said by now.
    for writers in &carry.writers {
        patiently(executor, record, writers).await?;
    }
    let mut mended = 0;
    let mut from = 0;
    while from < last {
        let to = from.saturating_add(TOGETHER);
        let sql = carry.mend.replacen("$1", &from.to_string(), 1).replacen("$2", &to.to_string(), 1);
        for _ in 0..TRIES {
            let rows = number(&patiently(executor, record, &sql).await?);
            mended += rows;
            if rows == 0 {
                break;
            }
        }
        from = to;
    }
    Ok(mended)
}

/// Runs a transaction that gives way to others, and tries again.
async fn patiently(executor: &Executor<'_>, record: &OnlineRecord, sql: &str) -> Result<Rows, RunError> {
    let begun = Instant::now();
    let text = format!("{WITHOUT_TIMEOUT};\n{LOCK_TIMEOUT};\n{sql}");
    loop {
        match desk(executor).ask(&text).await {
            Err(error) if is_lock_failure(&error) => {
                if executor.stop.is_asked() {
                    return Err(RunError::Stopped { resumable: None });
                }
                if begun.elapsed() >= executor.target.retry.patience {
                    return Err(locks_not_free(record, sql, begun.elapsed(), error));
                }
                tokio::time::sleep(PAUSE).await;
            }
            done => return done.map_err(RunError::from),
        }
    }
}

fn locks_not_free(record: &OnlineRecord, sql: &str, waited: Duration, error: ServerError) -> RunError {
    let path = format!("the map of {}", record.version);
    RunError::LocksNotFree {
        version: record.version.clone(),
        waited,
        blockers: Vec::new(),
        failure: Box::new(StatementFailure {
            version: record.version.clone(),
            name: record.name().to_owned(),
            direction: record.direction,
            source: Arc::new(SourceFile { path, text: sql.into() }),
            span: None,
            point: None,
            tag: None,
            masked: error.to_string(),
            error,
            detail: None,
            hint: None,
            in_effect: InEffect::Nothing,
        }),
    }
}

/// Takes away what the pairs came in.
pub(super) async fn clear(executor: &Executor<'_>, carry: &Carry) -> Result<(), ServerError> {
    desk(executor).ask(&carry.clear.join(";\n")).await.map(drop)
}

/// How many ids a plan's changes would bring, in words.
///
/// # Errors
/// As [`arrive`] has them, without a connection here.
pub async fn carried_rows(here: &Target, owners: Owners<'_>, planned: &PlannedOnline) -> Result<Vec<String>, RunError> {
    let mut told = Vec::new();
    for carry in planned.carries.iter().filter(|carry| !carry.back) {
        let Some(target) = place(here, owners, carry)? else { continue };
        let found = super::owner::owned_map(target, &carry.map).await;
        let found = found.map_err(|error| unreachable(carry, target, &error))?;
        let Some(found) = found else { return Err(no_map(carry, target)) };
        is_filled(carry, &found)?;
        let ids = counted(i64::try_from(found.rows).unwrap_or(i64::MAX), "id");
        told.push(format!("carries {ids} of {} first, into {}", carry.service, carry.map.for_people()));
    }
    Ok(told)
}

fn counted(count: i64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

type Rows = Vec<Vec<Option<String>>>;

fn desk<'e>(executor: &'e Executor<'_>) -> Desk<'e> {
    Desk::under(executor.worker, &executor.surroundings, None)
}

fn number(rows: &Rows) -> i64 {
    rows.first().and_then(|row| row.first()?.as_deref()?.parse().ok()).unwrap_or_default()
}
