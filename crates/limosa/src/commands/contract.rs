//! `contract`.

use std::time::Duration;

use clap::Args;

use super::up::duration;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::finishing::{End, Finishing};
use crate::invocation::Invocation;

const EXAMPLES: &str = "\
A migration under `-- limosa: online` leaves old and new clients able to work. When no client needs the old version \
any more, this takes it away: it verifies that every row is filled, and then needs its locks for milliseconds.

Examples:
  limosa contract                      everything that waits for it
  limosa --service api contract 12     this version
  limosa abort 12                      the other way: the new version goes";

/// Finish an online change: the old version goes
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Contract {
    /// The migration; all that wait where it is not said.
    version: Option<String>,
    /// Why; kept in the event log.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// How long to look for clients of the old version before it goes.
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = duration)]
    quiet_window: Duration,
    /// A danger that is run into on purpose, by its name.
    #[arg(long, value_enum, value_name = "HAZARD")]
    allow: Vec<Hazard>,
    /// How long to wait for another run on the same target: 30s, 10m, 1h.
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = duration)]
    wait: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Hazard {
    /// Clients of the old version are at work, and will fail.
    OldVersionInUse,
    /// A table is replicated, and those who receive it, or send it, are ready for what becomes of it.
    Replicated,
    /// Rows have no value, since an expression failed for them; what they held is kept.
    Quarantined,
}

impl Contract {
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let (version, reason) = (self.version.as_deref(), self.reason.as_deref());
        let quiet_window = (!self.allow.contains(&Hazard::OldVersionInUse)).then_some(self.quiet_window);
        let (leaves_quarantined, wait) = (self.allow.contains(&Hazard::Quarantined), self.wait);
        let allows_replicated = self.allow.contains(&Hazard::Replicated);
        let end = End::Contract;
        Finishing { end, version, reason, quiet_window, allows_replicated, leaves_quarantined, wait }
            .run(invocation)
            .await
    }
}
