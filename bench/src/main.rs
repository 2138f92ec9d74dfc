//! Measurements of Limosa beside `psql`, on a private server, in one run. Linux only: it reads `/proc`.
//!
//!     cargo build --release && cargo run --release -p limosa-bench [MIGRATIONS]
//!
//! Prints what was measured and on what machine; asserts nothing. The CPU of the server is that of all its processes,
//! in clock ticks of 10 ms; the CPU and the peak memory of a client are its own.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement prints, and ends when it cannot go on")]

mod files;
mod machine;
mod measured;
mod proc_stat;
mod server_cpu;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use limosa_testkit::{PrivateServer, Proxy, limosa_binary, server};

use crate::files::Files;
use crate::measured::{Measured, median, run};
use crate::server_cpu::ServerCpu;

/// How often each thing is measured; the median counts.
const ROUNDS: usize = 3;
/// What the slow network adds in each direction.
const DELAY: Duration = Duration::from_millis(5);

fn main() {
    let migrations = std::env::args().nth(1).map_or(1_000, |text| text.parse().expect("a number of migrations"));
    println!("{}", machine::describe());
    let folder = tempfile::tempdir().unwrap();
    let files = Files::write(folder.path(), migrations);
    let server = PrivateServer::start(server().major());
    println!(
        "PostgreSQL {}, {migrations} migrations of a table with 5 columns and an index\n",
        server.server().major()
    );
    apply(&server, &files);
    nothing_to_do(&server, &files);
    slow_network(&server, &files);
}

/// Everything from nothing, beside `psql`.
fn apply(server: &PrivateServer, files: &Files) {
    let cpu = ServerCpu::of(&server.data());
    // One after the other in turns, so that a machine that slows down slows both.
    let rounds: Vec<_> = (0..ROUNDS)
        .map(|_| {
            let psql = cpu.around(|| run(psql(server.fresh_database().url(), files)));
            let limosa = cpu.around(|| run(limosa(server.fresh_database().url(), files, "up")));
            (psql, limosa)
        })
        .collect();
    println!("apply {} migrations      wall      client CPU  server CPU  total CPU  peak memory", files.count);
    let total = |measured: &(Measured, Duration)| measured.0.cpu + measured.1;
    let line = |name: &str, pick: &dyn Fn(usize) -> (Measured, Duration)| {
        let of = |what: &dyn Fn(&(Measured, Duration)) -> Duration| median((0..ROUNDS).map(|round| what(&pick(round))));
        println!(
            "  {name:<22} {:>7.3} s  {:>9.2} s {:>9.2} s {:>8.2} s  {:>8.1} MB",
            of(&|it| it.0.wall).as_secs_f64(),
            of(&|it| it.0.cpu).as_secs_f64(),
            of(&|it| it.1).as_secs_f64(),
            of(&total).as_secs_f64(),
            (0..ROUNDS).map(|round| pick(round).0.peak_kilobytes).max().unwrap_or_default() as f64 / 1024.0,
        );
        of(&total)
    };
    let psql = line("psql", &|round| rounds[round].0);
    let limosa = line("limosa up", &|round| rounds[round].1);
    println!("  total CPU, limosa / psql: {:.2}\n", limosa.as_secs_f64() / psql.as_secs_f64());
}

/// `up` on a target that has everything.
fn nothing_to_do(server: &PrivateServer, files: &Files) {
    let database = server.fresh_database();
    run(limosa(database.url(), files, "up"));
    let wall = median((0..ROUNDS * 3).map(|_| run(limosa(database.url(), files, "up")).wall));
    let proxy = Proxy::to_url(database.url(), Duration::ZERO);
    let round_trips = |command: Command| {
        let before = proxy.counts();
        run(command);
        proxy.counts().round_trips - before.round_trips
    };
    let connecting = round_trips(psql_command(&proxy.url(database.url()), ""));
    let all = round_trips(limosa(&proxy.url(database.url()), files, "up"));
    println!("nothing to do, {} applied", files.count);
    println!("  wall                    {:>7.3} s", wall.as_secs_f64());
    println!("  round trips             {all}, of which connecting and logging in take {connecting}\n");
}

/// Everything from nothing over a network that takes its time.
fn slow_network(server: &PrivateServer, files: &Files) {
    let database = server.fresh_database();
    let proxy = Proxy::to_url(database.url(), DELAY);
    let measured = run(limosa(&proxy.url(database.url()), files, "up"));
    let round_trips = proxy.counts().round_trips;
    println!("apply {} migrations through a proxy that adds {} ms each way", files.count, DELAY.as_millis());
    println!("  wall                    {:>7.3} s", measured.wall.as_secs_f64());
    println!(
        "  round trips             {round_trips} on {} connections, {:.3} for each migration",
        proxy.counts().connections,
        round_trips as f64 / files.count as f64
    );
    println!("  peak memory             {:>7.1} MB", measured.peak_kilobytes as f64 / 1024.0);
}

fn limosa(url: &str, files: &Files, verb: &str) -> Command {
    let mut command = Command::new(limosa_binary());
    command.arg("-C").arg(&files.folder).args(["-q", "--url", url, verb]);
    command
}

/// The same files, each in its own transaction, in one session.
fn psql(url: &str, files: &Files) -> Command {
    let mut command = psql_command(url, "");
    command.arg("-f").arg(&files.script).current_dir(Path::new("/"));
    command
}

fn psql_command(url: &str, sql: &str) -> Command {
    let mut command = Command::new("psql");
    command.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url]);
    if !sql.is_empty() {
        command.args(["-c", sql]);
    }
    command
}
