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

#[test]
fn a_standby_that_falls_behind_holds_a_job_until_it_has_caught_up() {
    // How far behind it is, it says itself, each time that it answers.
    let mut server = quiet_server(&[("autovacuum", "off"), ("wal_receiver_status_interval", "1s")]);
    let standby = server.standby();
    let database = server.server().fresh_database();
    let target = Target(database.url());
    target.run(PATIENTS);
    wait_until("the standby to come in step", || {
        target.holds("EXISTS (SELECT FROM pg_stat_replication WHERE state = 'streaming' AND replay_lsn >= sent_lsn)")
    });
    let follower = Target(standby.url());
    follower.run("SELECT pg_wal_replay_pause()");
    let project = Project::new(database.url(), "", &[]);
    let mut running =
        project.start(&[&RUN[..], &["--max-lag", "500ms", "--batch-rows", "200", "--pause", "100ms"]].concat());
    running.wait_to_say("holding: standby");
    let seen = target.value("SELECT count(*) FROM patient WHERE visits = 1");
    assert!(seen.parse::<u64>().unwrap() < 20_000, "it was done before it looked");
    follower.run("SELECT pg_wal_replay_resume()");
    running.wait_to_say("going on");
    running.end().must_exit(0);
    assert_eq!(target.value("SELECT min(visits) || ' ' || max(visits) FROM patient"), "1 1");
}

#[test]
fn a_batch_that_is_suddenly_slow_is_told_and_the_rest_goes_by_indexes() {
    let database = server().fresh_database();
    let target = Target(database.url());
    target.run(PATIENTS);
    target.run(
        "CREATE TABLE slow (); CREATE FUNCTION be_slow() RETURNS trigger LANGUAGE plpgsql AS \
         'BEGIN IF EXISTS (SELECT FROM slow) THEN PERFORM pg_sleep(4); END IF; RETURN NULL; END'; \
         CREATE TRIGGER slow AFTER UPDATE ON patient FOR EACH STATEMENT EXECUTE FUNCTION be_slow()",
    );
    let project = Project::new(database.url(), "", &[]);
    let manner = ["--batch-rows", "200", "--batch-time", "20ms", "--pause", "20ms"];
    let mut running = project.start(&[&RUN[..], &manner].concat());
    wait_until("some batches", || target.holds("(SELECT count(*) FROM patient WHERE visits = 1) > 1000"));
    target.run("INSERT INTO slow DEFAULT VALUES");
    running.wait_to_say("times as long as those before it");
    target.run("DELETE FROM slow");
    running.end().must_exit(0);
    assert_eq!(target.value("SELECT min(visits) || ' ' || max(visits) FROM patient"), "1 1");
}
