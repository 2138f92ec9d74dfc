//! `limosa`: changes PostgreSQL schemas and data safely, for one database or a fleet.
//!
//! Only this crate prints, prompts, exits and reads the environment. A verb is a file in `commands/`: its arguments,
//! its help, and a thin way from the engine's results to text or JSON.

mod checking;
mod cli;
mod commands;
mod confirm;
mod environment;
mod exit;
mod failure;
mod finishing;
mod fresh;
mod git;
mod ignoring;
mod invocation;
mod linting;
mod looking;
mod one_target;
mod output;
mod run;
mod schemas;
mod seeding;
mod selection;
mod serving;
mod signals;
mod terms;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::Cli;
use crate::environment::Environment;
use crate::exit::Exit;
use crate::invocation::Invocation;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let json = cli.global.json;
    let result = Environment::read().and_then(|environment| {
        let invocation = Invocation { global: cli.global, environment };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let result = runtime.block_on(cli.verb.run(&invocation));
        // Tasks that still wait for a server which is gone are not waited for.
        runtime.shutdown_background();
        result
    });
    let exit = match result {
        Ok(exit) => exit,
        Err(failure) => {
            failure.print(json);
            failure.exit
        }
    };
    ExitCode::from(exit)
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
