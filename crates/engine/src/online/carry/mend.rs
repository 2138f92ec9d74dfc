//! What was provisional is brought in order, while others are at work.

use std::sync::Arc;
use std::time::{Duration, Instant};

use limosa_plan::Carry;
use limosa_postgres::ServerError;
use limosa_syntax::SourceFile;

use super::super::record::OnlineRecord;
use super::{Rows, WITHOUT_TIMEOUT, desk, number};
use crate::executor::Executor;
use crate::run_error::{InEffect, RunError, StatementFailure};
use crate::server_words::is_lock_failure;

/// How long a statement waits for others who write: shorter than the server's `deadlock_timeout`, so that it is the one
/// that gives way.
const LOCK_TIMEOUT: &str = "SET LOCAL lock_timeout = '200ms'";

/// How long until locks are tried for again.
const PAUSE: Duration = Duration::from_millis(100);

/// So many ids that stood for others are looked for at once.
const TOGETHER: i64 = 2_000;

/// So often rows are looked for that somebody changed at the same moment.
const TRIES: usize = 5;

/// Gives rows the ids that others stood for. Tells how many rows.
pub(super) async fn mend(executor: &Executor<'_>, record: &OnlineRecord, carry: &Carry) -> Result<i64, RunError> {
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
pub(super) async fn patiently(executor: &Executor<'_>, record: &OnlineRecord, sql: &str) -> Result<Rows, RunError> {
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
