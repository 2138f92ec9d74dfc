//! Signs that the old version is still at work.
//!
//! What a session runs, or ran last, can be seen in `pg_stat_activity`; what was run in between, where the extension is
//! there, in the counters of `pg_stat_statements`. Both show texts, so a sign is a text that names what only the old
//! version names. Where the old version has a schema of views, locks on those and settings of roles and of the database
//! that name the schema are signs as well. Where there is no sign, that proves nothing; where there is one, somebody
//! has to look.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use limosa_catalog::Literal;
use limosa_project::{Consumer, Version};
use limosa_syntax::Diagnostic;

use super::record::OnlineRecord;
use super::wire::OldNameJson;
use crate::backfill::Desk;
use crate::event::Direction;
use crate::executor::Executor;
use crate::run_error::RunError;
use crate::stop::Urgency;

/// How often sessions are looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// Looks for so long, and refuses where the old version shows.
///
/// # Errors
/// The signs, as a finding; a connection that is lost.
pub(super) async fn no_sign(
    executor: &Executor<'_>,
    record: &OnlineRecord,
    consumers: &[Consumer],
    window: Duration,
) -> Result<(), RunError> {
    let declared = declared(record, consumers);
    if !declared.is_empty() {
        return Err(in_use(record, declared));
    }
    let Some(old) = OldVersion::of(record) else { return Ok(()) };
    let naming = old.naming();
    let desk = Desk::under(executor.worker, &executor.surroundings, None);
    let before = counted(&desk, &naming).await?;
    let begun = Instant::now();
    let mut stop = executor.stop.clone();
    let mut signs;
    loop {
        signs = old.signs(&desk, window.max(begun.elapsed())).await?;
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
    Err(in_use(record, signs))
}

fn in_use(record: &OnlineRecord, signs: Vec<String>) -> RunError {
    let problem = Diagnostic::error(
        "old-version-in-use",
        format!("{}: clients of the old version are still at work", record.version),
    );
    let problem = signs.into_iter().fold(problem, Diagnostic::with_note);
    RunError::Refused(Box::new(
        problem.with_help("deploy the new version everywhere, or say `limosa contract --allow old-version-in-use`"),
    ))
}

/// Applications that are of the version which goes, as limosa.toml has it.
fn declared(record: &OnlineRecord, consumers: &[Consumer]) -> Vec<String> {
    let Ok(version) = record.version.parse::<Version>() else { return Vec::new() };
    let goes = |of: &Version| match record.direction {
        Direction::Up => *of < version,
        Direction::Down => *of >= version,
    };
    let of_old = consumers.iter().filter_map(|consumer| {
        let of = consumer.version.as_ref().filter(|of| goes(of))?;
        Some(format!("limosa.toml says that `{}` is of version {of}", consumer.app))
    });
    of_old.collect()
}

/// What only the old version uses.
pub(super) struct OldVersion<'a> {
    names: &'a [OldNameJson],
    /// Its schemas of views.
    schemas: &'a [String],
}

impl<'a> OldVersion<'a> {
    /// By what the old version of a change is known; `None` where it uses nothing that the new one does not.
    pub(super) fn of(record: &'a OnlineRecord) -> Option<Self> {
        let schemas = record.terms.versions.as_ref().map_or(&[][..], |versions| versions.gone.as_slice());
        let names = record.terms.old_names.as_slice();
        (!names.is_empty() || !schemas.is_empty()).then_some(Self { names, schemas })
    }

    /// A condition on `query`, that it names what only the old version names.
    fn naming(&self) -> String {
        let names: Vec<String> = self
            .names
            .iter()
            .map(|old| match &old.column {
                Some(column) => format!("({} AND {})", has_word("query", &old.table), has_word("query", column)),
                None => format!("({})", has_word("query", &old.table)),
            })
            .collect();
        if names.is_empty() { "false".to_owned() } else { names.join(" OR ") }
    }

    /// All signs of this moment, and statements that were begun within this time.
    pub(super) async fn signs(&self, desk: &Desk<'_>, within: Duration) -> Result<Vec<String>, RunError> {
        let mut signs = sessions(desk, &self.naming(), within).await?;
        if !self.schemas.is_empty() {
            signs.extend(locks(desk, self.schemas).await?);
            signs.extend(settings(desk, self.schemas).await?);
        }
        Ok(signs)
    }
}

/// A condition on a text, that it holds a word.
fn has_word(text: &str, word: &str) -> String {
    let escaped: String = word
        .chars()
        .flat_map(|sign| (!sign.is_alphanumeric() && sign != '_').then_some('\\').into_iter().chain([sign]))
        .collect();
    format!("{text} ~* {}", Literal(&format!("(^|[^[:alnum:]_]){escaped}([^[:alnum:]_]|$)")))
}

/// Sessions in whose transactions a view of these schemas was used.
async fn locks(desk: &Desk<'_>, schemas: &[String]) -> Result<Vec<String>, RunError> {
    let listed: Vec<String> = schemas.iter().map(|schema| Literal(schema).to_string()).collect();
    let sql = format!(
        "SELECT DISTINCT pg_catalog.format('%s (%s) uses %I.%I', coalesce(a.usename::text, '?'), a.application_name, \
         n.nspname, c.relname) FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid \
         WHERE l.locktype = 'relation' AND l.database = (SELECT oid FROM pg_catalog.pg_database \
         WHERE datname = pg_catalog.current_database()) AND l.pid <> pg_catalog.pg_backend_pid() \
         AND coalesce(a.application_name, '') NOT LIKE 'limosa%' AND n.nspname IN ({})",
        listed.join(", ")
    );
    lines(desk, &sql).await
}

/// Settings of roles and of the database that send clients to these schemas.
async fn settings(desk: &Desk<'_>, schemas: &[String]) -> Result<Vec<String>, RunError> {
    let names: Vec<String> = schemas.iter().map(|schema| has_word("setting", schema)).collect();
    let sql = format!(
        "SELECT pg_catalog.format('%s has the setting %s', CASE WHEN setrole = 0 THEN 'the database' \
         ELSE pg_catalog.format('role %I', pg_catalog.pg_get_userbyid(setrole)) END, setting) \
         FROM pg_catalog.pg_db_role_setting, pg_catalog.unnest(setconfig) AS setting \
         WHERE setdatabase IN (0, (SELECT oid FROM pg_catalog.pg_database \
         WHERE datname = pg_catalog.current_database())) AND setting LIKE 'search_path=%' AND ({})",
        names.join(" OR ")
    );
    lines(desk, &sql).await
}

/// The only column of what is asked.
async fn lines(desk: &Desk<'_>, sql: &str) -> Result<Vec<String>, RunError> {
    let rows = desk.ask(sql).await?;
    Ok(rows.into_iter().filter_map(|row| row.into_iter().next().flatten()).collect())
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
