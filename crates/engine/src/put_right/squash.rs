//! A baseline in the place of the migrations that it replaces: on record alone, since all of them have run.

use limosa_project::{Checksum, MigrationSet, Squashed, Standing};
use limosa_syntax::Diagnostic;
use serde_json::json;

use super::{Who, on_history};
use crate::event::Observer;
use crate::executor::Act;
use crate::history::{self, History, HistoryRow, MigrationRecord, ReplacedVersion, RowState};
use crate::lock::Locked;
use crate::pending::applied;
use crate::run_error::RunError;
use crate::stop::StopSignal;
use crate::target::Target;

/// How a history stands to a baseline among the files.
///
/// # Errors
/// It needs the archive, which is gone.
pub(crate) fn standing<'s>(set: &'s MigrationSet, history: &History) -> Result<Standing<'s>, RunError> {
    if set.squashed.is_none() {
        return Ok(Standing::Files);
    }
    let applied = applied(history, &|_| None);
    set.standing(&applied).map_err(|problem| RunError::Problems(vec![*problem]))
}

/// Exchanges the record, in one transaction with an event `squash`.
pub(super) async fn replace(
    target: &Target,
    set: &MigrationSet,
    squashed: &Squashed,
    locked: &mut Locked,
    who: Who<'_>,
    observer: &mut dyn Observer,
    stop: &StopSignal,
) -> Result<(), RunError> {
    let Some(baseline) = set.find(&squashed.baseline) else { return Ok(()) };
    let (version, checksum) = (baseline.version.to_string(), baseline.checksum.to_string());
    let record = MigrationRecord {
        service: &target.service,
        version: &version,
        repeatable: false,
        name: baseline.name.as_str(),
        checksum: &checksum,
        up: baseline.up.text(),
        down: None,
        path: &baseline.up.source.path,
    };
    let versions = replaced_rows(squashed, &locked.history);
    let act = Act { kind: "squash", about: Some(&record), reason: who.reason, detail: json!({ "replaces": versions }) };
    let statements = history::replace(&target.history_schema, &record, &versions);
    on_history(target, locked, who, (observer, stop), async |executor| executor.record_act(&act, &statements).await)
        .await?;
    locked.history.replace(set, squashed);
    Ok(())
}

/// The versions that a baseline replaces, as the history writes them.
fn replaced_rows(squashed: &Squashed, history: &History) -> Vec<String> {
    let rows = history.rows.iter().filter(|row| !row.repeatable);
    let is_replaced = |row: &&HistoryRow| row.version.parse().is_ok_and(|version| squashed.replaces.contains(&version));
    rows.filter(is_replaced).map(|row| row.version.clone()).collect()
}

impl History {
    /// The same history with a baseline in the place of what it replaces.
    pub(crate) fn replace(&mut self, set: &MigrationSet, squashed: &Squashed) {
        let Some(baseline) = set.find(&squashed.baseline) else { return };
        let versions = replaced_rows(squashed, self);
        let (gone, mut rows): (Vec<HistoryRow>, Vec<HistoryRow>) = std::mem::take(&mut self.rows)
            .into_iter()
            .partition(|row| !row.repeatable && versions.contains(&row.version));
        let last = gone.into_iter().max_by_key(|row| row.applied_at);
        rows.extend(last.map(|last| HistoryRow {
            version: baseline.version.to_string(),
            name: baseline.name.to_string(),
            checksum: baseline.checksum.to_string(),
            path: baseline.up.source.path.clone(),
            ..last
        }));
        self.rows = rows;
    }
}

/// Puts the versions back whose place a baseline has taken, with an event `squash`: the way back goes behind it.
pub(crate) async fn bring_back(
    target: &Target,
    replaced: &[ReplacedVersion],
    locked: &mut Locked,
    who: Who<'_>,
    observer: &mut dyn Observer,
    stop: &StopSignal,
) -> Result<(), RunError> {
    let baseline = replaced.iter().find_map(|it| locked.history.row(&it.baseline)).cloned();
    let Some(row) = baseline.filter(|row| row.state == RowState::Applied) else { return Ok(()) };
    let record = MigrationRecord::of_row(&target.service, &row);
    let versions: Vec<&String> = replaced.iter().map(|it| &it.version).collect();
    let act =
        Act { kind: "squash", about: Some(&record), reason: who.reason, detail: json!({ "brings_back": versions }) };
    let statements = history::bring_back(&target.history_schema, &record);
    on_history(target, locked, who, (observer, stop), async |executor| executor.record_act(&act, &statements).await)
        .await?;
    let last = locked.history.last.clone();
    locked.history = history::read_history(&locked.worker, target.history()).await?;
    locked.history.last = last;
    Ok(())
}

/// What a look says of a baseline: whether this database has passed it, and when the archive can go.
pub(super) fn told_of_baseline(service: &str, set: &MigrationSet, history: &History) -> Option<Diagnostic> {
    let squashed = set.squashed.as_deref()?;
    let baseline = set.find(&squashed.baseline)?;
    let (name, count) = (format!("{} {}", baseline.version, baseline.name), squashed.replaces.len());
    let note = "its archive can go when every database has passed it: `limosa squash --remove-archive` looks at all";
    let has = |checksum: &Checksum| history.rows.iter().any(|row| row.checksum == checksum.to_string());
    let message = match set.standing(&applied(history, &|_| None)).ok()? {
        Standing::Past(_) => format!("`{service}` gets {name} on record in the place of {count} migrations"),
        Standing::Before(_) => format!("`{service}` goes on with the migrations that {name} replaces"),
        Standing::Files if squashed.originals.is_some() && has(&baseline.checksum) => {
            format!("`{service}` has passed {name}")
        }
        Standing::Files => return None,
    };
    Some(Diagnostic::new("baseline", limosa_syntax::Severity::Note, message).with_note(note))
}
