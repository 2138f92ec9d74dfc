//! One run of a client program.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::proc_stat::ProcStat;

/// How often each thing is measured; the median counts.
pub(crate) const ROUNDS: usize = 3;

/// What a run cost the client.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured {
    pub(crate) wall: Duration,
    /// User and system.
    pub(crate) cpu: Duration,
    /// The largest resident set that was seen, looking every two milliseconds.
    pub(crate) peak_kilobytes: u64,
}

/// Runs a program to its end, which is a good one.
pub(crate) fn run(command: Command) -> Measured {
    run_to(command, 0)
}

/// Runs a program to its end with this exit code.
pub(crate) fn run_to(command: Command, code: i32) -> Measured {
    let (measured, ended) = run_to_end(command);
    assert_eq!(ended, Some(code), "the exit code");
    measured
}

/// Runs a program that may end with findings.
pub(crate) fn run_to_any(command: Command) -> Measured {
    let (measured, ended) = run_to_end(command);
    assert!(matches!(ended, Some(0 | 1)), "it ended with {ended:?}");
    measured
}

fn run_to_end(mut command: Command) -> (Measured, Option<i32>) {
    let before = waited_for();
    let begun = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    let mut peak = 0;
    let status = loop {
        peak = peak.max(peak_of(&child).unwrap_or_default());
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let wall = begun.elapsed();
    (Measured { wall, cpu: waited_for() - before, peak_kilobytes: peak }, status.code())
}

/// The CPU of all children that this process has waited for.
fn waited_for() -> Duration {
    ProcStat::read(Path::new("/proc/self")).unwrap().ended_children()
}

fn peak_of(child: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().strip_suffix(" kB")?.parse().ok()
}

/// The one in the middle.
pub(crate) fn median(values: impl Iterator<Item = Duration>) -> Duration {
    let mut values: Vec<Duration> = values.collect();
    values.sort();
    values[values.len() / 2]
}

/// `psql` on a database, with this SQL where there is any.
pub(crate) fn psql_command(url: &str, sql: &str) -> Command {
    let mut command = Command::new("psql");
    command.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url]);
    if !sql.is_empty() {
        command.args(["-c", sql]);
    }
    command
}
