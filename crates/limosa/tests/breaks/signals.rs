//! Ctrl-C and its kin: first after the statement, then now; the next run goes on.

use limosa_testkit::server;

use crate::database::Target;
use crate::every_kind;
use crate::project::{Project, Signal};

const STOPPING: &str = "stopping after the statement";

#[test]
fn the_first_signal_lets_the_migration_finish() {
    for signal in [Signal::Interrupt, Signal::Terminate] {
        let database = server().fresh_database();
        let target = Target(database.url());
        let first = "CREATE TABLE a (); SELECT pg_sleep(0.3) FROM generate_series(1, 4)";
        let project =
            Project::new(database.url(), "", &[("0001_first", first, ""), ("0002_second", "CREATE TABLE b ()", "")]);
        let mut run = project.start(&["up"]);
        target.wait_until_running("pg_sleep");
        run.signal(signal);
        run.wait_to_say(STOPPING);
        run.end().must_exit(3);
        assert_eq!(target.applied(), ["0001"], "{signal:?}: the one that ran is whole, the other not begun");
        project.up();
        assert_eq!(target.applied(), ["0001", "0002"]);
    }
}

#[test]
fn the_first_signal_lets_a_statement_finish_and_the_next_run_goes_on_behind_it() {
    let database = server().fresh_database();
    let target = Target(database.url());
    let up = "-- limosa: transaction off\nCREATE TABLE a (n int);\nINSERT INTO a SELECT 1 FROM pg_sleep(1);\nVACUUM a;
        INSERT INTO a VALUES (2);";
    let project = Project::new(database.url(), "", &[("0001_stages", up, "")]);
    let mut run = project.start(&["up"]);
    target.wait_until_running("pg_sleep");
    run.signal(Signal::Interrupt);
    run.wait_to_say(STOPPING);
    run.end().must_exit(3).must_say(&["0001", "stage 3 of 4"]);
    assert_eq!(target.column("SELECT n FROM a"), ["1"]);
    project.run(&["status", "--check"]).must_exit(1);
    project.up();
    assert_eq!(target.column("SELECT n FROM a ORDER BY n"), ["1", "2"]);
}

#[test]
fn the_second_signal_cancels_on_the_server() {
    for statements in ["CREATE TABLE a (); SELECT pg_sleep(600)", "-- limosa: transaction off\nSELECT pg_sleep(600);"] {
        for signals in [[Signal::Interrupt; 2], [Signal::Terminate; 2], [Signal::Interrupt, Signal::Terminate]] {
            let database = server().fresh_database();
            let target = Target(database.url());
            let project = Project::new(database.url(), "", &[("0001_long", statements, "")]);
            let mut run = project.start(&["up"]);
            target.wait_until_running("pg_sleep");
            run.signal(signals[0]);
            run.wait_to_say(STOPPING);
            assert!(target.is_running("pg_sleep"), "the first signal cancels nothing");
            run.signal(signals[1]);
            run.end().must_exit(3);
            target.wait_until_quiet();
            assert_eq!(target.applied(), Vec::<String>::new());
            assert!(target.holds("to_regclass('a') IS NULL"), "rolled back");
            assert_eq!(target.events(), Vec::<String>::new(), "a stop that was asked for is no failure");
            assert!(target.holds("NOT EXISTS (SELECT FROM limosa.migration)"), "nothing is under way");
            project.write("0001_long", "CREATE TABLE a ()", "");
            project.up();
            assert_eq!(target.applied(), ["0001"]);
        }
    }
}

#[test]
fn a_build_cancelled_by_signal_leaves_nothing_that_the_next_run_would_trip_over() {
    let database = server().fresh_database();
    let target = Target(database.url());
    let project = Project::new(
        database.url(),
        "",
        &[
            ("0001_table", "CREATE TABLE a (n int); INSERT INTO a SELECT generate_series(1, 1000)", ""),
            (
                "0002_slow",
                "CREATE FUNCTION slow(n int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$
               BEGIN PERFORM pg_sleep(60); RETURN n; END $$;",
                "",
            ),
            ("0003_index", "CREATE INDEX CONCURRENTLY a_n ON a (slow(n))", ""),
        ],
    );
    let mut run = project.start(&["up"]);
    target.wait_until_running("CREATE INDEX");
    run.signal(Signal::Interrupt);
    run.wait_to_say(STOPPING);
    run.signal(Signal::Interrupt);
    run.end().must_exit(3);
    assert_eq!(target.column("SELECT indisvalid FROM pg_index WHERE indrelid = 'a'::regclass"), ["f"]);
    target.run("CREATE OR REPLACE FUNCTION slow(n int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT n'");
    project.run(&["up", "--allow", "drift"]).must_exit(0).must_say(&["left unfinished"]);
    assert_eq!(target.column("SELECT indisvalid FROM pg_index WHERE indrelid = 'a'::regclass"), ["t"]);
}

#[test]
fn a_signal_is_heard_while_a_run_waits_for_another() {
    let database = server().fresh_database();
    let target = Target(database.url());
    let project = Project::new(database.url(), "", &[("0001_long", "SELECT pg_sleep(600)", "")]);
    let _first = project.start(&["up"]);
    target.wait_until_running("pg_sleep");
    let mut second = project.start(&["up"]);
    second.wait_to_say("waiting");
    second.signal(Signal::Terminate);
    second.end().must_exit(3);
    assert!(target.is_running("pg_sleep"), "the first run goes on");
}

#[test]
fn a_signal_is_heard_while_locks_are_tried_for() {
    for statement in ["ALTER TABLE a ADD b int", "VACUUM FULL a"] {
        let database = server().fresh_database();
        database.execute("CREATE TABLE a ()");
        let neighbour = crate::session::Neighbour::connect(database.url(), "neighbour");
        neighbour.run("BEGIN; LOCK TABLE a");
        let project = Project::new(database.url(), "", &[("0001_alter", statement, "")]);
        let mut run = project.start(&["up"]);
        run.wait_to_say("neighbour");
        run.signal(Signal::Interrupt);
        run.wait_to_say(STOPPING);
        run.end().must_exit(3);
        neighbour.run("ROLLBACK");
        project.up();
    }
}

#[test]
fn the_embedded_server_stops_between_statements() {
    let up: String =
        (1..200).map(|n| format!("INSERT INTO a SELECT {n} FROM generate_series(1, 2000);\nVACUUM a;\n")).collect();
    let project = Project::new("embedded", "", &[("0001_table", "CREATE TABLE a (n int)", ""), ("0002_rows", &up, "")]);
    let mut run = project.start(&["-v", "up"]);
    run.wait_to_say("INSERT");
    run.signal(Signal::Interrupt);
    run.wait_to_say(STOPPING);
    run.end().must_exit(3).must_say(&["0002", "of 398"]);
    project.up();
    project.write("0003_proof", "DO $$ BEGIN ASSERT (SELECT count(*) FROM a) = 199 * 2000; END $$", "");
    project.up();
}

#[test]
fn the_embedded_server_survives_the_death_of_its_process() {
    let project = every_kind::project("embedded");
    // Concurrent detaching needs more than one connection's worth of patience; the rest of all kinds will do.
    std::fs::remove_file(project.path().join("migrations/0008_detach.sql")).unwrap();
    std::fs::remove_file(project.path().join("migrations/0008_detach.down.sql")).unwrap();
    let mut rounds = 0;
    for arguments in [&["-v", "up"][..], &["-v", "down", "--all"], &["-v", "up"]] {
        for line in 1.. {
            let mut run = project.start(arguments);
            if !run.comes_to_line(line) {
                run.end().must_exit(0);
                break;
            }
            run.signal(Signal::Kill);
            run.end();
            rounds += 1;
        }
    }
    println!("embedded: killed in {rounds} rounds");
    let proof = "DO $$ BEGIN ASSERT (SELECT array_agg(migration ORDER BY migration) FROM ledger) = \
        '{0001,0002,0003,0004,0005,0005,0006,0006,0007}', (SELECT array_agg(migration) FROM ledger)::text; \
        ASSERT (SELECT count(*) FROM item) = 3; END $$";
    project.write("0009_proof", proof, "");
    project.up();
}
