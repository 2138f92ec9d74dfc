//! What makes a job hold back, really happening: on a server of its own, since its neighbours would be noticed, too.

use limosa_testkit::{PrivateServer, PrivateServerOptions, server};

use crate::database::Target;
use crate::patience::wait_until;
use crate::project::Project;

/// Rows that were all updated once, so that each has left a dead version behind.
const PATIENTS: &str = "CREATE TABLE patient (id int PRIMARY KEY, visits int DEFAULT 0, note text);
    INSERT INTO patient SELECT i, 0, repeat('x', 100) FROM generate_series(1, 20000) i;
    UPDATE patient SET note = repeat('y', 100)";
const RUN: [&str; 6] = ["backfill", "run", "--table", "patient", "--set", "visits = visits + 1"];

fn quiet_server(settings: &[(&str, &str)]) -> PrivateServer {
    let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    PrivateServer::start_with(server().major(), PrivateServerOptions { settings, ..PrivateServerOptions::default() })
}

#[test]
fn more_wal_than_is_wanted_holds_a_job_until_it_is_less() {
    let server = quiet_server(&[("autovacuum", "off")]);
    let database = server.server().fresh_database();
    let target = Target(database.url());
    target.run(PATIENTS);
    let project = Project::new(database.url(), "", &[]);
    // Two looks at the log of the server are a second apart.
    let manner = ["--max-wal", "100kB", "--batch-rows", "500", "--pause", "100ms"];
    let mut running = project.start(&[&RUN[..], &manner].concat());
    running.wait_to_say("holding: the server writes");
    running.wait_to_say("going on");
    running.end().must_exit(0);
    assert_eq!(target.value("SELECT min(visits) || ' ' || max(visits) FROM patient"), "1 1");
}

#[test]
fn an_autovacuum_that_is_at_the_table_holds_a_job_until_it_is_over() {
    let slow = [
        ("autovacuum_naptime", "1s"),
        ("autovacuum_vacuum_cost_limit", "1"),
        ("autovacuum_vacuum_cost_delay", "100ms"),
    ];
    let server = quiet_server(&slow);
    let database = server.server().fresh_database();
    let target = Target(database.url());
    target.run(PATIENTS);
    wait_until("an autovacuum", || {
        target.holds("EXISTS (SELECT FROM pg_stat_progress_vacuum WHERE relid = 'patient'::regclass)")
    });
    let project = Project::new(database.url(), "", &[]);
    let mut running = project.start(&[&RUN[..], &["--yield-to-autovacuum"]].concat());
    running.wait_to_say("holding: autovacuum clears");
    // Whoever waits for a lock of an autovacuum ends it.
    target.run("ALTER TABLE patient SET (autovacuum_enabled = off)");
    running.wait_to_say("going on");
    running.end().must_exit(0);
    assert_eq!(target.value("SELECT min(visits) || ' ' || max(visits) FROM patient"), "1 1");
}
