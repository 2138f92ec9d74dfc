//! Through PgBouncer in transaction mode, where a session belongs to nobody for long.

use limosa_testkit::{Database, PgBouncer, PoolMode, query, server, servers};

use crate::database::Target;
use crate::patience::{wait_for, wait_until};
use crate::project::{Project, Signal};

const NO_ADVISORY_LOCK: &str = "NOT EXISTS (SELECT FROM pg_locks JOIN pg_database d ON d.oid = database \
    WHERE locktype = 'advisory' AND datname = current_database())";

/// The pooler's URL of a database; says so and gives `None` where there is no PgBouncer.
fn pooled(database: &Database) -> Option<(PgBouncer, String)> {
    let pooler = PgBouncer::start(database.server().url(), PoolMode::Transaction);
    if pooler.is_none() {
        println!("skipped: no pgbouncer on this machine (Debian: apt-get install pgbouncer)");
    }
    pooler.map(|pooler| {
        let url = pooler.url(database.url());
        (pooler, url)
    })
}

#[test]
fn runs_exclude_each_other_by_a_lease() {
    for server in servers() {
        let database = server.fresh_database();
        let Some((_pooler, url)) = pooled(&database) else { return };
        let up = "CREATE TABLE a (); SELECT pg_sleep(1)";
        let project = Project::new(&url, "", &[("0001_slow", up, "DROP TABLE a")]);
        let target = Target(database.url());
        let first = project.start(&["up"]);
        target.wait_until_running("pg_sleep");
        assert_eq!(target.value("SELECT count(*) FROM limosa.lease WHERE expires_at > now()"), "1");
        assert!(target.holds(NO_ADVISORY_LOCK), "an advisory lock leaks");
        let impatient = project.run(&["up", "--wait", "0s"]).must_exit(4);
        let holder = target.value("SELECT holder FROM limosa.lease");
        impatient.must_say(&[&holder, "since"]);
        let mut others: Vec<_> = (0..10).map(|_| project.start(&["up"])).collect();
        others[0].wait_to_say("waiting");
        first.end().must_exit(0);
        for other in others {
            other.end().must_exit(0);
        }
        assert_eq!(target.events(), ["up 0001"]);
        assert_eq!(target.value("SELECT count(*) FROM limosa.lease"), "0", "the lease is given back");
        assert!(target.holds(NO_ADVISORY_LOCK), "an advisory lock leaks");
        project.run(&["down"]).must_exit(0);
        assert!(target.holds("to_regclass('a') IS NULL"));
    }
}

#[test]
fn a_fresh_start_saves_drops_and_makes_everything_anew() {
    for server in servers() {
        let database = server.fresh_database();
        let Some((_pooler, url)) = pooled(&database) else { return };
        let project = Project::new(&url, "", &[("0001_a", "CREATE TABLE a (id int); INSERT INTO a VALUES (1)", "")]);
        let target = Target(database.url());
        project.run(&["--yes", "up", "--fresh"]).must_exit(0);
        target.run("INSERT INTO a VALUES (2); CREATE TABLE stray (id int)");
        let again = project.run(&["--yes", "up", "--fresh", "--backup", "tables"]).must_exit(0);
        again.must_say(&["saved 2 rows", "dropped everything"]);
        assert_eq!(target.value("SELECT count(*) FROM a"), "1");
        assert!(target.holds("to_regclass('stray') IS NULL"));
        assert_eq!(target.value("SELECT count(*) FROM limosa.lease"), "0", "the lease is given back");
        assert!(target.holds(NO_ADVISORY_LOCK), "an advisory lock leaks");
        let saved = "SELECT detail ->> 'backup' IS NOT NULL FROM limosa.event WHERE kind = 'fresh' ORDER BY seq";
        assert_eq!(target.column(saved).pop().as_deref(), Some("t"));
    }
}

#[test]
fn the_lease_of_a_killed_run_ends() {
    let database = server().fresh_database();
    let Some((_pooler, url)) = pooled(&database) else { return };
    let project = Project::new(&url, "", &[("0001_slow", "CREATE TABLE a (); SELECT pg_sleep(1)", "")]);
    let target = Target(database.url());
    let first = project.start(&["up"]);
    target.wait_until_running("pg_sleep");
    drop(first);
    // It is there still, and would be for some time. The end that it carries is what counts.
    assert_eq!(target.value("SELECT count(*) FROM limosa.lease WHERE expires_at > clock_timestamp()"), "1");
    let mut next = project.start(&["up"]);
    next.wait_to_say("waiting");
    wait_until("what the killed run has sent to end", || !target.is_running("pg_sleep"));
    if !limosa_testkit::thorough() {
        target.run("UPDATE limosa.lease SET expires_at = clock_timestamp()");
    }
    next.end().must_exit(0);
    assert_eq!(target.events(), ["up 0001"]);
}

#[test]
fn a_run_that_slept_through_its_lease_changes_nothing_any_more() {
    let database = server().fresh_database();
    let Some((_pooler, url)) = pooled(&database) else { return };
    let rows: Vec<String> = (1..30).map(|n| format!("{n:04}")).collect();
    let names: Vec<String> = rows.iter().map(|row| format!("{row}_row")).collect();
    let ups: Vec<String> =
        rows.iter().map(|row| format!("INSERT INTO a SELECT {row} FROM pg_sleep(0.05);\nVACUUM a;")).collect();
    let migrations: Vec<_> = names.iter().zip(&ups).map(|(name, up)| (name.as_str(), up.as_str(), "")).collect();
    let project = Project::new(&url, "", &migrations);
    let target = Target(database.url());
    target.run("CREATE TABLE a (n int)");
    let sleeper = project.start(&["up"]);
    wait_until("a few migrations", || target.applied().len() > 3);
    sleeper.signal(Signal::Pause);
    wait_until("what was sent to end", || !target.is_running("pg_sleep"));
    target.run("UPDATE limosa.lease SET expires_at = clock_timestamp()");
    let next = project.start(&["up"]);
    let had = target.applied().len();
    wait_until("the next run to take over", || target.applied().len() > had + 2);
    sleeper.signal(Signal::GoOn);
    let late = sleeper.end();
    assert_ne!(late.status.code(), Some(0), "it was overtaken:\n{}", late.text());
    next.end().must_exit(0);
    assert_eq!(target.applied(), rows);
    let expected: Vec<String> = (1..30).map(|n| n.to_string()).collect();
    assert_eq!(target.column("SELECT n FROM a ORDER BY n"), expected, "each row once");
    target.chain_must_hold();
}

#[test]
fn role_and_search_path_hold_for_each_transaction() {
    let database = server().fresh_database();
    let Some((_pooler, url)) = pooled(&database) else { return };
    let role = format!("owner_{}", database.name().as_str());
    database.execute(&format!("CREATE ROLE {role}; GRANT ALL ON DATABASE {} TO {role}", database.name()));
    database.execute(&format!("CREATE SCHEMA clinic AUTHORIZATION {role}"));
    let project = Project::new(&url, "", &[]);
    let config = project.path().join("limosa.toml");
    let service =
        format!("\n[service.clinic]\nmigrations = \"migrations\"\nowner_role = \"{role}\"\nschemas = [\"clinic\"]\n");
    std::fs::write(&config, std::fs::read_to_string(&config).unwrap() + &service).unwrap();
    for number in 1..=5 {
        let table = format!("CREATE TABLE t{number} ()");
        project.write(&format!("{number:04}_table"), &table, &format!("DROP TABLE t{number}"));
    }
    project.up();
    let target = Target(database.url());
    let made = "SELECT schemaname || ' ' || tableowner FROM pg_tables WHERE tablename ~ '^t[0-9]$'";
    assert_eq!(target.column(made), vec![format!("clinic {role}"); 5]);
    // What others get from the pool is as it was.
    for _ in 0..5 {
        let rows = query(&url, "SELECT current_user = session_user, current_setting('search_path')").unwrap();
        assert_eq!(rows[0], [Some("t".to_owned()), Some("\"$user\", public".to_owned())]);
    }
    project.run(&["down", "--all"]).must_exit(0);
    drop(project);
    database.execute(&format!("DROP OWNED BY {role} CASCADE"));
    database.execute(&format!("DROP ROLE {role}"));
}

#[test]
fn statements_of_their_own_work_or_are_refused_with_the_reason() {
    let database = server().fresh_database();
    let Some((_pooler, url)) = pooled(&database) else { return };
    let index = "CREATE TABLE a (n int);\nCREATE INDEX CONCURRENTLY i ON a (n);";
    let project = Project::new(&url, "", &[("0001_index", index, "DROP INDEX CONCURRENTLY i;\nDROP TABLE a;")]);
    project.up();
    let target = Target(database.url());
    assert_eq!(target.column("SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"), ["t"]);
    project.run(&["down"]).must_exit(0);
    let project = Project::new(&url, "statement_timeout = \"1min\"", &[("0001_index", index, "")]);
    project.run(&["up"]).must_exit(2).must_say(&[
        "CREATE INDEX",
        "runs outside a transaction, where a pooler",
        "0001_index.sql:2:1",
    ]);
    assert!(target.holds("to_regclass('a') IS NULL"), "refused before anything was begun");
    // Past the pooler it is finished.
    let mut project = project;
    project.at(database.url());
    project.up();
    assert_eq!(target.events().last().unwrap(), "up 0001");
}

#[test]
fn a_killed_run_behind_a_pooler_is_finished_by_the_next() {
    let database = server().fresh_database();
    let Some((_pooler, url)) = pooled(&database) else { return };
    let project = crate::every_kind::project(&url);
    let target = Target(database.url());
    let mut rounds = 0;
    for line in 1.. {
        let mut run = project.start(&["-v", "up"]);
        let ended = wait_for("another line or the end", || run.comes_to_line(line).then_some(false).or(Some(true)));
        if ended {
            run.end().must_exit(0);
            break;
        }
        run.signal(Signal::Kill);
        run.end();
        rounds += 1;
        wait_until("what the killed run has sent to end", || {
            target.holds(
                "NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle' \
                 AND pid <> pg_backend_pid())",
            )
        });
        crate::every_kind::never_between(&target);
        if target.holds("to_regclass('limosa.lease') IS NOT NULL") {
            target.run("UPDATE limosa.lease SET expires_at = clock_timestamp()");
        }
    }
    println!("behind a pooler: killed in {rounds} rounds");
    crate::every_kind::all_must_be_in_effect(&target);
}
