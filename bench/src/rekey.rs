//! A key that gets other values under its references: how long all of it takes beside the plain backfills that it
//! contains, and how long its cut-over holds everybody up.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use limosa_testkit::{Connection, PrivateServer, limosa_binary};

/// A key and three tables that refer to it, four times as many rows together.
const TABLES: &str = "
    CREATE TABLE client (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text NOT NULL);
    INSERT INTO client (name) SELECT 'client ' || i FROM generate_series(1, {rows}) i;
    CREATE TEMPORARY TABLE numbered AS SELECT id, row_number() OVER () AS n FROM client;
    CREATE TABLE visit (id bigint PRIMARY KEY, client_id uuid NOT NULL, note text);
    INSERT INTO visit SELECT row_number() OVER (), id, 'v' FROM numbered, generate_series(1, 2);
    CREATE TABLE invoice (id bigint PRIMARY KEY, client_id uuid, total numeric);
    INSERT INTO invoice SELECT n, id, n FROM numbered;
    CREATE TABLE letter (id bigint PRIMARY KEY, client_id uuid NOT NULL, text text);
    INSERT INTO letter SELECT n, id, 'l' FROM numbered;
    ALTER TABLE visit ADD FOREIGN KEY (client_id) REFERENCES client ON DELETE CASCADE;
    ALTER TABLE invoice ADD FOREIGN KEY (client_id) REFERENCES client ON DELETE SET NULL;
    ALTER TABLE letter ADD FOREIGN KEY (client_id) REFERENCES client;
    CREATE INDEX ON visit (client_id);
    CREATE INDEX ON invoice (client_id);
    CREATE INDEX ON letter (client_id)";
/// By themselves, since they run in no transaction.
const SETTLED: [&str; 2] = ["VACUUM ANALYZE client, visit, invoice, letter", "CHECKPOINT"];

/// The same work without anybody to look after: columns, ids and joins.
const PLAIN: &str = "
    ALTER TABLE client ADD COLUMN short varchar(8);
    CREATE TABLE map (old_id uuid PRIMARY KEY, new_id varchar(8) NOT NULL UNIQUE);
    ALTER TABLE visit ADD COLUMN short varchar(8);
    ALTER TABLE invoice ADD COLUMN short varchar(8);
    ALTER TABLE letter ADD COLUMN short varchar(8)";

pub(crate) fn measure(server: &PrivateServer, rows: usize) {
    println!("a key of {rows} rows with {} that refer to it in three tables\n", rows * 4);
    let fresh = || {
        let database = server.server().fresh_database();
        let connection = Connection::open(database.url());
        connection.execute(&TABLES.replace("{rows}", &rows.to_string()));
        SETTLED.iter().for_each(|statement| {
            connection.execute(statement);
        });
        database
    };
    let [one, plain] = ["1", "2"].map(|workers| {
        let took = plain_backfills(fresh().url(), workers);
        println!("  the plain backfills, workers: {workers}  {:7.1} s", took.as_secs_f64());
        took
    });

    let database = fresh();
    let folder = tempfile::tempdir().unwrap();
    let run = |words: &[&str]| {
        let begun = Instant::now();
        limosa(folder.path(), database.url(), words);
        begun.elapsed()
    };
    project(folder.path());
    std::fs::write(folder.path().join("migrations/001_begin.sql"), "SELECT 1;\n").unwrap();
    run(&["up"]);
    run(&["rekey", "client.id", "--to", "varchar(8)", "--generate", "alnum:8"]);
    let up = run(&["up", "-q"]);
    println!(
        "  limosa up                        {:7.1} s, {:.2} × those, {:.2} × those by one",
        up.as_secs_f64(),
        up.as_secs_f64() / plain.as_secs_f64(),
        up.as_secs_f64() / one.as_secs_f64()
    );
    let held = longest_wait(database.url(), || {
        run(&["contract", "--quiet-window", "10ms", "-q"]);
    });
    println!(
        "  contract                         {:7.1} ms, the longest that a reader of one row waited\n",
        held.as_secs_f64() * 1e3
    );
}

/// `limosa backfill` of each column by so many workers, one after the other, and of the map.
fn plain_backfills(url: &str, workers: &str) -> Duration {
    Connection::open(url).execute(PLAIN);
    let folder = tempfile::tempdir().unwrap();
    project(folder.path());
    let begun = Instant::now();
    let backfill = |words: &[&str]| {
        limosa(folder.path(), url, &[&["backfill", "run", "-q", "--url", url, "--parallel", workers], words].concat());
    };
    backfill(&["--table", "client", "--generate", "short=alnum-random:8"]);
    Connection::open(url).execute("INSERT INTO map SELECT id, short FROM client; ANALYZE map");
    for table in ["visit", "invoice", "letter"] {
        let set = format!("short = (SELECT new_id FROM map WHERE old_id = {table}.client_id)");
        backfill(&["--table", table, "--set", &set, "--where", "short IS NULL"]);
    }
    begun.elapsed()
}

/// A project that has no migrations yet.
fn project(folder: &Path) {
    let settings = "[project]\nname = \"bench\"\n[env.dev]\nurl = \"env:DATABASE_URL\"\n";
    std::fs::write(folder.join("limosa.toml"), settings).unwrap();
    std::fs::create_dir(folder.join("migrations")).unwrap();
}

fn limosa(folder: &Path, url: &str, words: &[&str]) {
    let output =
        Command::new(limosa_binary()).args(words).current_dir(folder).env("DATABASE_URL", url).output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// The longest that a reader of one row had to wait while something was done.
fn longest_wait(url: &str, work: impl FnOnce()) -> Duration {
    let ended = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let connection = Connection::open(url);
            let mut longest = Duration::ZERO;
            while !ended.load(std::sync::atomic::Ordering::Relaxed) {
                let begun = Instant::now();
                connection.execute("SELECT name FROM client LIMIT 1");
                longest = longest.max(begun.elapsed());
            }
            longest
        });
        work();
        ended.store(true, std::sync::atomic::Ordering::Relaxed);
        reader.join().unwrap()
    })
}
