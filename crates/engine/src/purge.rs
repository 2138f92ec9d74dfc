//! Removes what was set aside, for good.

use std::time::{Duration, Instant};

use limosa_catalog::ObjectName;
use limosa_plan::Retry;

use crate::aside::{AsideRecord, Ended, kept, mark, tables_of};
use crate::event::Observer;
use crate::executor::{Executor, Lookup, Placeholders};
use crate::jitter::jitter;
use crate::lock::take_to_write;
use crate::run_error::RunError;
use crate::server_words::is_lock_failure;
use crate::stop::StopSignal;
use crate::target::{Target, open};

/// What `purge` is asked for.
pub struct PurgeOptions<'a> {
    /// The numbers of what is to go.
    pub ids: &'a [i64],
    /// The reason to put on record.
    pub reason: Option<&'a str>,
    /// Who does it: the operating system's user and host.
    pub actor: &'a str,
    /// How long to wait for another run on the same target.
    pub wait: Duration,
}

/// Removes things that are set aside, each in a transaction of its own with its record and an event `purge`. Gives what
/// went. What is not kept any more is passed over.
///
/// # Errors
/// A target that cannot be written to; something that others have come to depend on; locks that are not to be had. What
/// went before stays gone.
pub async fn purge(
    target: &Target,
    options: &PurgeOptions<'_>,
    observer: &mut dyn Observer,
    stop: &StopSignal,
) -> Result<Vec<AsideRecord>, RunError> {
    let opened = open(target).await?;
    let (locked, actor) = take_to_write(target, (options.actor, options.wait), opened, observer, stop).await?;
    let result = async {
        let values: &Lookup<'_> = &|_| None;
        let placeholders = Placeholders::new(values);
        let mut executor = Executor::new(target, &locked, &actor, &placeholders, observer, stop.clone());
        let mut gone = Vec::new();
        let records = kept(&locked.worker, target.history()).await?;
        let parted: Vec<ObjectName> = records.iter().flat_map(AsideRecord::moved).collect();
        for record in records {
            if stop.is_asked() {
                return Err(RunError::Stopped { resumable: None });
            }
            if options.ids.contains(&record.id) {
                remove(&mut executor, target, (&record, &parted), options.reason).await?;
                gone.push(record);
            }
        }
        Ok(gone)
    }
    .await;
    locked.release().await;
    result
}

/// Drops one, in short tries for its locks; columns also in those of these tables that were parted from theirs.
async fn remove(
    executor: &mut Executor<'_>,
    target: &Target,
    (record, parted): (&AsideRecord, &[ObjectName]),
    reason: Option<&str>,
) -> Result<(), RunError> {
    let mut statements = Vec::new();
    for column in &record.columns {
        // What somebody else dropped is gone already.
        for table in tables_of(executor.worker, &column.column.relation, &column.aside, parted).await? {
            statements.push(format!("ALTER TABLE {table} DROP COLUMN {}", column.aside));
        }
    }
    if let Some(kept) = &record.values {
        let tables = tables_of(executor.worker, &kept.table, &kept.mark, parted).await?;
        statements.extend(tables.iter().map(|table| kept.gone(table)));
    }
    if !record.tables.is_empty() {
        let schema = record.name.schema();
        let names: Vec<String> = record.tables.iter().map(|kept| format!("{schema}.{}", kept.name.name)).collect();
        statements.push(format!("DROP TABLE IF EXISTS {}", names.join(", ")));
        statements.push(format!("DROP SCHEMA IF EXISTS {schema}"));
    }
    if !record.types.is_empty() {
        let schema = record.name.schema();
        let names = record.types.iter().map(|kept| format!("{schema}.{}", kept.name.name));
        statements.extend(names.map(|name| format!("DROP TYPE IF EXISTS {name}")));
        statements.push(format!("DROP SCHEMA IF EXISTS {schema}"));
    }
    statements.push(mark(executor.schema, record.id, Ended::Purged));
    let begun = Instant::now();
    let mut attempt = 0;
    loop {
        let timeout = target.retry.lock_timeout(attempt).as_millis().max(1);
        let mut tried = vec![format!("SET LOCAL lock_timeout = {timeout}")];
        tried.extend_from_slice(&statements);
        match executor.record_purge(record, &tried, reason).await {
            Err(RunError::Server(error)) if is_lock_failure(&error) => {
                let Retry::After { pause, .. } = target.retry.after(attempt, begun.elapsed(), jitter()) else {
                    return Err(error.into());
                };
                tokio::time::sleep(pause).await;
                attempt += 1;
            }
            result => return result,
        }
    }
}
