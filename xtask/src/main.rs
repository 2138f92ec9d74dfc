//! The project's own tasks. `cargo xtask` without a task prints what there is.
#![expect(clippy::disallowed_methods, reason = "a program that runs others reads its environment")]

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
        Some("test") => match test::run(&arguments[1..]) {
            Ok(code) => code,
            Err(message) => {
                eprintln!("xtask: {message}");
                ExitCode::from(2)
            }
        },
        Some(other) => {
            eprintln!("xtask: there is no task {other:?}\n\n{HELP}");
            ExitCode::from(2)
        }
    }
}
