//! A project in a folder of its own, and the program run in it.

use std::fs;
use std::path::Path;
use std::process::Command;

use limosa_testkit::limosa_binary;
use tempfile::TempDir;

/// A project that is removed at the end.
pub(crate) struct Project {
    folder: TempDir,
}

/// What the program did.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    /// What it told beside its results.
    pub(crate) told: String,
}

impl Project {
    /// Files by their paths, with their texts.
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let project = Self { folder: tempfile::tempdir().unwrap() };
        for (path, text) in files {
            project.write(path, text);
        }
        project
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The program with these arguments, on this project, with nothing in its environment that concerns a server.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(limosa_binary());
        command.arg("-C").arg(self.path()).args(arguments);
        for name in ["PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGOPTIONS", "DATABASE_URL", "LIMOSA_PG_BIN"] {
            command.env_remove(name);
        }
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(&mut self.command(arguments))
    }
}

impl Ran {
    pub(crate) fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            told: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Asserts the exit code; says everything otherwise.
    #[track_caller]
    pub(crate) fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}\n{}", self.stdout, self.told);
        self
    }
}
