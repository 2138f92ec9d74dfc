//! Many rows, changed: `limosa backfill` beside one single `UPDATE`, beside a client that goes row by row, and beside
//! the loop that looks for the next thousand rows each time.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use limosa_testkit::{Connection, Database, PrivateServer, Proxy, limosa_binary};

use crate::measured::{psql_command, run};
use crate::traffic::{IDLE, Work, busy, compare};

/// A table with a key and two further indexes.
const TABLE: &str = "
    CREATE TABLE patient (id {key} PRIMARY KEY, number bigint, email text, born date, public_id text, note text,
        seen integer NOT NULL DEFAULT 0);
    INSERT INTO patient SELECT {value}, i, 'Patient' || i || '@Example.org', '1950-01-01'::date + (i % 20000)::int,
        NULL, repeat('x', 80) FROM generate_series(1, {rows}) i;
    CREATE INDEX ON patient (born);
    CREATE INDEX ON patient (email);
    VACUUM ANALYZE patient;
    CHECKPOINT";
/// What those do that make no ids.
const CHANGE: &str = "note = lower(email)";
/// What makes rows as much longer as the ids do that are made here.
const LONGER: &str = "public_id = 'pat_' || substr(md5(number::text), 1, 24)";
/// The clock of the slow ones is stopped here.
const LIMIT: Duration = Duration::from_secs(60);

/// How the key lies in the table.
#[derive(Clone, Copy)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    kind: &'static str,
    value: &'static str,
}

pub(crate) const RANDOM: Key = Key { name: "a random key", kind: "uuid", value: "gen_random_uuid()" };
const ORDERED: Key = Key { name: "a key in heap order", kind: "bigint", value: "i" };

pub(crate) fn measure(server: &PrivateServer, rows: usize) {
    for key in [RANDOM, ORDERED] {
        println!("{rows} rows with {} and two further indexes\n", key.name);
        println!("                              wall       rows/s   × one   table and indexes, before → after");
        let single = line(server, (key, rows), "one UPDATE", None, |url| {
            psql_command(url, &format!("UPDATE patient SET {CHANGE}"))
        });
        let set = |workers: &str| ["--set", CHANGE, "--parallel", workers].map(str::to_owned);
        line(server, (key, rows), "--set, 1 worker", Some(single), |url| backfill(url, &set("1")));
        line(server, (key, rows), "  2 workers", Some(single), |url| backfill(url, &set("2")));
        let single = line(server, (key, rows), "one UPDATE, ids", None, |url| {
            psql_command(url, &format!("UPDATE patient SET {LONGER}"))
        });
        let ids = |workers: &str| ["--generate", "public_id=cuid2:pat_", "--parallel", workers].map(str::to_owned);
        line(server, (key, rows), "--generate, 1 worker", Some(single), |url| backfill(url, &ids("1")));
        line(server, (key, rows), "  2 workers", Some(single), |url| backfill(url, &ids("2")));
        println!();
    }
}

/// The same change of ten times as many rows.
pub(crate) fn growth(server: &PrivateServer, rows: usize) {
    println!("from {rows} to {} rows, with {}\n", rows * 10, RANDOM.name);
    for rows in [rows, rows * 10] {
        let set = ["--set", CHANGE].map(str::to_owned);
        line(server, (RANDOM, rows), &format!("backfill, {rows}"), None, |url| backfill(url, &set));
        line(server, (RANDOM, rows), &format!("one UPDATE, {rows}"), None, |url| {
            psql_command(url, &format!("UPDATE patient SET {CHANGE}"))
        });
    }
    let database = fresh(server, RANDOM, rows);
    let connection = Connection::open(database.url());
    let begun = Instant::now();
    let mut took = Vec::new();
    while begun.elapsed() < LIMIT && took.len() * 1_000 < rows {
        let batch = Instant::now();
        connection.execute(
            "UPDATE patient SET public_id = number::text WHERE id IN \
             (SELECT id FROM patient WHERE public_id IS NULL ORDER BY id LIMIT 1000)",
        );
        took.push(batch.elapsed());
    }
    let (first, last) = (took.first().unwrap().as_secs_f64() * 1e3, took.last().unwrap().as_secs_f64() * 1e3);
    println!(
        "  WHERE … IS NULL ORDER BY id LIMIT 1000: {} rows in {:.0} s, the first batch {first:.0} ms, the last \
         {last:.0} ms\n",
        took.len() * 1_000,
        begun.elapsed().as_secs_f64()
    );
}

/// What others feel.
pub(crate) fn latency(server: &PrivateServer, rows: usize) {
    println!("{rows} rows with {}", RANDOM.name);
    let of = |command: fn(&str) -> Command| {
        move |url: &str| -> Work {
            let command = command(url);
            Box::new(|| {
                run(command);
            })
        }
    };
    compare(
        || fresh(server, RANDOM, rows),
        &[
            ("nothing", &|_| Box::new(|| std::thread::sleep(IDLE))),
            ("a loop in PL/pgSQL", &busy),
            ("one UPDATE", &of(|url| psql_command(url, &format!("UPDATE patient SET {CHANGE}")))),
            ("backfill", &of(|url| backfill(url, &["--set", CHANGE].map(str::to_owned)))),
            ("  two workers", &of(|url| backfill(url, &["--set", CHANGE, "--parallel", "2"].map(str::to_owned)))),
        ],
    );
}

/// Ids, given row by row.
pub(crate) fn row_by_row(server: &PrivateServer, rows: usize) {
    println!("ids made by a client that goes row by row, each a transaction ({})\n", RANDOM.name);
    for (name, delay, rows) in [("on loopback", 0, rows / 50), ("1 ms away", 500, rows / 500)] {
        let database = fresh(server, RANDOM, rows);
        let keys = database.execute("SELECT id FROM patient");
        let proxy = (delay > 0).then(|| Proxy::to_url(database.url(), Duration::from_micros(delay)));
        let url = proxy.as_ref().map_or_else(|| database.url().to_owned(), |proxy| proxy.url(database.url()));
        let connection = Connection::open(&url);
        let begun = Instant::now();
        for (number, key) in keys.iter().enumerate() {
            let key = key[0].as_deref().unwrap();
            connection.execute(&format!("UPDATE patient SET public_id = 'pat_{number:024}' WHERE id = '{key}'"));
        }
        let rate = keys.len() as f64 / begun.elapsed().as_secs_f64();
        println!("  {name:<22} {rate:>9.0} rows/s ({} rows)", keys.len());
    }
    println!();
}

pub(crate) fn fresh(server: &PrivateServer, key: Key, rows: usize) -> Database {
    let database = server.fresh_database();
    let sql = TABLE.replace("{key}", key.kind).replace("{value}", key.value).replace("{rows}", &rows.to_string());
    // VACUUM runs in no transaction.
    for statement in sql.split(';') {
        run(psql_command(database.url(), statement));
    }
    // What is left of that to be written is not to meet what is measured.
    run(Command::new("sync"));
    database
}

fn line(
    server: &PrivateServer,
    (key, rows): (Key, usize),
    name: &str,
    single: Option<Duration>,
    command: impl Fn(&str) -> Command,
) -> Duration {
    let database = fresh(server, key, rows);
    let size = || {
        let sql = "SELECT pg_table_size('patient') / 1048576, pg_indexes_size('patient') / 1048576";
        let answer = database.execute(sql);
        answer[0].iter().flatten().cloned().collect::<Vec<_>>().join(" + ")
    };
    let before = size();
    let wall = run(command(database.url())).wall;
    let rate = rows as f64 / wall.as_secs_f64();
    let beside = single.map_or_else(String::new, |one| format!("{:.2}", one.as_secs_f64() / wall.as_secs_f64()));
    println!("  {name:<22} {:>9.2} s  {rate:>9.0}  {beside:>6}   {before} → {} MB", wall.as_secs_f64(), size());
    wall
}

fn backfill(url: &str, change: &[String]) -> Command {
    let mut command = Command::new(limosa_binary());
    command.args(["-C", project(), "--url", url, "--quiet", "backfill", "run", "--table", "patient"]).args(change);
    command
}

/// A folder that is a project and has nothing in it.
fn project() -> &'static str {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/bench-backfill"));
    std::fs::create_dir_all(folder.join("migrations")).unwrap();
    std::fs::write(folder.join("limosa.toml"), "[project]\nname = \"clinic\"\n").unwrap();
    concat!(env!("CARGO_MANIFEST_DIR"), "/../target/bench-backfill")
}
