//! Rows from a file: `limosa seed` beside a plain `COPY` into the same table with the same indexes.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use limosa_testkit::{Database, PrivateServer, limosa_binary};

use crate::measured::{Measured, ROUNDS, median, psql_command, run};

const TABLE: &str = "
    CREATE TABLE patient (id uuid PRIMARY KEY, number bigint NOT NULL, email text, born date, note text);
    CREATE INDEX ON patient (number);
    CREATE INDEX ON patient (email)";

pub(crate) fn measure(server: &PrivateServer, rows: usize) {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/bench-seeds"));
    let file = project(folder);
    let text = csv(rows, &|_| false);
    let megabytes = text.len() as f64 / 1e6;
    fs::write(&file, &text).unwrap();
    println!("{rows} rows of CSV, {megabytes:.0} MB, into a table with a random uuid key and two indexes\n");
    println!("                              wall       rows/s   client CPU   peak memory");

    let copy = format!("\\copy patient FROM '{}' WITH (FORMAT csv, HEADER)", file.display());
    let fresh = || {
        let database = server.fresh_database();
        database.execute(TABLE);
        // The history is not what is measured.
        run(seed(&database, folder, &["none"]));
        run(psql_command(database.url(), "CHECKPOINT"));
        database
    };
    let plain = line("plain COPY (psql)", rows, || {
        let database = fresh();
        run(psql_command(database.url(), &copy))
    });
    let straight = line("seed, empty table", rows, || {
        let database = fresh();
        run(seed(&database, folder, &["patient"]))
    });
    println!("  rows/s beside COPY: {:.2}\n", plain.as_secs_f64() / straight.as_secs_f64());

    let database = fresh();
    run(seed(&database, folder, &["patient"]));
    let unchanged = line("seed, unchanged file", rows, || run(seed(&database, folder, &["patient"])));
    line("seed --force, same rows", rows, || run(seed(&database, folder, &["patient", "--force"])));
    let mut round = 0;
    line("seed, 1 % changed", rows, || {
        round += 1;
        fs::write(&file, csv(rows, &|row| row % 100 == round)).unwrap();
        let written = "SELECT n_tup_upd FROM pg_stat_user_tables WHERE relname = 'patient'";
        let before = count(&database, written);
        let measured = run(seed(&database, folder, &["patient"]));
        println!("    {} rows written", count(&database, written) - before);
        measured
    });
    println!("  unchanged: {:.3} s for {megabytes:.0} MB\n", unchanged.as_secs_f64());
}

/// Measures something several times, and prints the middle.
fn line(name: &str, rows: usize, mut measured: impl FnMut() -> Measured) -> Duration {
    let all: Vec<Measured> = (0..ROUNDS).map(|_| measured()).collect();
    let wall = median(all.iter().map(|it| it.wall));
    let cpu = median(all.iter().map(|it| it.cpu));
    let peak = all.iter().map(|it| it.peak_kilobytes).max().unwrap_or_default();
    let rate = rows as f64 / wall.as_secs_f64();
    let (wall_s, cpu_s) = (wall.as_secs_f64(), cpu.as_secs_f64());
    println!("  {name:<24} {wall_s:>7.2} s  {rate:>9.0}  {cpu_s:>9.2} s  {:>8} MB", peak / 1024);
    wall
}

fn count(database: &Database, sql: &str) -> i64 {
    // Counters arrive a little later than the rows.
    std::thread::sleep(Duration::from_millis(1_500));
    database.execute(sql)[0][0].as_deref().unwrap_or_default().parse().unwrap()
}

fn seed(database: &Database, folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(limosa_binary());
    command.arg("-C").arg(folder).args(["--url", database.url(), "--quiet", "seed"]).args(words);
    command
}

/// Rows in the order of no key, as reference data come.
fn csv(rows: usize, is_changed: &dyn Fn(usize) -> bool) -> String {
    let mut text = String::from("id,number,email,born,note\n");
    for row in 0..rows {
        let mixed = (row as u128).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
        let hex = format!("{mixed:032x}");
        let (a, b, c, d, e) = (&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]);
        let note = if is_changed(row) { "changed" } else { "as it was, with a comma" };
        let day = row % 28 + 1;
        writeln!(text, "{a}-{b}-{c}-{d}-{e},{row},patient{row}@example.org,1950-01-{day:02},\"{note}\"").unwrap();
    }
    text
}

/// A project with two seeds, and the file of the one that is measured.
fn project(folder: &Path) -> PathBuf {
    fs::create_dir_all(folder.join("migrations")).unwrap();
    fs::create_dir_all(folder.join("seeds")).unwrap();
    fs::write(folder.join("limosa.toml"), "[project]\nname = \"clinic\"\n").unwrap();
    fs::write(folder.join("seeds/none.sql"), "SELECT 1;\n").unwrap();
    folder.join("seeds/patient.csv")
}
