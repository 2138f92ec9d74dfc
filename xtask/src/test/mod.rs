//! `cargo xtask test`: servers, then the tests, then what came of it.

mod apt;
mod arguments;
mod binaries;
mod cargo;
mod command;
mod memory;
mod node;
mod npm;
mod old_tools;
mod pg_dump;
mod python;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use limosa_testkit::{
    BINARIES_VARIABLE, BINARY_VARIABLE, NODE_VARIABLE, OLD_TOOLS_VARIABLE, PG_DUMP_VARIABLE, PYTHON_VARIABLE,
    PrivateServer, PrivateServerOptions, SERVERS_VARIABLE, THOROUGH_VARIABLE,
};

use self::arguments::Arguments;

/// What tests need that let changes meet replication and prepared transactions.
fn with_neighbours(folder: Option<PathBuf>) -> PrivateServerOptions {
    let settings = [
        ("wal_level", "logical"),
        ("max_replication_slots", "40"),
        ("max_wal_senders", "40"),
        ("max_prepared_transactions", "40"),
    ];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    PrivateServerOptions { settings, folder, ..PrivateServerOptions::default() }
}

/// Runs the tests; the exit code is Cargo's.
pub(crate) fn run(arguments: &[String]) -> Result<ExitCode, String> {
    let begin = Instant::now();
    let arguments = Arguments::parse(arguments)?;
    let workspace = workspace();
    let cache = workspace.join("target");

    let installations = binaries::ensure(&cache, arguments.all_versions)?;
    let python = python::ensure(&cache);
    let pg_dump = pg_dump::ensure(&cache, python.as_deref());
    let node = node::ensure(&cache);
    let old_tools = old_tools::ensure(&cache);
    let binary = cargo::build(&workspace)?;

    let folder = memory::folder();
    let mut servers = Vec::new();
    for installation in installations.list() {
        eprintln!("xtask: starting PostgreSQL {} from {}", installation.version(), installation.folder().display());
        servers.push(PrivateServer::start_from(installation, with_neighbours(folder.clone())));
    }
    let announcement: Vec<_> =
        servers.iter().map(|server| format!("{}={}", server.server().major(), server.url())).collect();

    let mut environment = vec![
        (SERVERS_VARIABLE, announcement.join(";")),
        (BINARY_VARIABLE, binary.display().to_string()),
        (BINARIES_VARIABLE, installations.search_path()),
        (OLD_TOOLS_VARIABLE, old_tools.display().to_string()),
    ];
    environment.extend(python.map(|python| (PYTHON_VARIABLE, python.display().to_string())));
    environment.extend(pg_dump.map(|program| (PG_DUMP_VARIABLE, program.display().to_string())));
    environment.extend(node.map(|folder| (NODE_VARIABLE, folder.display().to_string())));
    environment.extend(folder.map(|folder| ("TMPDIR", folder.display().to_string())));
    if arguments.thorough {
        environment.push((THOROUGH_VARIABLE, "1".to_owned()));
    }
    let outcome = cargo::test(&workspace, &environment, &arguments.cargo)?;
    // Here the servers stop. Where this process is killed before, their supervisors notice and stop them.
    drop(servers);

    let versions: Vec<_> = installations.list().iter().map(|installation| installation.version().to_string()).collect();
    eprintln!(
        "xtask: {} passed, {} failed, {} ignored in {} test programs, on PostgreSQL {}; {} s in all",
        outcome.counts.passed,
        outcome.counts.failed,
        outcome.counts.ignored,
        outcome.counts.programs,
        versions.join(" and "),
        begin.elapsed().as_secs()
    );
    Ok(outcome.code)
}

/// The folder of the workspace, which holds this task's sources.
fn workspace() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    folder.parent().unwrap_or(folder).to_owned()
}
