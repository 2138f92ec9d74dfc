//! Statements that no transaction holds, cut off in the middle or right after it: what they left is looked at.

use limosa_testkit::{Database, servers, thorough};

use crate::database::Target;
use crate::patience::wait_until;
use crate::project::{Migration, Project, Signal};
use crate::session::Neighbour;

/// Runs `up` until the statement waits for the neighbour, kills the client and ends what it left running, so that the
/// statement is cut off in its middle.
fn cut_off_in_the_middle(project: &Project, database: &Database, statement: &str) {
    let target = Target(database.url());
    let run = project.start(&["up"]);
    wait_until(&format!("`{statement}` to wait"), || {
        target.holds(&format!(
            "EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' \
             AND query LIKE '%{statement}%')"
        ))
    });
    run.signal(Signal::Kill);
    run.end();
    target.run(&format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() \
         AND wait_event_type = 'Lock' AND query LIKE '%{statement}%'"
    ));
    wait_until("the server process to end", || !target.is_running(statement));
}

const TABLE: Migration<'static> = (
    "0001_table",
    "CREATE TABLE a (id int PRIMARY KEY, n int); INSERT INTO a SELECT i, i FROM generate_series(1, 10) i;
     CREATE INDEX old ON a (n);
     CREATE TABLE p (at int) PARTITION BY RANGE (at); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
     CREATE MATERIALIZED VIEW m AS SELECT * FROM a; CREATE UNIQUE INDEX m_id ON m (id);",
    "",
);

/// An old transaction is what each of these has to wait for.
#[test]
fn what_was_cut_off_in_its_middle_is_finished_by_the_next_run() {
    let cases = [
        (
            "CREATE INDEX CONCURRENTLY i ON a (n)",
            "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM a; SELECT * FROM p",
        ),
        ("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON a (n)", "BEGIN; UPDATE a SET n = n"),
        ("DROP INDEX CONCURRENTLY old", "BEGIN; SELECT * FROM a"),
        ("REINDEX INDEX CONCURRENTLY old", "BEGIN; SELECT * FROM a"),
        ("REINDEX TABLE CONCURRENTLY a", "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM a"),
        ("ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY", "BEGIN; SELECT * FROM p"),
        ("VACUUM FULL a", "BEGIN; SELECT * FROM a"),
        ("VACUUM (ANALYZE) a", "BEGIN; LOCK TABLE a IN SHARE UPDATE EXCLUSIVE MODE"),
        ("REFRESH MATERIALIZED VIEW CONCURRENTLY m", "BEGIN; REFRESH MATERIALIZED VIEW CONCURRENTLY m"),
    ];
    for server in servers() {
        for (statement, hold) in &cases {
            let database = server.fresh_database();
            let change = format!("{statement};\nINSERT INTO a VALUES (11, 11);");
            let project =
                Project::new(database.url(), "lock_timeout = \"200ms\"", &[TABLE, ("0002_change", &change, "")]);
            project.run(&["up", "--steps", "1"]).must_exit(0);
            let neighbour = Neighbour::connect(database.url(), "old transaction");
            neighbour.run(hold);
            cut_off_in_the_middle(&project, &database, statement);
            neighbour.run("COMMIT");
            let target = Target(database.url());
            assert_eq!(target.applied(), ["0001"], "{statement}");
            project.up();
            assert_eq!(target.applied(), ["0001", "0002"], "{statement}");
            assert_eq!(target.value("SELECT count(*) FROM a"), "11", "{statement}");
            let indexes = target.column(
                "SELECT indexrelid::regclass || ' ' || indisvalid FROM pg_index \
                 WHERE indrelid = 'a'::regclass ORDER BY 1",
            );
            let expected: &[&str] = match statement {
                _ if statement.contains(" i ON") => &["a_pkey true", "i true", "old true"],
                _ if statement.starts_with("DROP") => &["a_pkey true"],
                _ => &["a_pkey true", "old true"],
            };
            assert_eq!(indexes, expected, "{statement}");
            let detached = target.holds("NOT EXISTS (SELECT FROM pg_inherits WHERE inhparent = 'p'::regclass)");
            assert_eq!(detached, statement.contains("DETACH"), "{statement}");
        }
    }
}

/// Puts the record back to what it is when the client dies after the statement and before the record of its end.
fn forget_the_end_of(target: &Target<'_>, version: &str) {
    target.run(&format!(
        "UPDATE limosa.migration SET state = 'running', position = 0, in_flight = true WHERE version = '{version}'; \
         DELETE FROM limosa.snapshot WHERE event_seq = (SELECT max(seq) FROM limosa.event); \
         DELETE FROM limosa.event WHERE version = '{version}'"
    ));
}

#[test]
fn what_had_finished_without_a_record_is_recognised() {
    for server in servers() {
        let database = server.fresh_database();
        let name = database.name().as_str().to_owned();
        let cases = [
            ("CREATE INDEX CONCURRENTLY i ON a (n);".to_owned(), "shows that it ran"),
            ("DROP INDEX CONCURRENTLY old;".to_owned(), "shows that it ran"),
            ("ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY;".to_owned(), "shows that it ran"),
            (format!("CREATE DATABASE {name}_b;"), "shows that it ran"),
            (format!("DROP DATABASE {name}_b;"), "shows that it ran"),
            ("VACUUM a;".to_owned(), "does no harm"),
            ("REINDEX INDEX CONCURRENTLY i;".to_owned(), "does no harm"),
        ];
        let project = Project::new(database.url(), "", &[TABLE]);
        project.up();
        let target = Target(database.url());
        for (number, (statement, word)) in cases.iter().enumerate() {
            let version = format!("{:04}", number + 2);
            project.write(&format!("{version}_change"), statement, "");
            project.up();
            forget_the_end_of(&target, &version);
            project.up().must_say(&[word]);
            assert_eq!(target.applied().last(), Some(&version));
            assert_eq!(target.events().last(), Some(&format!("up {version}")));
        }
        target.chain_must_hold();
    }
}

#[test]
fn a_value_of_an_enum_is_added_once() {
    for server in servers() {
        let database = server.fresh_database();
        let up = "ALTER TYPE mood ADD VALUE 'merry';\nINSERT INTO a SELECT 'merry' FROM pg_sleep(1);";
        let table = "CREATE TYPE mood AS ENUM ('calm'); CREATE TABLE a (mood mood)";
        let project = Project::new(database.url(), "", &[("0001_type", table, ""), ("0002_value", up, "")]);
        let target = Target(database.url());
        let run = project.start(&["up"]);
        target.wait_until_running("pg_sleep");
        run.signal(Signal::Kill);
        run.end();
        target.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' \
                    AND datname = current_database() AND pid <> pg_backend_pid()",
        );
        project.up();
        assert_eq!(target.column("SELECT mood FROM a"), ["merry"]);
        assert_eq!(target.value("SELECT count(*) FROM pg_enum WHERE enumtypid = 'mood'::regtype"), "2");
    }
}

const CALL: [Migration<'static>; 2] = [
    (
        "0001_procedure",
        "CREATE TABLE a (n int);
         CREATE PROCEDURE fill() LANGUAGE plpgsql AS
         $$ BEGIN INSERT INTO a VALUES (1); COMMIT; PERFORM pg_sleep(1); INSERT INTO a VALUES (2); COMMIT; END $$",
        "",
    ),
    ("0002_call", "CALL fill();\nINSERT INTO a VALUES (3);", ""),
];

#[test]
fn what_nobody_can_see_is_left_to_people() {
    for (answer, rows) in [("applied", "1 3"), ("retry", "1 1 2 3")] {
        let database = limosa_testkit::server().fresh_database();
        let project = Project::new(database.url(), "", &CALL);
        let target = Target(database.url());
        let run = project.start(&["up"]);
        target.wait_until_running("CALL");
        wait_until("the first commit", || target.value("SELECT count(*) FROM a") == "1");
        run.signal(Signal::Kill);
        run.end();
        target.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'CALL%' \
                    AND datname = current_database()",
        );
        for _ in 0..2 {
            project.run(&["up"]).must_exit(3).must_say(&[
                "cut off",
                "0002_call.sql:1:1",
                "--interrupted applied",
                "--interrupted retry",
            ]);
            assert_eq!(target.column("SELECT n FROM a"), ["1"], "nothing is run while nobody knows");
        }
        project.run(&["up", "--interrupted", answer]).must_exit(0);
        assert_eq!(target.column("SELECT n FROM a ORDER BY n").join(" "), rows);
        assert_eq!(target.events(), ["up 0001", "up 0002"]);
    }
}

#[test]
fn a_procedure_that_has_committed_is_not_called_again_for_want_of_a_lock() {
    let database = limosa_testkit::server().fresh_database();
    let procedure = "CREATE TABLE a (n int); CREATE TABLE b (n int);
        CREATE PROCEDURE fill() LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO a VALUES (1); COMMIT; SET LOCAL lock_timeout = '50ms'; ALTER TABLE b ADD m int; END $$";
    let project =
        Project::new(database.url(), "", &[("0001_procedure", procedure, ""), ("0002_call", "CALL fill()", "")]);
    project.run(&["up", "--steps", "1"]).must_exit(0);
    let neighbour = Neighbour::connect(database.url(), "night report");
    neighbour.run("BEGIN; SELECT * FROM b");
    project.run(&["up"]).must_exit(3).must_say(&["lock timeout"]);
    let target = Target(database.url());
    assert_eq!(target.column("SELECT n FROM a"), ["1"], "it had committed that, and ran once");
    project.run(&["up"]).must_exit(3).must_say(&["--interrupted"]);
    neighbour.run("COMMIT");
    project.run(&["up", "--interrupted", "applied"]).must_exit(0);
    assert_eq!(target.column("SELECT n FROM a"), ["1"]);
}

#[test]
fn a_failed_unique_build_leaves_no_index_that_refuses_rows() {
    let database = limosa_testkit::server().fresh_database();
    let table = "CREATE TABLE a (n int); INSERT INTO a VALUES (1), (1)";
    let index = "CREATE UNIQUE INDEX CONCURRENTLY i ON a (n)";
    let project = Project::new(database.url(), "", &[("0001_table", table, ""), ("0002_index", index, "")]);
    project.run(&["up"]).must_exit(2).must_say(&["could not create unique index", "0002_index.sql:1:1"]);
    let target = Target(database.url());
    assert_eq!(target.column("SELECT indexrelid::regclass FROM pg_index WHERE indrelid = 'a'::regclass"), [""; 0]);
    assert_eq!(target.events(), ["up 0001", "fail 0002"]);
    target.run("DELETE FROM a");
    project.up();
    assert_eq!(target.applied(), ["0001", "0002"]);
}

#[test]
fn a_way_back_that_failed_can_be_mended_and_goes_on() {
    let database = limosa_testkit::server().fresh_database();
    let down = "DROP INDEX CONCURRENTLY i;\nDELETE FROM ledger;\nVACUUM nowhere;";
    let up = "CREATE TABLE a (n int); CREATE INDEX i ON a (n)";
    let project = Project::new(database.url(), "", &[("0001_table", up, down)]);
    let target = Target(database.url());
    project.up();
    project.run(&["down"]).must_exit(3).must_say(&["ledger"]);
    project.run(&["up"]).must_exit(1).must_say(&["half done"]);
    project.write("0001_table", up, "DROP INDEX CONCURRENTLY i;\nINSERT INTO a VALUES (1);\nVACUUM nowhere;");
    project.run(&["down"]).must_exit(3).must_say(&["nowhere"]);
    project.write("0001_table", up, "DROP INDEX CONCURRENTLY i;\nINSERT INTO a VALUES (1);\nVACUUM a;\nDROP TABLE a;");
    project.run(&["down"]).must_exit(0);
    assert!(target.holds("to_regclass('a') IS NULL"));
    assert_eq!(target.changes(), ["up 0001", "down 0001"]);
    // One whose first statement failed is not half done.
    project.write("0001_table", up, "DROP INDEX CONCURRENTLY nothing;\nDROP TABLE a;");
    project.up();
    project.run(&["down"]).must_exit(2);
    assert_eq!(target.applied(), ["0001"]);
    project.up();
}

#[test]
fn a_session_that_a_migration_has_emptied_serves_the_next() {
    for statement in [
        "DISCARD ALL",
        "-- limosa: transaction off\nDISCARD ALL;",
        "DEALLOCATE ALL",
        "DO $$ BEGIN EXECUTE 'DEALLOCATE ' || 'ALL'; END $$",
        "SELECT pg_advisory_unlock_all()",
        "SET lock_timeout = '1ms'; SET search_path = ''",
        "SELECT set_config('lock_timeout', '1ms', false), set_config('search_path', '', false)",
        "RESET ALL",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
        "SET default_transaction_isolation = 'serializable'",
        "DISCARD PLANS; SET standard_conforming_strings = off",
    ] {
        let database = limosa_testkit::server().fresh_database();
        let table = "CREATE TABLE a (n int); CREATE INDEX i ON a (n)";
        let migrations = [
            ("0001_table", table, "DROP TABLE a"),
            ("0002_session", statement, "SELECT 1"),
            ("0003_rows", "INSERT INTO a VALUES (1)", "DELETE FROM a"),
            ("0004_alone", "VACUUM a;\nCOMMENT ON TABLE a IS 'it''s a \\ here';", "VACUUM a"),
        ];
        let project = Project::new(database.url(), "", &migrations);
        let ended = project.run(&["up"]);
        assert_eq!(ended.status.code(), Some(0), "after `{statement}`:\n{}", ended.text());
        let target = Target(database.url());
        assert_eq!(target.applied(), ["0001", "0002", "0003", "0004"], "{statement}");
        project.run(&["down", "--all"]).must_exit(0);
        target.chain_must_hold();
    }
}

/// Kills at moments that nobody chose, in the middle of what the server does.
#[test]
fn killed_again_and_again_at_any_moment_it_still_gets_there() {
    let rounds = if thorough() { 150 } else { 12 };
    let database = limosa_testkit::server().fresh_database();
    let project = crate::every_kind::project(database.url());
    let target = Target(database.url());
    let mut forth = true;
    for round in 0..rounds {
        let arguments: &[&str] = if forth { &["up"] } else { &["down", "--all"] };
        let mut run = project.start(arguments);
        // Spread evenly over a run, in an order that repeats late: multiples of the golden ratio.
        let part = (f64::from(round) * 0.618_033_988_75).fract();
        std::thread::sleep(std::time::Duration::from_secs_f64(0.25 * part));
        let ended = !run.is_running();
        run.signal(Signal::Kill);
        run.end();
        target.wait_until_quiet();
        crate::every_kind::never_between(&target);
        if ended || round % 10 == 9 {
            project.run(arguments).must_exit(0);
            if forth {
                crate::every_kind::all_must_be_in_effect(&target);
            } else {
                crate::every_kind::none_must_be_in_effect(&target);
            }
            forth = !forth;
        }
    }
}
