//! Events to test with.

use std::time::Duration;

use limosa_engine::{Blocker, Direction, Event, TargetOutcome};

/// A run of three services in which every kind of event occurs.
pub(crate) fn a_run() -> Vec<Event> {
    let service = || "auth".to_owned();
    let index = || "20241222140000".to_owned();
    let mut run = vec![
        Event::TargetBegun { service: service(), database: "healthcare_auth (embedded)".into() },
        Event::LockWaiting { service: service(), holder: Some("ann@laptop, since 12 s".into()) },
        Event::Planned { service: service(), direction: Direction::Up, migrations: 3 },
    ];
    run.extend(a_migration("auth", Direction::Up, "20241222120600", "initial_schema", 41));
    run.extend([
        Event::MigrationBegun {
            service: service(),
            direction: Direction::Up,
            version: index(),
            name: "add_index_on_login_attempt_ip".into(),
        },
        Event::Resumed {
            service: service(),
            version: index(),
            stage: 1,
            found: "the index login_attempt_ip_idx is not there".into(),
        },
        Event::Remarked {
            service: service(),
            version: index(),
            remark: "dropped the invalid index login_attempt_ip_idx of an earlier run".into(),
        },
        Event::StageBegun {
            service: service(),
            version: index(),
            stage: 1,
            of: 2,
            what: "CREATE INDEX CONCURRENTLY login_attempt_ip_idx".into(),
        },
        blocked(&[4711]),
        blocked(&[4711, 0]),
        Event::Retrying {
            service: service(),
            version: index(),
            attempt: 1,
            why: "canceling statement due to lock timeout".into(),
            pause: Duration::from_millis(120),
        },
        Event::Notice {
            service: service(),
            severity: "NOTICE".into(),
            message: "relation \"login_attempt\" already exists, skipping".into(),
        },
        Event::Notice { service: service(), severity: "WARNING".into(), message: "there is no\ntransaction".into() },
    ]);
    run.extend([
        done("auth", Direction::Up, "20241222140000", "add_index_on_login_attempt_ip", 2_300),
        Event::MigrationFailed {
            service: service(),
            version: "20241222160000".into(),
            name: "rename_column_in_users".into(),
            error: "column \"fullname\" does not exist".into(),
        },
        target_done("auth", TargetOutcome::Failed { migrations: 2 }, 2_500),
        target_done("api", TargetOutcome::Skipped { because_of: service() }, 0),
        Event::TargetBegun { service: "imaging".into(), database: "healthcare_imaging (embedded)".into() },
        Event::Planned { service: "imaging".into(), direction: Direction::Up, migrations: 0 },
        target_done("imaging", TargetOutcome::UpToDate, 9),
    ]);
    run
}

/// A run that applies so many migrations to one service.
pub(crate) fn a_long_run(migrations: usize) -> Vec<Event> {
    let mut run = vec![
        Event::TargetBegun { service: "api".into(), database: "healthcare_api on db.example:5432".into() },
        Event::Planned { service: "api".into(), direction: Direction::Up, migrations },
    ];
    for number in 1..=migrations {
        run.extend(a_migration("api", Direction::Up, &format!("{number:04}"), &format!("add_table_{number}"), 7));
    }
    run.push(target_done("api", TargetOutcome::Changed { migrations }, 7 * migrations as u64));
    run
}

/// One migration, begun and done.
pub(crate) fn a_migration(service: &str, direction: Direction, version: &str, name: &str, took_ms: u64) -> [Event; 2] {
    [
        Event::MigrationBegun { service: service.into(), direction, version: version.into(), name: name.into() },
        done(service, direction, version, name, took_ms),
    ]
}

/// A target that is done with.
pub(crate) fn target_done(service: &str, outcome: TargetOutcome, took_ms: u64) -> Event {
    Event::TargetDone { service: service.into(), outcome, took: Duration::from_millis(took_ms) }
}

fn done(service: &str, direction: Direction, version: &str, name: &str, took_ms: u64) -> Event {
    Event::MigrationDone {
        service: service.into(),
        direction,
        version: version.into(),
        name: name.into(),
        took: Duration::from_millis(took_ms),
    }
}

fn blocked(pids: &[i32]) -> Event {
    let blockers = pids.iter().map(|pid| Blocker {
        pid: *pid,
        user: Some("reporting".into()),
        application: Some(if *pid == 0 { "" } else { "nightly export" }.into()),
        state: (*pid != 0).then(|| "idle in transaction".into()),
        age: Duration::from_secs(754),
        query: (*pid != 0).then(|| "SELECT *\n  FROM login_attempt".into()),
        holds: None,
    });
    Event::Blocked { service: "auth".into(), version: "20241222140000".into(), blockers: blockers.collect() }
}
