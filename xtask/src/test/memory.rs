//! Where servers and projects of tests live: in memory, where there is room.
//!
//! Tests make and drop thousands of databases. On disk, a third of their time goes into making files where others have
//! just been removed, which ext4 looks for one by one.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::command;

/// A file system in memory.
const MEMORY: &str = "/dev/shm";
/// So much has to be free there, and of the memory itself: several servers at once, with their logs.
const ROOM: u64 = 10 << 30;

/// The folder for what is there for one run only; `None` leaves it to the system's, or to `TMPDIR`, which goes first.
pub(super) fn folder() -> Option<PathBuf> {
    let is_free = env::var_os("TMPDIR").is_none() && Path::new(MEMORY).is_dir();
    (is_free && room_there()? >= ROOM && memory()? >= ROOM).then(|| PathBuf::from(MEMORY))
}

fn room_there() -> Option<u64> {
    let said = command::run(Command::new("df").args(["-Pk", MEMORY])).ok()?;
    kilobytes(said.lines().nth(1)?.split_whitespace().nth(3)?)
}

fn memory() -> Option<u64> {
    let said = fs::read_to_string("/proc/meminfo").ok()?;
    kilobytes(said.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?.split_whitespace().next()?)
}

fn kilobytes(text: &str) -> Option<u64> {
    text.parse::<u64>().ok()?.checked_mul(1 << 10)
}
