//! The project's own tasks. `cargo xtask` without a task prints what there is.
#![expect(clippy::disallowed_methods, reason = "a program that runs others reads its environment")]

mod new_rule;
mod test;

use std::process::ExitCode;

const HELP: &str = "\
The project's own tasks.

Usage: cargo xtask <task>

Tasks:
  test [--all-versions] [--thorough] [-- ARGUMENTS OF cargo test]
      Runs every test against real PostgreSQL servers, on 15 and 18 or, with --all-versions, on every supported major
      of which there are binaries. What is missing is fetched into target/ (and, as root on Debian, installed by
      apt-get): server binaries, pgbouncer, a Python that has PostgreSQL's own parser. --thorough tests the slow laws,
      too. For example: cargo xtask test -- -p limosa-engine lock
  new-rule GROUP NAME
      Makes the file of a lint rule, its line in the registry, and a case.
  docs
      Writes docs/rules.md anew, from the pages of the rules.
  help
      Prints this.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        None | Some("help" | "--help" | "-h") => {
            print!("{HELP}");
            ExitCode::SUCCESS
        }
        Some("test") => told(test::run(&arguments[1..])),
        Some("new-rule") => told(new_rule::run(&arguments[1..])),
        Some("docs") => told(docs()),
        Some(other) => {
            eprintln!("xtask: there is no task {other:?}\n\n{HELP}");
            ExitCode::from(2)
        }
    }
}

fn told(result: Result<ExitCode, String>) -> ExitCode {
    result.unwrap_or_else(|message| {
        eprintln!("xtask: {message}");
        ExitCode::from(2)
    })
}

/// The test that compares the documentation with the pages writes it, if asked to.
fn docs() -> Result<ExitCode, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = std::process::Command::new(cargo)
        .args(["test", "--quiet", "-p", "limosa-lint", "--test", "rules", "documentation"])
        .env("LIMOSA_TEST_WRITE_DOCS", "1")
        .status()
        .map_err(|error| format!("cargo cannot be run: {error}"))?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
