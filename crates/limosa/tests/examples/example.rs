//! An example in a folder of its own, beside a server of its own.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use limosa_testkit::{PrivateServer, limosa_binary, pg_dump, servers};
use tempfile::TempDir;

use crate::normal::normal;
use crate::readme::{Readme, difference};

/// Where the embedded server unpacks what does not change; one for all tests.
const CACHE: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/cache");

/// Where an example's README plays; its `run.sh` plays on a server in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// On the PostgreSQL inside limosa.
    Embedded,
    /// On the server that `PGHOST` and its like name, where psql can look as well.
    Server,
}

/// A folder below `examples/`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Example {
    pub(crate) name: &'static str,
    pub(crate) place: Place,
}

impl Example {
    /// Everything that the example shows is so, on every version.
    pub(crate) fn holds(self) {
        if !is_there("psql") {
            println!("psql is not on this machine: {} was not tried", self.name);
            return;
        }
        for server in servers() {
            println!("{} on PostgreSQL {}", self.name, server.major());
            let server = PrivateServer::start(server.major());
            self.shows_what_its_readme_says(&server);
            let server = PrivateServer::start(server.server().major());
            let copy = Copy::of(Self { place: Place::Server, ..self }, &server);
            let output = copy.shell("sh ./run.sh 2>&1");
            let told = said(&output);
            assert!(output.status.success(), "{}/run.sh failed\n{told}", self.name);
            // What is left out here, such as what needs a program that is not installed.
            told.lines().filter(|line| line.starts_with('–')).for_each(|line| println!("{line}"));
        }
    }

    /// Types every command of the README, and compares.
    fn shows_what_its_readme_says(self, server: &PrivateServer) {
        let path = source(self.name).join("README.md");
        let mut readme = Readme::parse(&fs::read_to_string(&path).unwrap());
        let copy = Copy::of(self, server);
        let mut stale = String::new();
        for call in readme.calls_mut() {
            // What a reader's terminal shows is both streams.
            let printed = copy.without_place(&said(&copy.shell(&format!("{{ {}\n}} 2>&1", call.command))));
            if let Some(difference) = difference(&normal(&call.output), &normal(&printed)) {
                stale.push_str(&format!("$ {}\n{difference}\n", call.command));
                call.output = printed;
            }
        }
        let write = env::var("LIMOSA_TEST_WRITE_EXAMPLES").is_ok_and(|value| value == "1");
        if write && !stale.is_empty() {
            fs::write(&path, readme.to_string()).unwrap();
            return;
        }
        assert!(
            stale.is_empty(),
            "examples/{}/README.md is not what happens (- is shown, + is printed); with LIMOSA_TEST_WRITE_EXAMPLES=1 \
             this test writes it anew\n\n{stale}",
            self.name
        );
    }
}

/// A copy of an example, and the environment of its commands.
struct Copy {
    folder: PathBuf,
    home: TempDir,
    variables: Vec<(&'static str, OsString)>,
}

impl Copy {
    fn of(example: Example, server: &PrivateServer) -> Self {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("examples").join(example.name);
        copy(&source(example.name), &folder);
        fs::copy(source("private-server.sh"), home.path().join("examples/private-server.sh")).unwrap();
        let programs = home.path().join("bin");
        fs::create_dir(&programs).unwrap();
        let limosa = limosa_binary();
        // An example may come with a program of its own, which is built beside it.
        for program in [limosa.clone(), limosa.with_file_name("registry")] {
            let name = program.file_name().unwrap();
            std::os::unix::fs::symlink(&program, programs.join(name)).unwrap();
        }

        let path = env::var_os("PATH").unwrap();
        let path = env::join_paths([programs].into_iter().chain(env::split_paths(&path))).unwrap();
        let mut variables = vec![("PATH", path), ("HOME", home.path().into())];
        variables.extend([("XDG_CACHE_HOME", CACHE.into()), ("LIMOSA_CACHE", home.path().join("cache").into())]);
        variables.extend([("USER", "anna".into()), ("TZ", "UTC".into()), ("LANG", "C.UTF-8".into())]);
        if example.place == Place::Server {
            // The URL reads postgresql://USER:PASSWORD@HOST:PORT/DATABASE.
            let (account, rest) = server.url().split_once("://").and_then(|(_, rest)| rest.split_once('@')).unwrap();
            let (user, password) = account.split_once(':').unwrap();
            let (host, port) = rest.split_once('/').and_then(|(host, _)| host.rsplit_once(':')).unwrap();
            variables.extend([("PGHOST", host.into()), ("PGPORT", port.into())]);
            variables.extend([("PGUSER", user.into()), ("PGPASSWORD", password.into())]);
            let dump = pg_dump().parent().map(Path::to_path_buf).into_iter();
            let binaries = env::join_paths([server.programs().to_path_buf()].into_iter().chain(dump)).unwrap();
            variables.push(("LIMOSA_PG_BIN", binaries));
        }
        Self { folder, home, variables }
    }

    /// An output as it would be on the reader's machine.
    fn without_place(&self, output: &str) -> String {
        let folder = format!("{}/", self.folder.display());
        let port = self.variables.iter().find(|(name, _)| *name == "PGPORT").and_then(|(_, port)| port.to_str());
        let server = port.map_or_else(|| "localhost:5432".to_owned(), |port| format!("127.0.0.1:{port}"));
        output.replace(&folder, "").replace(&server, "localhost:5432")
    }

    fn shell(&self, line: &str) -> Output {
        let mut command = Command::new("sh");
        command.args(["-c", line]).current_dir(&self.folder).stdin(Stdio::null());
        command.env_clear().envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.env("TMPDIR", self.home.path()).output().unwrap()
    }
}

fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display())) {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if !entry.file_type().unwrap().is_dir() {
            fs::copy(entry.path(), target).unwrap();
        } else if entry.file_name() != ".limosa" {
            copy(&entry.path(), &target);
        }
    }
}

fn is_there(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok()
}

fn said(output: &Output) -> String {
    let text = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8_lossy(&text).into_owned()
}
