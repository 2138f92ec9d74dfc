//! `/proc/<pid>/stat`.

use std::fs;
use std::path::Path;
use std::time::Duration;

/// Linux counts CPU in ticks of this length for user programs (`USER_HZ` is 100 on every architecture).
const TICK: Duration = Duration::from_millis(10);

/// What the system says of a process.
pub(crate) struct ProcStat {
    /// The fields of proc(5) from the third on; what is no number stands as 0.
    fields: Vec<u32>,
}

impl ProcStat {
    /// Of `/proc/<pid>` or `/proc/self`; `None` for a process that is gone.
    pub(crate) fn read(process: &Path) -> Option<Self> {
        let stat = fs::read_to_string(process.join("stat")).ok()?;
        // The name, in parentheses, may hold anything.
        let fields = stat.rsplit(')').next()?.split_whitespace().map(|field| field.parse().unwrap_or(0)).collect();
        Some(Self { fields })
    }

    /// The number of the parent process.
    pub(crate) fn parent(&self) -> u32 {
        self.fields[1]
    }

    /// User and system time of the process itself.
    pub(crate) fn own(&self) -> Duration {
        TICK * (self.fields[11] + self.fields[12])
    }

    /// The same of its children that have ended.
    pub(crate) fn ended_children(&self) -> Duration {
        TICK * (self.fields[13] + self.fields[14])
    }
}
