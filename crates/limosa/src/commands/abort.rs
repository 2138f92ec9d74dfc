//! `abort`.

use std::time::Duration;

use clap::Args;

use super::up::duration;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::finishing::{End, Finishing};
use crate::invocation::Invocation;

const EXAMPLES: &str = "\
Until `limosa contract`, an online change can be taken back at any time, also when its run was cut off: the table is \
then as it was, with all that clients of either version wrote.

Examples:
  limosa abort 12                                    takes version 12 back
  limosa --service api abort 12 --reason 'too slow'";

/// Take an online change back: the new version goes
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Abort {
    /// The migration.
    version: String,
    /// Why; kept in the event log.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// How long to wait for another run on the same target: 30s, 10m, 1h.
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = duration)]
    wait: Duration,
}

impl Abort {
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        let (version, reason) = (Some(self.version.as_str()), self.reason.as_deref());
        let finishing = Finishing {
            end: End::Abort,
            version,
            reason,
            quiet_window: None,
            allows_replicated: true,
            leaves_quarantined: false,
            allows_open_owner: true,
            wait: self.wait,
        };
        finishing.run(invocation).await
    }
}
