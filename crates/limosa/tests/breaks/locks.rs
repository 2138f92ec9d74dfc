//! Somebody else holds the locks.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use limosa_testkit::{Database, query, server, servers};

use crate::database::Target;
use crate::patience::wait_until;
use crate::project::Project;
use crate::session::Neighbour;

const BRIEF: &str = "lock_timeout = \"50ms\"\npatience = \"2s\"";

/// A database with a table, and another client of it.
fn occupied(database: &Database, hold: &str) -> Neighbour {
    database.execute("CREATE TABLE a (id int PRIMARY KEY, n int); INSERT INTO a VALUES (1, 1), (2, 2)");
    let neighbour = Neighbour::connect(database.url(), "night report");
    neighbour.run(hold);
    neighbour
}

#[test]
fn locks_that_are_never_free_end_the_run_with_patience_and_nothing_is_changed() {
    for server in servers() {
        for hold in ["BEGIN; LOCK TABLE a", "BEGIN; SELECT * FROM a"] {
            let database = server.fresh_database();
            let _neighbour = occupied(&database, hold);
            let up = "CREATE TABLE b (); ALTER TABLE a ADD c int";
            let project = Project::new(database.url(), BRIEF, &[("0001_alter", up, "")]);
            let user = Target(database.url()).value("SELECT current_user");
            project.run(&["up"]).must_exit(4).must_say(&[
                "the locks of 0001 were not to be had",
                "migrations/0001_alter.sql:1:20",
                "night report",
                "idle in transaction",
                &user,
                hold,
            ]);
            let target = Target(database.url());
            assert_eq!(target.applied(), Vec::<String>::new());
            assert!(target.holds("to_regclass('b') IS NULL"), "the table of the same transaction is there");
            assert_eq!(target.events(), ["fail 0001"]);
        }
    }
}

#[test]
fn what_only_looks_does_not_wait_without_end_for_a_table_that_a_view_names() {
    // What the session says of it counts, and ten seconds where it says nothing.
    let waits = ["options=-c%20lock_timeout%3D1s", ""];
    for (server, wait) in servers().iter().zip(waits.into_iter().cycle()) {
        let database = server.fresh_database();
        database.execute("CREATE TABLE a (id int PRIMARY KEY, n int); CREATE VIEW v AS SELECT n FROM a");
        let joint = if database.url().contains('?') { '&' } else { '?' };
        let url = format!("{}{joint}{wait}", database.url());
        let project = Project::new(&url, "", &[("0001_other", "CREATE TABLE b ()", "")]);
        project.up();
        project.write("0002_next", "CREATE TABLE c ()", "");
        let neighbour = Neighbour::connect(database.url(), "night report");
        neighbour.run("BEGIN; LOCK TABLE a");
        let user = Target(database.url()).value("SELECT current_user");
        // All of them wait at once.
        let verbs: [&[&str]; 3] = [&["plan"], &["drift"], &["up", "--dry-run"]];
        let runs: Vec<_> = verbs.iter().map(|verb| project.start(verb)).collect();
        for run in runs {
            run.end().must_exit(4).must_say(&[
                "locks-not-free",
                "the schema could not be read in 1",
                "night report",
                "idle in transaction",
                "ACCESS EXCLUSIVE on a",
                &user,
                "BEGIN; LOCK TABLE a",
                "run it again when that has ended",
            ]);
        }
        project.run(&["status"]).must_exit(0);
        neighbour.run("COMMIT");
        project.run(&["plan"]).must_exit(0);
    }
}

/// A database with a table that a view names, and a project with a migration applied and another pending.
fn viewed(database: &Database) -> Project {
    database.execute("CREATE TABLE a (id int PRIMARY KEY, n int); CREATE VIEW v AS SELECT n FROM a");
    let joint = if database.url().contains('?') { '&' } else { '?' };
    let url = format!("{}{joint}options=-c%20lock_timeout%3D1s", database.url());
    let project = Project::new(&url, "", &[("0001_other", "CREATE TABLE b ()", "")]);
    project.up();
    project.write("0002_next", "CREATE TABLE c ()", "");
    project
}

#[test]
fn a_prepared_transaction_that_has_a_table_to_itself_is_named_to_who_only_looks() {
    for server in servers() {
        let database = server.fresh_database();
        let project = viewed(&database);
        let name = format!("night's {}", database.name().as_str());
        let quoted = name.replace('\'', "''");
        database.execute(&format!("BEGIN; LOCK TABLE a; PREPARE TRANSACTION '{quoted}'"));
        let planned = project.run(&["plan"]);
        database.execute(&format!("ROLLBACK PREPARED '{quoted}'"));
        planned.must_exit(4).must_say(&[
            "locks-not-free",
            &format!("prepared transaction '{quoted}'"),
            "ACCESS EXCLUSIVE on a",
            "COMMIT PREPARED",
        ]);
        project.run(&["plan"]).must_exit(0);
    }
}

#[test]
fn who_is_next_in_line_for_a_table_is_named_to_who_only_looks() {
    for server in servers() {
        let database = server.fresh_database();
        let project = viewed(&database);
        let reader = Neighbour::connect(database.url(), "long report");
        reader.run("BEGIN; SELECT * FROM a");
        let url = database.url().to_owned();
        let next = thread::spawn(move || Neighbour::connect(&url, "night shift").run("BEGIN; LOCK TABLE a; COMMIT"));
        Target(database.url()).wait_until_running("BEGIN; LOCK TABLE a");
        let planned = project.run(&["plan"]);
        reader.run("COMMIT");
        next.join().unwrap();
        planned.must_exit(4).must_say(&["locks-not-free", "night shift", "waiting for ACCESS EXCLUSIVE on a"]);
        project.run(&["plan"]).must_exit(0);
    }
}

#[test]
fn locks_that_are_given_back_in_time_are_taken() {
    for statement in
        ["ALTER TABLE a ADD c int", "VACUUM FULL a", "CREATE INDEX CONCURRENTLY i ON a (n)", "UPDATE a SET n = 7"]
    {
        let database = server().fresh_database();
        let neighbour = occupied(&database, "BEGIN; LOCK TABLE a");
        let project = Project::new(database.url(), "", &[("0001_change", statement, "")]);
        let mut run = project.start(&["up"]);
        run.wait_to_say("night report");
        neighbour.run("COMMIT");
        run.end().must_exit(0);
        assert_eq!(Target(database.url()).events(), ["up 0001"], "{statement}");
    }
}

#[test]
fn other_clients_go_on_while_a_migration_waits_for_an_exclusive_lock() {
    for statement in ["ALTER TABLE a ADD c int", "VACUUM FULL a"] {
        let database = server().fresh_database();
        let neighbour = occupied(&database, "BEGIN; SELECT * FROM a");
        let run = "patience = \"10m\"\nlock_timeout = \"50ms\"";
        let project = Project::new(database.url(), run, &[("0001_change", statement, "")]);
        let (reads, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let (counted, stopped, url) = (Arc::clone(&reads), Arc::clone(&stop), database.url().to_owned());
        let reading = thread::spawn(move || {
            let reader = Neighbour::connect(&url, "reader");
            while !stopped.load(Ordering::SeqCst) {
                reader.run("SELECT * FROM a");
                counted.fetch_add(1, Ordering::SeqCst);
                thread::yield_now();
            }
        });
        let mut run = project.start(&["-v", "up"]);
        run.wait_to_say("night report");
        // The lock is never free, and yet reading makes progress, again and again: the tries are short.
        for _ in 0..5 {
            let so_far = reads.load(Ordering::SeqCst);
            wait_until("another hundred reads", || reads.load(Ordering::SeqCst) > so_far + 100);
            assert!(run.is_running(), "the run gave up");
        }
        neighbour.run("COMMIT");
        run.end().must_exit(0);
        stop.store(true, Ordering::SeqCst);
        reading.join().unwrap();
    }
}

#[test]
fn a_deadlock_is_tried_again() {
    let database = server().fresh_database();
    database.execute("CREATE TABLE b (id int)");
    let neighbour = occupied(&database, "BEGIN; LOCK TABLE b");
    let directive = "-- limosa: lock-timeout 60s\n";
    let up = format!("{directive}CREATE TABLE c (); ALTER TABLE a ADD c int; ALTER TABLE b ADD c int");
    let project = Project::new(database.url(), "", &[("0001_both", &up, "")]);
    let mut run = project.start(&["-v", "up"]);
    run.wait_to_say("night report");
    // Now each waits for the other. Who is chosen to fail is the server's decision.
    let survived = neighbour.attempt("LOCK TABLE a");
    neighbour.run(if survived { "COMMIT" } else { "ROLLBACK" });
    run.end().must_exit(0);
    let target = Target(database.url());
    assert_eq!(target.events(), ["up 0001"]);
    assert!(target.holds("(SELECT count(*) = 2 FROM pg_attribute WHERE attname = 'c' AND attnum > 0)"));
}

#[test]
fn rows_that_are_locked_for_long_are_waited_for() {
    let database = server().fresh_database();
    let neighbour = occupied(&database, "BEGIN; UPDATE a SET n = 5 WHERE id = 1");
    let run = "patience = \"2m\"\nlock_timeout = \"50ms\"";
    let project = Project::new(database.url(), run, &[("0001_rows", "UPDATE a SET n = n + 1", "")]);
    let mut run = project.start(&["-v", "up"]);
    run.wait_to_say("night report");
    let target = Target(database.url());
    let waiting = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' \
        AND xact_start < clock_timestamp() - interval '1 second'";
    // One and the same transaction waits for much longer than a lock_timeout of 50 ms.
    wait_until("a wait of more than a second", || !target.column(waiting).is_empty());
    neighbour.run("COMMIT");
    let ended = run.end().must_exit(0);
    assert!(!ended.text().contains("again"), "it was tried more than once:\n{}", ended.text());
    assert_eq!(target.column("SELECT n FROM a ORDER BY id"), ["6", "3"]);
}

#[test]
fn a_concurrent_build_waits_for_old_transactions() {
    let database = server().fresh_database();
    let neighbour = occupied(&database, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM a");
    let run = "patience = \"2m\"\nlock_timeout = \"50ms\"";
    let project = Project::new(database.url(), run, &[("0001_index", "CREATE INDEX CONCURRENTLY i ON a (n)", "")]);
    let mut run = project.start(&["-v", "up"]);
    run.wait_to_say("night report");
    let target = Target(database.url());
    wait_until("a wait of more than a second", || {
        target.holds(
            "EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'CREATE INDEX%' \
             AND query_start < clock_timestamp() - interval '1 second')",
        )
    });
    neighbour.run("COMMIT");
    run.end().must_exit(0);
    assert_eq!(target.column("SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"), ["t"]);
    assert_eq!(target.events(), ["up 0001"]);
}

#[test]
fn a_statement_that_takes_too_long_is_ended_and_named() {
    for statement in ["SELECT pg_sleep(600)", "-- limosa: transaction off\nSELECT pg_sleep(600);\nVACUUM;"] {
        let database = server().fresh_database();
        let project = Project::new(database.url(), "statement_timeout = \"200ms\"", &[("0001_long", statement, "")]);
        project.run(&["up"]).must_exit(2).must_say(&["canceling statement due to statement timeout", "0001_long.sql"]);
        assert_eq!(Target(database.url()).applied(), Vec::<String>::new());
        // What the file says of itself counts more.
        project.write("0001_long", "-- limosa: statement-timeout 1min\nSELECT pg_sleep(0.5)", "");
        project.up();
    }
}

#[test]
fn a_file_may_ask_for_longer_tries() {
    let database = server().fresh_database();
    let neighbour = occupied(&database, "BEGIN; LOCK TABLE a");
    let up = "-- limosa: lock-timeout 1min\nALTER TABLE a ADD c int";
    let project = Project::new(database.url(), BRIEF, &[("0001_alter", up, "")]);
    let mut run = project.start(&["-v", "up"]);
    run.wait_to_say("night report");
    let target = Target(database.url());
    wait_until("a single try of more than a second", || {
        target.holds(
            "EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' \
             AND xact_start < clock_timestamp() - interval '1 second')",
        )
    });
    neighbour.run("COMMIT");
    run.end().must_exit(0);
    assert!(query(database.url(), "SELECT c FROM a").is_ok());
}
