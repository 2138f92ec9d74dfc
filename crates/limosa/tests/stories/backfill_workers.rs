//! How many workers change rows where nobody says how many.

use limosa_testkit::{Connection, Database, PrivateServer, servers};

use crate::backfill::{project, value};

/// A table that is just large enough for two.
const LARGE: &str = "
    CREATE TABLE patient (id int PRIMARY KEY, email text, note text) WITH (autovacuum_enabled = off);
    INSERT INTO patient SELECT i, 'A' || i, repeat('x', 700) FROM generate_series(1, 45000) i;
    ANALYZE patient";

/// What came of a run, by its log.
struct Seen {
    batches: usize,
    /// How often another range than the one before it had a batch.
    turns: usize,
    ranges: usize,
}

fn seen(log: &str) -> Seen {
    let batches = log.lines().filter(|line| line.contains(" rows in "));
    let ranges: Vec<&str> = batches.filter_map(|line| line.split("range ").nth(1)?.split(':').next()).collect();
    let mut distinct = ranges.clone();
    distinct.sort_unstable();
    distinct.dedup();
    let turns = ranges.windows(2).filter(|two| two[0] != two[1]).count();
    Seen { batches: ranges.len(), turns, ranges: distinct.len() }
}

/// A table of the URL's role, changed by it.
fn changed(database: &Database, url: &str, said: &str) -> Seen {
    // A session of its own that is gone when the run begins.
    Connection::open(url).execute(LARGE);
    let project = project(database);
    let run = format!("--url {url} backfill run --table patient --set 'email = lower(email)' --log run.log {said}");
    project.limosa(&run).exits(0).says("2 workers").says("none is left");
    assert_eq!(value(database, "SELECT count(*) FROM patient WHERE email = 'a' || id"), "45000");
    database.execute("DROP TABLE patient");
    seen(&project.read("run.log"))
}

/// Does something while another client is at work.
fn beside_another<T>(database: &Database, work: impl FnOnce() -> T) -> T {
    let url = database.url().to_owned();
    let (begun, has_begun) = std::sync::mpsc::channel();
    let report = std::thread::spawn(move || {
        let session = Connection::open(&url);
        let pid = session.execute("SELECT pg_backend_pid()").remove(0).remove(0).unwrap();
        begun.send(pid).unwrap();
        let _ = session.query("SELECT pg_sleep(600)");
    });
    let pid = has_begun.recv().unwrap();
    let done = work();
    database.execute(&format!("SELECT pg_terminate_backend({pid})"));
    report.join().unwrap();
    done
}

#[test]
fn a_second_worker_works_while_nobody_else_does() {
    // Elsewhere others are at work all the time.
    for server in servers().iter().map(|shared| PrivateServer::start(shared.major())) {
        let database = server.fresh_database();
        let url = database.url();
        let quiet = changed(&database, url, "");
        let Seen { turns, ranges, .. } = quiet;
        assert!(turns > 2 * ranges, "two were at it, and {turns} times another of {ranges} ranges had its turn");
        let (busy, long) = beside_another(&database, || {
            (changed(&database, url, ""), changed(&database, url, "--batch-time 5ms").batches)
        });
        let Seen { turns, ranges, batches } = busy;
        assert!(turns < 2 * ranges, "one was at it, and {turns} times another of {ranges} ranges had its turn");
        assert!(batches > 2 * quiet.batches, "{batches} batches beside others, {} while nobody worked", quiet.batches);
        assert!(batches > 2 * long, "{batches} batches, {long} where it was said how long they are");
        let project = project(&database);
        database.execute("CREATE TABLE patient (id int PRIMARY KEY, email text); INSERT INTO patient VALUES (1, 'A')");
        let small = project.limosa("backfill run --table patient --set 'email = lower(email)'").exits(0);
        small.says("1 rows").never_says("workers");
    }
}

#[test]
fn a_role_that_may_not_see_what_others_do_sees_that_they_do() {
    for server in servers().iter().map(|shared| PrivateServer::start(shared.major())) {
        let database = server.fresh_database();
        database.execute(&format!(
            "CREATE ROLE app LOGIN PASSWORD 'p'; GRANT ALL ON SCHEMA public TO app; GRANT ALL ON DATABASE {} TO app",
            database.name()
        ));
        let (_, place) = database.url().split_once('@').unwrap();
        let url = format!("postgresql://app:p@{place}");
        let Seen { turns, ranges, .. } = changed(&database, &url, "");
        assert!(turns > 2 * ranges, "two were at it, and {turns} times another of {ranges} ranges had its turn");
        let Seen { turns, ranges, .. } = beside_another(&database, || changed(&database, &url, ""));
        assert!(turns < 2 * ranges, "one was at it, and {turns} times another of {ranges} ranges had its turn");
    }
}
