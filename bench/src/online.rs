//! A column filled online, with the triggers in place that keep it in step: `limosa up` beside `reshape`, where its
//! binary is named, and beside batches that touch rows so that a trigger fills them.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use limosa_testkit::{Connection, Database, PrivateServer, limosa_binary};
use tempfile::TempDir;

use crate::backfill::{RANDOM, fresh};
use crate::measured::run;
use crate::traffic::{IDLE, busy, compare};

/// Where the `reshape` program is.
const RESHAPE: &str = "LIMOSA_BENCH_RESHAPE";

/// Tells the project its database.
const URL: &str = "LIMOSA_BENCH_URL";

/// What all of them come to: a further column, filled from another one, and kept in step for clients that do not know
/// it.
const CHANGE: &str = "-- limosa: online\n\n-- limosa: forward lower(email)\n\
                      ALTER TABLE patient ADD COLUMN folded text;\n";
const RESHAPE_CHANGE: &str = "[[actions]]\ntype = \"add_column\"\ntable = \"patient\"\nup = \"lower(email)\"\n\n\
                              \x20 [actions.column]\n  name = \"folded\"\n  type = \"TEXT\"\n";

/// Rows that are touched in one batch, and the flag that says which are still to be.
const TOUCHED: usize = 1_000;
const TOUCH: &str = "
    ALTER TABLE patient ADD COLUMN folded text, ADD COLUMN to_do boolean DEFAULT true;
    CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.folded := lower(NEW.email);
        NEW.to_do := false;
        RETURN NEW;
    END $$;
    CREATE TRIGGER fill BEFORE INSERT OR UPDATE ON patient FOR EACH ROW EXECUTE FUNCTION fill()";

#[expect(clippy::disallowed_methods, reason = "a measurement is told by the environment where another program is")]
pub(crate) fn measure(server: &PrivateServer, rows: usize) {
    println!("{rows} rows with {} and two further indexes: a column filled under its triggers\n", RANDOM.name);
    let table = || fresh(server, RANDOM, rows);
    let reshape = std::env::var(RESHAPE).ok().map(|binary| timed(&table(), |url| with_reshape(&binary, url)));
    let touched = timed(&table(), touch);
    let own = |workers: Option<u32>| {
        timed(&table(), |url| {
            let project = project(url, workers);
            run(limosa(&project, url, "up"));
        })
    };
    let (usual, one) = (own(None), own(Some(1)));
    let tell = |name: &str, took: Duration| {
        println!(
            "  {name:<30} {:>7.2} s  {:>8.0} rows/s  limosa × {:.2}",
            took.as_secs_f64(),
            rows as f64 / took.as_secs_f64(),
            took.as_secs_f64() / usual.as_secs_f64()
        );
    };
    match reshape {
        Some(took) => tell("reshape", took),
        None => println!("  reshape: not measured; {RESHAPE} says where its program is"),
    }
    tell("batches that touch rows", touched);
    tell("limosa up", usual);
    tell("  with one worker", one);
    println!();
    latency(server, rows);
}

/// What others feel while both versions come to live side by side and the old one goes.
fn latency(server: &PrivateServer, rows: usize) {
    compare(
        || fresh(server, RANDOM, rows),
        &[
            ("nothing", &|_| Box::new(|| std::thread::sleep(IDLE))),
            ("a loop in PL/pgSQL", &busy),
            ("limosa up, limosa contract", &|url| {
                let (project, url) = (project(url, None), url.to_owned());
                Box::new(move || {
                    run(limosa(&project, &url, "up"));
                    run(limosa(&project, &url, "contract"));
                })
            }),
        ],
    );
}

fn timed(database: &Database, work: impl Fn(&str)) -> Duration {
    let begun = Instant::now();
    work(database.url());
    begun.elapsed()
}

/// A project whose first migration is applied, so that the second one meets a database in use. Where nothing is said of
/// workers, there are as many as there are where nobody says anything.
fn project(url: &str, workers: Option<u32>) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let migrations = folder.path().join("migrations");
    std::fs::create_dir(&migrations).unwrap();
    let workers = workers.map(|workers| format!("[env.bench.backfill]\nparallel = {workers}\n")).unwrap_or_default();
    let settings = format!("[project]\nname = \"clinic\"\n[env.bench]\nurl = \"env:{URL}\"\n{workers}");
    std::fs::write(folder.path().join("limosa.toml"), settings).unwrap();
    std::fs::write(migrations.join("001_begin.sql"), "CREATE TABLE clinic (id int);\n").unwrap();
    run(limosa(&folder, url, "up"));
    std::fs::write(migrations.join("002_folded.sql"), CHANGE).unwrap();
    folder
}

fn limosa(project: &TempDir, url: &str, verb: &str) -> Command {
    let mut command = Command::new(limosa_binary());
    command.arg("-C").arg(project.path()).args(["--env", "bench", "--quiet", verb]).env(URL, url);
    command
}

fn with_reshape(binary: &str, url: &str) {
    let folder = tempfile::tempdir().unwrap();
    let migrations = folder.path().join("migrations");
    std::fs::create_dir(&migrations).unwrap();
    std::fs::write(migrations.join("1_folded.toml"), RESHAPE_CHANGE).unwrap();
    let mut command = Command::new(Path::new(binary));
    run({
        command.current_dir(folder.path()).args(["migration", "start", "--url", url]);
        command
    });
}

/// Batches in the order of the key. The trigger does the work, as it does for rows that clients write.
fn touch(url: &str) {
    let connection = Connection::open(url);
    connection.execute(TOUCH);
    let mut behind = String::new();
    loop {
        let rows = connection.execute(&format!(
            "WITH batch AS (SELECT id FROM patient WHERE to_do {behind} ORDER BY id LIMIT {TOUCHED} \
             FOR NO KEY UPDATE), touched AS (UPDATE patient SET id = patient.id FROM batch \
             WHERE patient.id = batch.id RETURNING patient.id) \
             SELECT id FROM touched ORDER BY id DESC LIMIT 1"
        ));
        let Some(last) = rows.into_iter().next().and_then(|row| row.into_iter().next().flatten()) else { break };
        behind = format!("AND id > '{last}'");
    }
}
