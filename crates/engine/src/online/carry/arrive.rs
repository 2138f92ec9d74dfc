//! All pairs come into a table of their own.

use limosa_catalog::{Identifier, ObjectName};
use limosa_plan::Carry;
use limosa_postgres::{CopyInError, Session};
use limosa_syntax::Diagnostic;

use super::super::expand::tell;
use super::super::owner::{OwnedMap, Owners, look};
use super::asked::{is_filled, no_map, place, refused, unreachable};
use super::desk;
use crate::executor::Executor;
use crate::references::begin;
use crate::run_error::RunError;
use crate::target::{Opened, Target, open};

/// Brings the pairs to where a change takes them from, before that begins or goes on. Tells whether they came: the way
/// back goes on without, by the map that is here, and that is said.
///
/// # Errors
/// A database that cannot be asked, a map that is not there or not filled, types that differ: nothing has changed.
pub(in super::super) async fn arrive(
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

pub(super) fn not_carried(executor: &mut Executor<'_>, version: &str, why: &Diagnostic) {
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
