//! One runner at a time on a target, and everybody can see who it is.

use limosa_testkit::{server, servers};

use crate::database::Target;
use crate::project::Project;

const SLOW: &str = "CREATE TABLE a (); SELECT pg_sleep(600)";

#[test]
fn who_waits_learns_who_holds_the_lock_and_since_when() {
    for server in servers() {
        let database = server.fresh_database();
        let project = Project::new(database.url(), "", &[("0001_slow", SLOW, "")]);
        let target = Target(database.url());
        let _first = project.start(&["up"]);
        target.wait_until_running("pg_sleep");
        let user = format!("user {}", target.value("SELECT current_user"));
        let since = target.value(
            "SELECT to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') FROM pg_locks l \
             JOIN pg_stat_activity a USING (pid) JOIN pg_database d ON d.oid = l.database \
             WHERE locktype = 'advisory' AND d.datname = current_database() AND a.state = 'idle'",
        );
        let words = ["another run", &user, "application limosa", "connected since", &since];
        project.run(&["up", "--wait", "0s"]).must_exit(4).must_say(&words);
        project.run(&["up", "--wait", "300ms"]).must_exit(4).must_say(&words);
        let mut patient = project.start(&["up"]);
        patient.wait_to_say("waiting");
        assert!(patient.is_running());
        assert!(target.is_running("pg_sleep"), "the first run goes on");
        assert_eq!(target.events(), Vec::<String>::new(), "waiting changes nothing");
    }
}

#[test]
fn the_next_run_gets_the_lock_when_its_holder_is_killed() {
    let database = server().fresh_database();
    let up = "INSERT INTO a VALUES (1); SELECT pg_sleep(2)";
    let project = Project::new(
        database.url(),
        "",
        &[
            ("0001_table", "CREATE TABLE a (n int)", ""),
            ("0002_slow", up, ""),
            ("0003_row", "INSERT INTO a VALUES (2)", ""),
        ],
    );
    let target = Target(database.url());
    let first = project.start(&["up"]);
    target.wait_until_running("pg_sleep");
    let mut next = project.start(&["up"]);
    next.wait_to_say("waiting");
    drop(first);
    // What the killed run has sent is still running on the server; the next run waits for that, too.
    next.end().must_exit(0);
    assert_eq!(target.column("SELECT n FROM a ORDER BY n"), ["1", "2"]);
    assert_eq!(target.events(), ["up 0001", "up 0002", "up 0003"]);
    target.chain_must_hold();
}

#[test]
fn the_next_run_gets_the_lock_when_the_sessions_of_its_holder_are_ended() {
    let database = server().fresh_database();
    let project = Project::new(database.url(), "", &[("0001_slow", SLOW, "")]);
    let target = Target(database.url());
    let first = project.start(&["up"]);
    target.wait_until_running("pg_sleep");
    target.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() \
         AND pid <> pg_backend_pid()",
    );
    first.end().must_exit(3).must_say(&["terminating connection due to administrator command"]);
    project.write("0001_slow", "CREATE TABLE a ()", "");
    project.up();
    assert_eq!(target.events(), ["up 0001"]);
}

#[test]
fn the_lock_survives_the_end_of_the_session_that_only_looks_on() {
    let database = server().fresh_database();
    let project = Project::new(database.url(), "", &[("0001_slow", "SELECT pg_sleep(1); CREATE TABLE a ()", "")]);
    let target = Target(database.url());
    let first = project.start(&["up"]);
    target.wait_until_running("pg_sleep");
    target.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle' \
         AND pid <> pg_backend_pid()",
    );
    let others: Vec<_> = (0..3).map(|_| project.start(&["up"])).collect();
    first.end().must_exit(0);
    for other in others {
        other.end().must_exit(0);
    }
    assert_eq!(target.events(), ["up 0001"]);
}

#[test]
fn a_concurrent_build_never_hangs_behind_waiting_runs() {
    for server in servers() {
        let database = server.fresh_database();
        database.execute("CREATE TABLE a (n int); INSERT INTO a SELECT generate_series(1, 50)");
        let slow = "CREATE FUNCTION slow(n int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS
            $$ BEGIN PERFORM pg_sleep(0.02); RETURN n; END $$";
        let index = "CREATE INDEX CONCURRENTLY i ON a (slow(n))";
        let project = Project::new(database.url(), "", &[("0001_slow", slow, ""), ("0002_index", index, "")]);
        let target = Target(database.url());
        let first = project.start(&["up"]);
        target.wait_until_running("CREATE INDEX");
        let others: Vec<_> = (0..5).map(|_| project.start(&["up"])).collect();
        let mut waiting = Vec::new();
        for mut other in others {
            other.wait_to_say("waiting");
            waiting.push(other);
        }
        let open = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() \
            AND state LIKE 'idle in transaction%'";
        assert_eq!(target.column(open), Vec::<String>::new(), "sessions with an open transaction");
        first.end().must_exit(0);
        for other in waiting {
            other.end().must_exit(0);
        }
        assert_eq!(target.events(), ["up 0001", "up 0002"]);
        assert_eq!(target.column("SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"), ["t"]);
    }
}

#[test]
fn services_in_one_database_do_not_wait_for_each_other() {
    let database = server().fresh_database();
    let project = Project::new(database.url(), "", &[]);
    let mut config = std::fs::read_to_string(project.path().join("limosa.toml")).unwrap();
    for service in ["auth", "api", "imaging", "billing"] {
        config += &format!("\n[service.{service}]\nmigrations = \"{service}\"\n");
        let folder = project.path().join(service);
        std::fs::create_dir(&folder).unwrap();
        for number in 1..=5 {
            let up = format!("CREATE TABLE {service}_{number} ()");
            std::fs::write(folder.join(format!("{number:04}_table.sql")), up).unwrap();
        }
    }
    std::fs::write(project.path().join("limosa.toml"), config).unwrap();
    let services = ["auth", "api", "imaging", "billing"];
    // All of them make the history schema at once.
    let runs: Vec<_> = (0..12).map(|run| project.start(&["--service", services[run % 4], "up"])).collect();
    for run in runs {
        run.end().must_exit(0);
    }
    let target = Target(database.url());
    assert_eq!(target.value("SELECT count(*) FROM limosa.event WHERE kind = 'up'"), "20");
    target.chain_must_hold();
}
