//! Events in words: one line each, for logs.

use std::fmt;

use limosa_engine::{Blocker, Direction, Event, TargetOutcome, bytes_for_people};

use super::backfill_text::{backfill_level, backfill_line};
use super::duration::Calm;
use super::one_line::one_line;

/// How much an event asks for attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// The course of things.
    Info,
    /// Worth a look.
    Warn,
    /// Something failed.
    Error,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
        })
    }
}

/// How much the event asks for attention.
pub(crate) fn level(event: &Event) -> Level {
    match event {
        Event::MigrationFailed { .. } | Event::TargetDone { outcome: TargetOutcome::Failed { .. }, .. } => Level::Error,
        Event::Checked { failed, .. } if !failed.is_empty() => Level::Error,
        Event::LockWaiting { .. }
        | Event::Blocked { .. }
        | Event::Retrying { .. }
        | Event::TargetDone { outcome: TargetOutcome::Stopped { .. } | TargetOutcome::Skipped { .. }, .. } => {
            Level::Warn
        }
        Event::Backfill { progress, .. } => backfill_level(progress),
        Event::Notice { severity, .. } => notice_level(severity),
        _ => Level::Info,
    }
}

/// How much a message of the server asks for attention, by the severity that the server gave it.
pub(crate) fn notice_level(severity: &str) -> Level {
    match severity {
        "WARNING" => Level::Warn,
        "ERROR" | "FATAL" | "PANIC" => Level::Error,
        _ => Level::Info,
    }
}

/// The service that the event is about.
pub(crate) fn service(event: &Event) -> &str {
    match event {
        Event::TargetBegun { service, .. }
        | Event::Planned { service, .. }
        | Event::LockWaiting { service, .. }
        | Event::MigrationBegun { service, .. }
        | Event::StageBegun { service, .. }
        | Event::Resumed { service, .. }
        | Event::Blocked { service, .. }
        | Event::Retrying { service, .. }
        | Event::Remarked { service, .. }
        | Event::Backfill { service, .. }
        | Event::Notice { service, .. }
        | Event::MigrationDone { service, .. }
        | Event::MigrationFailed { service, .. }
        | Event::Checked { service, .. }
        | Event::BackupBegun { service, .. }
        | Event::BackupDone { service, .. }
        | Event::TargetDone { service, .. } => service,
    }
}

/// The event in one line, the service left out.
pub(crate) fn text(event: &Event) -> String {
    let text = match event {
        Event::TargetBegun { database, .. } => format!("begun on {database}"),
        Event::Planned { direction, migrations, .. } => format!("{} to {}", count(*migrations), verb(*direction)),
        Event::LockWaiting { holder: Some(holder), .. } => {
            format!("waiting for the lock of this target, held by {holder}")
        }
        Event::LockWaiting { holder: None, .. } => "waiting for the lock of this target".to_owned(),
        Event::MigrationBegun { direction, version, name, .. } => format!("{} {version} {name}", doing(*direction)),
        Event::StageBegun { version, stage, of, what, .. } => format!("{version} stage {stage} of {of}: {what}"),
        Event::Resumed { version, stage, found, .. } => format!("{version} resumed at stage {stage}: {found}"),
        Event::Blocked { version, blockers, .. } => {
            let blockers: Vec<String> = blockers.iter().map(blocker).collect();
            format!("{version} waiting for a lock held by {}", blockers.join("; "))
        }
        Event::Retrying { version, attempt, why, pause, .. } => {
            format!("{version} try {attempt} failed: {why}; next in {}", Calm(*pause))
        }
        Event::Remarked { version, remark, .. } => format!("{version} {remark}"),
        Event::Backfill { version, progress, .. } => format!("{version} {}", backfill_line(progress)),
        Event::Notice { severity, message, .. } => format!("the server says {severity}: {message}"),
        Event::MigrationDone { direction, version, name, took, .. } => {
            format!("{} {version} {name} in {}", done(*direction), Calm(*took))
        }
        Event::MigrationFailed { version, name, error, .. } => format!("failed {version} {name}: {error}"),
        Event::Checked { after, passed, skipped, failed, took, .. } => {
            let when = after.as_ref().map_or_else(String::new, |version| format!("after {version}: "));
            format!("{when}{} in {}", checked(*passed, *skipped, failed), Calm(*took))
        }
        Event::BackupBegun { file, .. } => format!("saving to {file}"),
        Event::BackupDone { file, bytes, rows, took, .. } => {
            format!("{} in {}: {file}", saved(*bytes, *rows), Calm(*took))
        }
        Event::TargetDone { outcome: TargetOutcome::Skipped { because_of }, .. } => {
            format!("skipped because of {because_of}")
        }
        Event::TargetDone { outcome, took, .. } => format!("{} in {}", ending(outcome), Calm(*took)),
    };
    one_line(&text).into_owned()
}

/// `4 checks hold`, `1 of 4 checks failed: orphans`.
pub(crate) fn checked(passed: usize, skipped: usize, failed: &[String]) -> String {
    let checks = |count: usize| if count == 1 { "1 check".to_owned() } else { format!("{count} checks") };
    let skipped = if skipped == 0 { String::new() } else { format!(", {skipped} passed over") };
    match failed {
        [] => format!("{} {}{skipped}", checks(passed), if passed == 1 { "holds" } else { "hold" }),
        failed => {
            let of = checks(passed + failed.len());
            format!("{} of {of} failed: {}{skipped}", failed.len(), failed.join(", "))
        }
    }
}

/// `saved 1300 rows, 40 kB`.
pub(crate) fn saved(bytes: u64, rows: Option<u64>) -> String {
    let rows = rows.map_or_else(String::new, |rows| format!("{rows} rows, "));
    format!("saved {rows}{}", bytes_for_people(bytes))
}

fn ending(outcome: &TargetOutcome) -> String {
    match outcome {
        TargetOutcome::UpToDate => "nothing to do".to_owned(),
        TargetOutcome::Changed { migrations } => format!("done with {}", count(*migrations)),
        TargetOutcome::Failed { migrations } => format!("failed after {}", count(*migrations)),
        TargetOutcome::Stopped { migrations } => format!("stopped on request after {}", count(*migrations)),
        TargetOutcome::Skipped { because_of } => format!("skipped because of {because_of}"),
    }
}

/// Who stands in the way, in a few words.
pub(crate) fn blocker(blocker: &Blocker) -> String {
    let mut text = process(blocker);
    for (word, value) in [("user", &blocker.user), ("application", &blocker.application)] {
        // An application that gives no name has the empty one.
        if let Some(value) = value.as_deref().filter(|value| !value.is_empty()) {
            text.push_str(&format!(", {word} {value}"));
        }
    }
    if let Some(state) = state(blocker) {
        text.push_str(&format!(", {state}"));
    }
    text.push_str(&format!(", open for {}", Calm(blocker.age)));
    text
}

/// What it does, and what of it is waited for.
pub(crate) fn state(blocker: &Blocker) -> Option<String> {
    let words: Vec<&str> = [&blocker.state, &blocker.holds].into_iter().filter_map(|it| it.as_deref()).collect();
    (!words.is_empty()).then(|| words.join(": "))
}

/// What holds the lock: a server process, or a prepared transaction, which has none.
pub(crate) fn process(blocker: &Blocker) -> String {
    match blocker.pid {
        0 => "a prepared transaction".to_owned(),
        pid => format!("process {pid}"),
    }
}

/// `1 migration`, `5 migrations`.
pub(crate) fn count(migrations: usize) -> String {
    match migrations {
        1 => "1 migration".to_owned(),
        many => format!("{many} migrations"),
    }
}

/// `apply` or `revert`.
pub(crate) fn verb(direction: Direction) -> &'static str {
    match direction {
        Direction::Up => "apply",
        Direction::Down => "revert",
    }
}

/// `applying` or `reverting`.
pub(crate) fn doing(direction: Direction) -> &'static str {
    match direction {
        Direction::Up => "applying",
        Direction::Down => "reverting",
    }
}

/// `applied` or `reverted`.
pub(crate) fn done(direction: Direction) -> &'static str {
    match direction {
        Direction::Up => "applied",
        Direction::Down => "reverted",
    }
}
