//! Migrations, applied.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use limosa_testkit::{PrivateServer, Proxy, limosa_binary};

use crate::files::Files;
use crate::measured::{Measured, ROUNDS, median, psql_command, run};
use crate::server_cpu::ServerCpu;

/// What the slow network adds in each direction.
const DELAY: Duration = Duration::from_millis(5);

pub(crate) fn measure(server: &PrivateServer, migrations: usize) {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::write(folder.path(), migrations);
    println!("{migrations} migrations of a table with 5 columns and an index\n");
    apply(server, &files);
    nothing_to_do(server, &files);
    slow_network(server, &files);
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
