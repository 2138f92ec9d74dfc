//! The registry of integrations as a service, in the versions that are at work while its tables change, and clients
//! that put them under load.

mod database;
mod http_client;
mod identity;
mod integration;
mod load;
mod release;
mod service;
mod store;
mod wire;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::database::Server;
use crate::load::{Load, Verdict};
use crate::release::Release;

/// The registry of integrations, on the server that PGHOST, PGPORT, PGUSER and PGPASSWORD name
#[derive(Debug, Parser)]
struct Arguments {
    /// The database.
    #[arg(long, default_value = "denpay", global = true)]
    database: String,
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Answer requests until ended
    Serve {
        /// Which version of the service.
        #[arg(long, value_enum)]
        release: Release,
        /// Where to listen.
        #[arg(long, default_value = "127.0.0.1:8000")]
        listen: String,
    },
    /// Run a command while clients are at work, then look whether everything that they were told is so
    Load {
        /// Versions of the service that are at work side by side.
        #[arg(long, value_enum, value_delimiter = ',', required = true)]
        releases: Vec<Release>,
        /// What was acknowledged so far, and is to be there still; written anew at the end.
        #[arg(long, default_value = ".limosa/acknowledged.json")]
        ledger: PathBuf,
        /// The command and its arguments.
        #[arg(last = true, required = true)]
        command: Vec<String>,
    },
}

#[expect(clippy::print_stderr, reason = "a program for the terminal")]
fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let done = runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(perform(arguments)));
    done.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::from(2)
    })
}

#[expect(clippy::print_stderr, clippy::print_stdout, reason = "a program for the terminal")]
async fn perform(arguments: Arguments) -> Result<ExitCode, Box<dyn Error>> {
    let server = Server::of_environment(arguments.database);
    match arguments.task {
        Task::Serve { release, listen } => {
            let identity = identity::start().await?;
            let pool = server.pool(&format!("registry {release}")).await?;
            let service = service::start(release, pool, &listen, identity).await?;
            eprintln!("release {release} listens on http://{}", service.address);
            service.ended.await?;
            Ok(ExitCode::SUCCESS)
        }
        Task::Load { releases, ledger, command } => {
            let report = Load { server, releases, ledger, command }.run().await?;
            print!("{report}");
            Ok(match report.verdict() {
                Verdict::Holds => ExitCode::SUCCESS,
                Verdict::Broken => ExitCode::from(1),
                Verdict::CommandFailed(code) => ExitCode::from(code),
            })
        }
    }
}
