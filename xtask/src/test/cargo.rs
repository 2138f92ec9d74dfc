//! Building the program and running the tests.

use std::env;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

/// How many tests did what.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) programs: u32,
    pub(super) passed: u32,
    pub(super) failed: u32,
    pub(super) ignored: u32,
}

/// What came of `cargo test`.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) counts: Counts,
    pub(super) code: ExitCode,
}

/// Builds all crates and returns the path of the `limosa` program. The whole workspace is built, as the tests are, so
/// that dependencies are not built a second time with other features.
pub(super) fn build(workspace: &Path) -> Result<PathBuf, String> {
    let output = cargo()
        .args(["build", "--workspace", "--message-format", "json-render-diagnostics"])
        .current_dir(workspace)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    if !output.status.success() {
        return Err("the build failed".to_owned());
    }
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .find_map(program_of)
        .ok_or_else(|| "cargo built no program named limosa".to_owned())
}

/// The program's path, if a line of Cargo's JSON is the message that announces it.
fn program_of(line: &str) -> Option<PathBuf> {
    let message: serde_json::Value = serde_json::from_str(line).ok()?;
    let is_program = message.pointer("/target/name")?.as_str()? == "limosa";
    let path = message.get("executable")?.as_str()?;
    is_program.then(|| PathBuf::from(path))
}

/// Runs the tests, passing their output on while counting.
pub(super) fn test(
    workspace: &Path,
    environment: &[(&'static str, String)],
    arguments: &[String],
) -> Result<Outcome, String> {
    let mut command = cargo();
    command.args(["test", "--no-fail-fast"]);
    if !names_packages(arguments) {
        command.arg("--workspace");
    }
    let mut child = command
        .args(arguments)
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .current_dir(workspace)
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    let mut counts = Counts::default();
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).split(b'\n') {
            let line = line.map_err(|error| format!("cannot read what cargo says: {error}"))?;
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            counts.add(&line);
        }
    }
    let status = child.wait().map_err(|error| format!("cannot wait for cargo: {error}"))?;
    // Without a code it was ended by a signal.
    let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(2);
    Ok(Outcome { counts, code: ExitCode::from(code) })
}

impl Counts {
    /// Adds a test program's closing line: `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
    fn add(&mut self, line: &str) {
        let Some(result) = line.strip_prefix("test result: ") else { return };
        let number = |word: &str| -> u32 {
            let before = result.split(word).next().unwrap_or_default();
            before.split_whitespace().next_back().and_then(|number| number.parse().ok()).unwrap_or(0)
        };
        self.programs += 1;
        self.passed += number(" passed");
        self.failed += number(" failed");
        self.ignored += number(" ignored");
    }
}

/// Whether the arguments choose packages themselves. What follows `--` is for the test programs.
fn names_packages(arguments: &[String]) -> bool {
    arguments.iter().take_while(|argument| *argument != "--").any(|argument| {
        ["-p", "--package", "--workspace", "--manifest-path"].iter().any(|option| {
            argument == option
                || argument.starts_with(&format!("{option}="))
                || (*option == "-p" && argument.starts_with("-p"))
        })
    })
}

/// The Cargo that runs us, of the same toolchain.
fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_summed_up() {
        let mut counts = Counts::default();
        for line in [
            "running 3 tests",
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 3 filtered out; finished in 1.00s",
        ] {
            counts.add(line);
        }
        assert_eq!(counts, Counts { programs: 2, passed: 13, failed: 2, ignored: 1 });
    }

    #[test]
    fn the_program_is_found_among_cargos_messages() {
        let line = r#"{"reason":"compiler-artifact","target":{"name":"limosa"},"executable":"/t/debug/limosa"}"#;
        assert_eq!(program_of(line), Some(PathBuf::from("/t/debug/limosa")));
        assert_eq!(program_of(&line.replace("\"/t/debug/limosa\"", "null")), None);
        assert_eq!(program_of(&line.replace("\"limosa\"", "\"other\"")), None);
        assert_eq!(program_of("no JSON"), None);
    }

    #[test]
    fn packages_named_before_the_dashes_replace_the_workspace() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        for named in ["-p limosa-engine", "-plimosa", "--package=x lock", "--workspace --exclude x"] {
            assert!(names_packages(&words(named)), "{named}");
        }
        for unnamed in ["lock", "lock -- -p", "--lib"] {
            assert!(!names_packages(&words(unnamed)), "{unnamed}");
        }
    }
}
