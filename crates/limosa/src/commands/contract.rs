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
    /// The service whose map of ids is carried here has not contracted its own change: old ids are still made there.
    OwnerOpen,
}

impl Contract {
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let (version, reason) = (self.version.as_deref(), self.reason.as_deref());
        let quiet_window = (!self.allow.contains(&Hazard::OldVersionInUse)).then_some(self.quiet_window);
        let finishing = Finishing {
            end: End::Contract,
            version,
            reason,
            quiet_window,
            allows_replicated: self.allow.contains(&Hazard::Replicated),
            leaves_quarantined: self.allow.contains(&Hazard::Quarantined),
            allows_open_owner: self.allow.contains(&Hazard::OwnerOpen),
            wait: self.wait,
        };
        finishing.run(invocation).await
    }
}
