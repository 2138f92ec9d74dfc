//! The section `live`: what the targets show right now.

use std::path::Path;
use std::time::Duration;

use limosa_engine::{
    Circumstances, DriftFound, Extent, Replica, RunError, TargetPlan, blocker_line, bytes_for_people, change_line,
    circumstances, drift, plan,
};
use limosa_plan::IgnoreRule;
use limosa_plan::lock::{LockMode, LockedRelation, Work};
use limosa_project::OrderPolicy;
use limosa_syntax::Diagnostic;
use serde_json::{Value, json};

use super::gate::Gate;
use super::section::{Outcome, Report};
use crate::failure::Failure;
use crate::ignoring::rules;
use crate::invocation::Part;
use crate::looking::each;
use crate::serving::Found;

/// Replicas that are further behind than this hold a deployment up.
const MOST_LAG: Duration = Duration::from_secs(30);
/// Locks that are held for less than this are everyday work.
const EVERYDAY: Duration = Duration::from_secs(5);

/// What one target shows.
struct Shown {
    service: String,
    database: String,
    pending: usize,
    diagnostics: Vec<Diagnostic>,
    details: Value,
}

pub(super) async fn run(gate: &mut Gate<'_>) -> Result<Report, Failure> {
    let environment = gate.environment()?;
    let ignore = rules(Some(gate.project), &[]);
    let order = environment.run.order;
    let ask = async |part: &Part<'_>, found: Found| look(part, found, &ignore, order).await;
    let results = each(gate.invocation, gate.project, environment, gate.parts, ask).await?;
    let (mut diagnostics, mut details, mut pending, mut targets) = (Vec::new(), Vec::new(), 0, 0);
    for result in results {
        match result {
            Err(failure) => diagnostics.extend(failure.diagnostics),
            Ok(shown) => {
                targets += 1;
                pending += shown.pending;
                for mut diagnostic in shown.diagnostics {
                    if gate.parts.len() > 1 {
                        diagnostic.message = format!("{}: {}", shown.service, diagnostic.message);
                    }
                    diagnostics.push(diagnostic);
                }
                details.push(json!({
                    "service": shown.service,
                    "database": shown.database,
                    "pending": shown.pending,
                    "facts": shown.details,
                }));
            }
        }
    }
    let errors = diagnostics.iter().filter(|it| it.is_error()).count();
    let found = match errors {
        0 => format!("{targets} {}, {pending} pending", if targets == 1 { "database" } else { "databases" }),
        errors => format!("{errors} things stand in the way"),
    };
    let outcome = if errors == 0 { Outcome::Passed } else { Outcome::Findings };
    Ok(Report { outcome, found, diagnostics, details: Value::Array(details) })
}

async fn look(part: &Part<'_>, found: Found, ignore: &[IgnoreRule], order: OrderPolicy) -> Result<Shown, RunError> {
    let service = part.service.name.to_string();
    let target = match found {
        Found::Target(target) => target,
        Found::NotYet { database } => {
            let pending = part.set.migrations.len();
            return Ok(Shown { service, database, pending, diagnostics: Vec::new(), details: Value::Null });
        }
    };
    let planned = plan(&target, &part.set, order, &Extent::All).await?;
    let drifted = drift(&target, ignore).await?;
    let now = circumstances(&target).await?;
    let mut diagnostics = planned.warnings.clone();
    diagnostics.extend(drift_found(&drifted.found));
    diagnostics.extend(in_the_way(&planned, &now));
    diagnostics.extend(behind(&now.replicas));
    diagnostics.extend(room(rewritten(&planned), now.data_folder.as_deref().and_then(free)));
    let details = json!({
        "locks": now.locks.len(),
        "replicas": now.replicas.iter().map(|replica| json!({
            "name": replica.name,
            "state": replica.state,
            "behind_bytes": replica.behind,
            "lag_ms": replica.lag.as_secs_f64() * 1e3,
        })).collect::<Vec<_>>(),
        "rewrites_bytes": rewritten(&planned),
    });
    let (database, pending) = (planned.database.clone(), planned.jobs.len());
    Ok(Shown { service, database, pending, diagnostics, details })
}

fn drift_found(found: &DriftFound) -> Option<Diagnostic> {
    let DriftFound::Compared(compared) = found else { return None };
    if compared.changes.is_empty() {
        return None;
    }
    let mut diagnostic = Diagnostic::error("drift", "the database is not what the last run left");
    diagnostic.notes = compared.changes.iter().take(8).map(change_line).collect();
    Some(diagnostic.with_help("`limosa drift` shows all of it, `--fix` and `--adopt` put it right"))
}

/// Locks that somebody holds on what is to be locked.
fn in_the_way(planned: &TargetPlan<'_>, now: &Circumstances) -> Vec<Diagnostic> {
    let wanted = planned.jobs.iter().flat_map(|job| &job.locks).flat_map(|locks| &locks.locks);
    let wanted: Vec<(&limosa_catalog::QualifiedName, LockMode)> = wanted
        .filter_map(|lock| match &lock.relation {
            LockedRelation::Named(name) => Some((name, lock.mode)),
            LockedRelation::TableOf(_) => None,
        })
        .collect();
    let mut found: Vec<Diagnostic> = Vec::new();
    for held in now.locks.iter().filter(|held| held.holder.age >= EVERYDAY) {
        let conflict =
            wanted.iter().find(|(name, mode)| **name == held.relation && mode.conflicts_with().contains(&held.mode));
        let Some((name, mode)) = conflict else { continue };
        let table = name.name.for_people();
        let message = format!("somebody holds `{table}`, which a migration wants with {mode}");
        if found.iter().any(|known| known.message == message) {
            continue;
        }
        found.push(
            Diagnostic::warning("lock-held", message)
                .with_note(blocker_line(&held.holder))
                .with_help("`up` would wait for it in short tries; end that transaction, or wait until it has ended"),
        );
    }
    found
}

fn behind(replicas: &[Replica]) -> Vec<Diagnostic> {
    let late = replicas.iter().filter(|replica| replica.lag > MOST_LAG);
    late.map(|replica| {
        let lag = replica.lag.as_secs();
        Diagnostic::error("replica-behind", format!("the replica `{}` is {lag} s behind", replica.name))
            .with_note(format!("{} of WAL are not replayed there", bytes_for_people(replica.behind)))
            .with_help("wait until it has caught up: what a migration writes comes on top")
    })
    .collect()
}

/// The bytes that are written anew, indexes included.
fn rewritten(planned: &TargetPlan<'_>) -> u64 {
    let mut bytes = 0;
    for lock in planned.jobs.iter().flat_map(|job| &job.locks).flat_map(|locks| &locks.locks) {
        if let (Work::Writes, LockedRelation::Named(name)) = (lock.work, &lock.relation)
            && let Some(size) = planned.sizes.get(name)
        {
            bytes += size.bytes + size.index_bytes;
        }
    }
    bytes
}

/// Whether there is room for bytes that are written anew: both copies are there until the transaction ends. How many
/// are free is not known of a server on another machine.
fn room(wanted: u64, free: Option<u64>) -> Option<Diagnostic> {
    if wanted == 0 {
        return None;
    }
    let said = bytes_for_people(wanted);
    match free {
        Some(free) if free < wanted => {
            let message = format!("migrations write {said} anew, and {} are free", bytes_for_people(free));
            Some(
                Diagnostic::error("disk-space", message)
                    .with_note("both copies are there until the transaction ends, and WAL comes on top")
                    .with_help("make room, or change the tables in steps"),
            )
        }
        Some(_) => None,
        None => Some(
            Diagnostic::new("disk-space", limosa_syntax::Severity::Note, format!("migrations write {said} anew"))
                .with_help("see that the server has as much room; it cannot be seen from here"),
        ),
    }
}

/// The free bytes where the server keeps its data, if that is on this machine.
#[cfg(unix)]
fn free(folder: &Path) -> Option<u64> {
    // A folder of the same name on this machine is the server's only if the server's mark is in it.
    folder.join("PG_VERSION").exists().then_some(())?;
    let space = rustix::fs::statvfs(folder).ok()?;
    Some(space.f_bavail.saturating_mul(space.f_frsize))
}

#[cfg(not(unix))]
fn free(_folder: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_anew_has_to_find_room() {
        let code = |wanted, free| room(wanted, free).map(|found| (found.severity, found.message));
        assert_eq!(code(0, Some(0)), None);
        assert_eq!(code(50_000_000, Some(50_000_000)), None);
        let (severity, message) = code(50_000_000, Some(20_000_000)).unwrap();
        assert_eq!(severity, limosa_syntax::Severity::Error);
        assert_eq!(message, "migrations write 50 MB anew, and 20 MB are free");
        assert_eq!(code(50_000_000, None).unwrap().0, limosa_syntax::Severity::Note);
    }

    #[test]
    fn a_replica_holds_a_deployment_up_when_it_is_far_behind() {
        let replica = |seconds| Replica {
            name: format!("r{seconds}"),
            state: "streaming".to_owned(),
            behind: 3 << 20,
            lag: Duration::from_secs(seconds),
        };
        let found = behind(&[replica(0), replica(30), replica(31)]);
        let messages: Vec<&str> = found.iter().map(|it| it.message.as_str()).collect();
        assert_eq!(messages, ["the replica `r31` is 31 s behind"]);
    }
}
