//! What a run costs the server.

use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use crate::proc_stat::ProcStat;

/// The CPU of a server's processes.
pub(crate) struct ServerCpu {
    postmaster: u32,
}

impl ServerCpu {
    /// Of the server that runs on this data folder.
    pub(crate) fn of(data: &Path) -> Self {
        let file = fs::read_to_string(data.join("postmaster.pid")).unwrap();
        Self { postmaster: file.lines().next().unwrap().trim().parse().unwrap() }
    }

    /// What the server spends while something is done, its session's end included.
    pub(crate) fn around<T>(&self, work: impl FnOnce() -> T) -> (T, Duration) {
        let quiet = self.processes();
        let before = self.so_far();
        let result = work();
        // A session's processes are counted with the postmaster once they have ended.
        while self.processes() > quiet {
            sleep(Duration::from_millis(5));
        }
        (result, self.so_far() - before)
    }

    fn processes(&self) -> usize {
        self.stats().len()
    }

    fn so_far(&self) -> Duration {
        let spent = |(process, stat): &(u32, ProcStat)| {
            if *process == self.postmaster { stat.own() + stat.ended_children() } else { stat.own() }
        };
        self.stats().iter().map(spent).sum()
    }

    /// The postmaster and its children.
    fn stats(&self) -> Vec<(u32, ProcStat)> {
        let processes = fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| {
            let process: u32 = entry.file_name().to_str()?.parse().ok()?;
            Some((process, ProcStat::read(&entry.path())?))
        });
        processes.filter(|(process, stat)| *process == self.postmaster || stat.parent() == self.postmaster).collect()
    }
}
