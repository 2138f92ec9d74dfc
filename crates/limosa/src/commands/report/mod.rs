//! `report`.

mod policy;

use clap::{Args, Subcommand};

use self::policy::Policy;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;

/// Show what services have and how they compare
#[derive(Debug, Args)]
pub(crate) struct Report {
    #[command(subcommand)]
    of: Of,
}

#[derive(Debug, Subcommand)]
enum Of {
    #[allow(missing_docs, reason = "the help stands at the arguments' type")]
    Policy(Policy),
}

impl Report {
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<Exit, Failure> {
        match self.of {
            Of::Policy(policy) => policy.run(invocation).await,
        }
    }
}
