//! Many rows, changed: `limosa backfill` beside one single `UPDATE`.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use limosa_testkit::{Database, PrivateServer, limosa_binary};

use crate::measured::{psql_command, run};

/// A table with two indexes and room for what is to be written.
const TABLE: &str = "
    CREATE TABLE patient (id {key} PRIMARY KEY, number bigint, email text, born date, public_id text, note text);
    INSERT INTO patient SELECT {value}, i, 'Patient' || i || '@Example.org', '1950-01-01'::date + (i % 20000)::int,
        NULL, repeat('x', 80) FROM generate_series(1, {rows}) i;
    CREATE INDEX ON patient (born);
    VACUUM ANALYZE patient";

pub(crate) fn measure(server: &PrivateServer, rows: usize) {
    let random = ("uuid", "gen_random_uuid()");
    for (name, (key, value)) in [("a random key", random), ("a key in heap order", ("bigint", "i"))] {
        println!("{rows} rows with {name} and an index\n");
        println!("                              wall       rows/s  table before → after");
        let fresh = || {
            let database = server.fresh_database();
            let sql = TABLE.replace("{key}", key).replace("{value}", value).replace("{rows}", &rows.to_string());
            // VACUUM runs in no transaction.
            for statement in sql.split(';') {
                run(psql_command(database.url(), statement));
            }
            run(psql_command(database.url(), "CHECKPOINT"));
            database
        };
        let update = "UPDATE patient SET note = lower(email)";
        let single = line("one UPDATE", rows, &fresh(), |url| psql_command(url, update));
        let set = ["--set", "note = lower(email)"];
        let set = line("backfill --set", rows, &fresh(), |url| backfill(url, &set));
        let ids = ["--generate", "public_id=cuid2:pat_"];
        let ids = line("backfill --generate", rows, &fresh(), |url| backfill(url, &ids));
        let rate = |took: Duration| single.as_secs_f64() / took.as_secs_f64();
        println!("  rows/s beside the UPDATE: {:.2} and {:.2}\n", rate(set), rate(ids));
    }
}

fn line(name: &str, rows: usize, database: &Database, command: impl Fn(&str) -> Command) -> Duration {
    let size = || {
        let answer = database.execute("SELECT pg_table_size('patient') / 1048576");
        answer[0][0].clone().unwrap_or_default()
    };
    let before = size();
    let wall = run(command(database.url())).wall;
    let rate = rows as f64 / wall.as_secs_f64();
    println!("  {name:<22} {:>9.2} s  {rate:>9.0}  {before} → {} MB", wall.as_secs_f64(), size());
    wall
}

fn backfill(url: &str, change: &[&str]) -> Command {
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
