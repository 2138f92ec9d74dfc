//! A project in a folder of its own, and the program that is run in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use limosa_testkit::Database;
use tempfile::TempDir;

use crate::outcome::Outcome;

/// The program.
const LIMOSA: &str = env!("CARGO_BIN_EXE_limosa");

/// Where the embedded server unpacks what does not change; one for all tests.
const CACHE: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/cache");

/// A folder with files, and the environment in which the program runs there.
#[derive(Debug)]
pub(crate) struct Project {
    folder: TempDir,
    home: TempDir,
    variables: Vec<(String, String)>,
}

impl Project {
    /// An empty folder.
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::Builder::new().prefix("clinic").tempdir().unwrap(),
            home: tempfile::tempdir().unwrap(),
            variables: Vec::new(),
        }
    }

    /// A project of one service whose database this is.
    pub(crate) fn on(database: &Database) -> Self {
        Self::new()
            .with("limosa.toml", "[project]\nname = \"clinic\"\n[env.dev]\nurl = \"env:DATABASE_URL\"\n")
            .variable("DATABASE_URL", database.url())
    }

    /// With a file more, or another text in it.
    pub(crate) fn with(self, path: &str, text: impl AsRef<[u8]>) -> Self {
        self.write(path, text);
        self
    }

    /// With a variable in the program's environment.
    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.retain(|(other, _)| other != name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub(crate) fn remove(&self, path: &str) {
        fs::remove_file(self.path().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    }

    /// The names of the files in a folder, in order.
    pub(crate) fn list(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path().join(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Runs the program in the folder, with these words; one in single quotes may hold spaces.
    pub(crate) fn limosa(&self, words: &str) -> Outcome {
        let words = split(words);
        let output = self.command(Path::new(LIMOSA), &words).stdin(Stdio::null()).output().unwrap();
        outcome(&words, &output)
    }

    /// Runs the program as [`Project::limosa`] does, with so much address space at most.
    pub(crate) fn limosa_within(&self, kilobytes: u64, words: &str) -> Outcome {
        let words = split(words);
        let shell = ["-c", &format!("ulimit -v {kilobytes}; exec \"$0\" \"$@\""), LIMOSA].map(str::to_owned);
        let all = [shell.as_slice(), &words].concat();
        let output = self.command(Path::new("sh"), &all).stdin(Stdio::null()).output().unwrap();
        outcome(&words, &output)
    }

    /// Runs the program on a terminal, with these keys pressed. Both streams arrive as one; `None` where this machine
    /// has no program to make a terminal.
    pub(crate) fn limosa_on_a_terminal(&self, words: &str, keys: &str) -> Option<Outcome> {
        use std::io::Write as _;
        let words = split(words);
        let quoted: Vec<String> =
            [LIMOSA.to_owned()].iter().chain(&words).map(|word| format!("'{}'", word.replace('\'', r"'\''"))).collect();
        let script = ["--quiet", "--return", "--command", &quoted.join(" "), "/dev/null"].map(str::to_owned);
        let mut child = self
            .command(Path::new("script"), &script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .ok()?;
        // The terminal keeps what is typed until it is asked for.
        child.stdin.take().unwrap().write_all(keys.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        Some(outcome(&words, &output))
    }

    fn command(&self, program: &Path, words: &[String]) -> Command {
        let mut command = Command::new(program);
        command
            .args(words)
            .current_dir(self.path())
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .env("HOME", self.home())
            .env("XDG_CACHE_HOME", CACHE)
            .env("LIMOSA_CACHE", self.home().join("cache"))
            .env("USER", "anna")
            .env("TZ", "UTC")
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// Runs another program in a folder and returns what it prints.
pub(crate) fn run(folder: &Path, program: &str, words: &[&str]) -> String {
    let output = Command::new(program).args(words).current_dir(folder).stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|error| panic!("{program}: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {words:?}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A folder of the workspace, copied.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display())) {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            if entry.file_name() != ".limosa" {
                copy(&entry.path(), &target);
            }
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A folder of the workspace.
pub(crate) fn workspace(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn split(words: &str) -> Vec<String> {
    let mut split = Vec::new();
    // Every second piece between quotes is one word.
    for (index, piece) in words.split('\'').enumerate() {
        if index % 2 == 1 {
            split.push(piece.to_owned());
        } else {
            split.extend(piece.split_whitespace().map(str::to_owned));
        }
    }
    split
}

fn outcome(words: &[String], output: &std::process::Output) -> Outcome {
    Outcome {
        command: words.join(" "),
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n"),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
