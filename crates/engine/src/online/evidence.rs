//! Signs that the old version is still at work.
//!
//! What a session runs, or ran last, can be seen in `pg_stat_activity`; what was run in between, where the extension is
//! there, in the counters of `pg_stat_statements`. Both show texts, so a sign is a text that names what only the old
//! version names. Where there is no sign, that proves nothing; where there is one, somebody has to look.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use limosa_catalog::Literal;
use limosa_syntax::Diagnostic;

use super::record::OnlineRecord;
use super::wire::OldNameJson;
use crate::backfill::Desk;
use crate::executor::Executor;
use crate::run_error::RunError;
use crate::stop::Urgency;

/// How often sessions are looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// Looks for so long, and refuses where the old version shows.
///
/// # Errors
/// The signs, as a finding; a connection that is lost.
pub(super) async fn no_sign(executor: &Executor<'_>, record: &OnlineRecord, window: Duration) -> Result<(), RunError> {
    if record.terms.old_names.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = record.terms.old_names.iter().map(naming).collect();
    let naming = names.join(" OR ");
    let desk = Desk::under(executor.worker, &executor.surroundings, None);
    let before = counted(&desk, &naming).await?;
    let begun = Instant::now();
    let mut stop = executor.stop.clone();
    let mut signs;
    loop {
        signs = sessions(&desk, &naming, window.max(begun.elapsed())).await?;
        let left = window.saturating_sub(begun.elapsed());
        if !signs.is_empty() || left.is_zero() {
            break;
        }
        tokio::select! {
            () = tokio::time::sleep(left.min(LOOK_AGAIN)) => {}
            () = stop.at_least(Urgency::AfterThis) => return Err(RunError::Stopped { resumable: None }),
        }
    }
    for (query, calls) in counted(&desk, &naming).await? {
        let more = calls - before.get(&query).copied().unwrap_or_default();
        if more > 0 {
            signs.push(format!("called {more} times meanwhile: {query}"));
        }
    }
    if signs.is_empty() {
        return Ok(());
    }
    let problem = Diagnostic::error(
        "old-version-in-use",
        format!("{}: clients of the old version are still at work", record.version),
    );
    let problem = signs.into_iter().fold(problem, Diagnostic::with_note);
    Err(RunError::Refused(Box::new(
        problem.with_help("deploy the new version everywhere, or say `limosa contract --allow old-version-in-use`"),
    )))
}

/// A condition on a text, that it names something.
fn naming(old: &OldNameJson) -> String {
    let word = |name: &str| {
        let escaped: String = name
            .chars()
            .flat_map(|sign| (!sign.is_alphanumeric() && sign != '_').then_some('\\').into_iter().chain([sign]))
            .collect();
        format!("query ~* {}", Literal(&format!("(^|[^[:alnum:]_]){escaped}([^[:alnum:]_]|$)")))
    };
    match &old.column {
        Some(column) => format!("({} AND {})", word(&old.table), word(column)),
        None => format!("({})", word(&old.table)),
    }
}

/// Sessions that run such a statement, or began one within this time.
async fn sessions(desk: &Desk<'_>, naming: &str, within: Duration) -> Result<Vec<String>, RunError> {
    let sql = format!(
        "SELECT coalesce(usename::text, '?'), application_name, pg_catalog.left(query, 200) \
         FROM pg_catalog.pg_stat_activity WHERE datname = pg_catalog.current_database() \
         AND pid <> pg_catalog.pg_backend_pid() AND backend_type = 'client backend' \
         AND application_name NOT LIKE 'limosa%' \
         AND (state <> 'idle' OR query_start > pg_catalog.clock_timestamp() - {} * interval '1 millisecond') \
         AND ({naming})",
        within.as_millis()
    );
    let rows = desk.ask(&sql).await?;
    let text = |row: &[Option<String>], at: usize| row.get(at).cloned().flatten().unwrap_or_default();
    Ok(rows.iter().map(|row| format!("{} ({}): {}", text(row, 0), text(row, 1), text(row, 2))).collect())
}

/// Such statements with how often they were called, where the server counts that and this role may see it.
async fn counted(desk: &Desk<'_>, naming: &str) -> Result<BTreeMap<String, i64>, RunError> {
    let schema = "SELECT pg_catalog.quote_ident(n.nspname) FROM pg_catalog.pg_extension e \
                  JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_stat_statements'";
    let rows = desk.ask(schema).await?;
    let Some(schema) = rows.first().and_then(|row| row.first().cloned().flatten()) else {
        return Ok(BTreeMap::new());
    };
    let sql = format!(
        "SELECT pg_catalog.left(query, 200), sum(calls)::int8 FROM {schema}.pg_stat_statements \
         WHERE dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()) \
         AND query !~* '^ *(alter|create|drop|comment|grant|select distinct on)' AND ({naming}) GROUP BY 1"
    );
    match desk.ask(&sql).await {
        Ok(rows) => Ok(rows
            .into_iter()
            .filter_map(|row| {
                let mut values = row.into_iter();
                Some((values.next()??, values.next()??.parse().ok()?))
            })
            .collect()),
        Err(error) if error.is_connection_lost() => Err(error.into()),
        // Not loaded, or not for this role to see.
        Err(_) => Ok(BTreeMap::new()),
    }
}
