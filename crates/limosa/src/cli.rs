//! The command line: what all verbs share.

use std::path::PathBuf;

use clap::{Args, Parser};
use limosa_project::{EnvironmentName, ServiceName};

use crate::commands::Verb;
use crate::output::Verbosity;

const EXAMPLES: &str = "\
Examples:
  limosa up                          apply what is pending, on the PostgreSQL inside limosa
  limosa --env staging status        where every service stands
  limosa --env prod plan             what `up` would run, statement by statement
  limosa --service api down --steps 1 --reason 'wrong index'
  limosa --url postgresql://me@host/clinic doctor

Exit codes: 0 done · 1 findings or pending · 2 error · 3 stopped part-way, run it again ·
            4 locks not free, try again";

/// Changes PostgreSQL schemas and data safely, for one database or a fleet of services.
#[derive(Debug, Parser)]
#[command(name = "limosa", version, after_help = EXAMPLES, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// What every verb understands.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// The project: a folder with limosa.toml, or one with SQL files.
    #[arg(
        short = 'C',
        long = "directory",
        value_name = "DIR",
        default_value = ".",
        global = true,
        hide_default_value = true
    )]
    pub(crate) directory: PathBuf,
    /// The environment of limosa.toml; the project's default, else `dev`.
    #[arg(long, value_name = "NAME", global = true)]
    pub(crate) env: Option<EnvironmentName>,
    /// Only this service; may be given several times. `'*'` names all.
    #[arg(long = "service", value_name = "NAME", global = true)]
    pub(crate) services: Vec<ServiceChoice>,
    /// Another database than the environment's: a URL, `env:NAME` or `embedded`.
    #[arg(long, value_name = "URL", global = true)]
    pub(crate) url: Option<String>,
    /// Results as JSON on stdout.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Errors only.
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Everything: stages, tries, the server's messages.
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
    /// Compute anew what a shadow computed before.
    #[arg(long, global = true)]
    pub(crate) no_cache: bool,
    /// Answer yes where limosa would ask.
    #[arg(long, global = true)]
    pub(crate) yes: bool,
}

impl Global {
    pub(crate) fn verbosity(&self) -> Verbosity {
        match (self.quiet, self.verbose) {
            (true, _) => Verbosity::Quiet,
            (_, true) => Verbosity::Verbose,
            _ => Verbosity::Normal,
        }
    }
}

/// One service, or all of them by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ServiceChoice {
    /// `'*'`.
    All,
    /// This one.
    Named(ServiceName),
}

impl std::str::FromStr for ServiceChoice {
    type Err = limosa_project::InvalidName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "*" { Ok(Self::All) } else { ServiceName::new(text).map(Self::Named) }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
