//! A take-over is taken back, as long as nothing came after it.

use std::collections::BTreeSet;
use std::time::Duration;

use limosa_postgres::{Session, Type};
use limosa_syntax::Diagnostic;
use serde_json::{Value, json};

use super::guard::{self, Guarded};
use super::record::AdoptionDone;
use crate::event::Observer;
use crate::executor::{Executor, Lookup, Placeholders};
use crate::history::{EventRecord, HistoryPlace, Prepared, append_event, delete_rows, forget_snapshots};
use crate::lock::{Locked, Request, take};
use crate::run_error::RunError;
use crate::stop::StopSignal;
use crate::target::{Target, open, refuse_read_only};
use crate::up::actor;

/// One event behind which there is nothing.
struct Last {
    seq: i64,
    kind: String,
    version: Option<String>,
    name: Option<String>,
    detail: Value,
}

impl Last {
    /// The take-over that it belongs to.
    fn adoption(&self) -> Option<&str> {
        self.detail.get("adoption")?.as_str()
    }
}

/// Takes back the newest take-over of a target: what it put on record, and the guard of the old tables. The log keeps
/// both.
///
/// # Errors
/// No take-over, or one after which something else was done; a target that cannot be written to.
pub async fn undo_adoption(
    target: &Target,
    reason: Option<&str>,
    person: &str,
    wait: Duration,
    observer: &mut dyn Observer,
    stop: &StopSignal,
) -> Result<AdoptionDone, RunError> {
    let opened = open(target).await?;
    refuse_read_only(target, &opened)?;
    let actor = actor(person, &opened);
    if opened.history.format.is_none() {
        opened.session.close().await;
        return Err(nothing(target));
    }
    let locked = take(&Request { target, actor: &actor, wait }, opened, observer, stop).await?;
    let result = undo(target, reason, &actor, &locked, observer, stop).await;
    locked.release().await;
    result
}

async fn undo(
    target: &Target,
    reason: Option<&str>,
    actor: &str,
    locked: &Locked,
    observer: &mut dyn Observer,
    stop: &StopSignal,
) -> Result<AdoptionDone, RunError> {
    let events = last_events(&locked.worker, target.history()).await?;
    let Some(newest) = events.first() else { return Err(nothing(target)) };
    let Some(id) = newest.adoption().map(str::to_owned) else {
        return Err(if newest.kind == "adopt-undo" { nothing(target) } else { came_after(newest) });
    };
    let undone: Vec<&Last> = events.iter().take_while(|event| event.adoption() == Some(&id)).collect();
    let first = undone.last().map_or(newest.seq, |event| event.seq);
    let row = |event: &&&Last| event.kind == "adopt" && event.version.is_some();
    let rows: Vec<(&str, &str)> = undone
        .iter()
        .filter(row)
        .filter_map(|event| {
            let repeatable = event.detail.get("repeatable").and_then(Value::as_bool) == Some(true);
            Some((if repeatable { "repeatable" } else { "versioned" }, event.version.as_deref()?))
        })
        .collect();
    // Another service's take-over may have guarded tables of its own in this database.
    let is_guard = |event: &&&Last| event.kind == "guard";
    let tables: BTreeSet<&str> = undone
        .iter()
        .filter(is_guard)
        .filter_map(|event| event.detail.get("tables")?.as_array())
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let (guarded, others): (Vec<Guarded>, Vec<Guarded>) =
        guard::guarded(&locked.worker).await?.into_iter().partition(|table| tables.contains(table.shown().as_str()));
    let values: &Lookup<'_> = &|_| None;
    let placeholders = Placeholders::new(values);
    let mut executor = Executor::new(target, locked, actor, &placeholders, observer, stop.clone());
    let schema = &target.history_schema;
    let mut statements = delete_rows(schema, &target.service, &rows);
    statements.push(forget_snapshots(schema, &target.service, first));
    statements.extend(guard::lift(&guarded));
    if others.is_empty() {
        statements.extend(guard::forget(schema));
    }
    let event = EventRecord {
        service: target.service.clone(),
        at: executor.clock.now(),
        kind: "adopt-undo".to_owned(),
        version: None,
        name: None,
        checksum: None,
        actor: actor.to_owned(),
        reason: reason.map(str::to_owned),
        detail: Some(json!({ "undone": id, "migrations": rows.len() }).to_string()),
    };
    let (sql, _) = append_event(schema, &executor.last, &event, Prepared::No);
    statements.push(sql);
    executor.write_history(&statements).await?;
    let guarded = guarded.iter().map(Guarded::shown);
    Ok(AdoptionDone { migrations: rows.len(), guarded: guarded.collect(), ..AdoptionDone::default() })
}

/// The newest events back to the newest one that is of no take-over, newest first. A scan backwards over the log's key.
async fn last_events(session: &Session, place: HistoryPlace<'_>) -> Result<Vec<Last>, RunError> {
    let HistoryPlace { schema, service, .. } = place;
    let sql = format!(
        "SELECT seq, kind, version, name, detail::text FROM {schema}.event WHERE service = $1 AND seq >= COALESCE(\
         (SELECT max(seq) FROM {schema}.event WHERE service = $1 AND kind NOT IN ('adopt', 'guard')), 0) \
         ORDER BY seq DESC"
    );
    let rows = place.query(session, &sql, &[(&service, Type::TEXT)]).await?;
    let event = |row: &limosa_postgres::Row| Last {
        seq: row.get(0),
        kind: row.get(1),
        version: row.get(2),
        name: row.get(3),
        detail: row.get::<_, Option<&str>>(4).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default(),
    };
    Ok(rows.iter().map(event).collect())
}

fn nothing(target: &Target) -> RunError {
    let message = format!("{} was not taken over from another tool", target.database());
    RunError::Refused(Box::new(
        Diagnostic::error("no-adoption", message).with_help("`limosa log` shows what was done there"),
    ))
}

fn came_after(event: &Last) -> RunError {
    let what = [event.version.as_deref(), event.name.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let message = format!("`{}` {what} came after the take-over", event.kind);
    RunError::Refused(Box::new(
        Diagnostic::error("came-after", message)
            .with_help("take that back first with `limosa down`; `limosa log` shows what was done"),
    ))
}
