//! Programs of other tools.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use limosa_testkit::old_tools;

use crate::project::Project;

/// What a tool did.
#[derive(Debug)]
pub(crate) struct Ran {
    words: String,
    success: bool,
    /// Both streams.
    pub(crate) said: String,
}

impl Ran {
    /// Asserts that it succeeded.
    #[track_caller]
    pub(crate) fn succeeds(self) -> Self {
        assert!(self.success, "`{}` failed:\n{}", self.words, self.said);
        self
    }

    /// Asserts that it failed.
    #[track_caller]
    pub(crate) fn fails(self) -> Self {
        assert!(!self.success, "`{}` did not fail:\n{}", self.words, self.said);
        self
    }
}

/// Where the programs of a tool are.
#[derive(Debug, Clone)]
pub(crate) struct Tool {
    program: PathBuf,
    before: Vec<String>,
}

impl Tool {
    /// A program from an npm package; `None`, with a word, where it is not installed.
    pub(crate) fn of_node(name: &str) -> Option<Self> {
        let program = old_tools().join("node/node_modules/.bin").join(name);
        Self::found(name, program, &[])
    }

    /// Node.js itself with a package.
    pub(crate) fn node_with(package: &str) -> Option<Self> {
        let is_there = old_tools().join("node/node_modules").join(package).exists();
        if !is_there {
            println!("{package} is not installed, so no history of its is taken over");
            return None;
        }
        Some(Self { program: PathBuf::from("node"), before: Vec::new() })
    }

    /// A module of Python.
    pub(crate) fn of_python(words: &[&str]) -> Option<Self> {
        Self::found(words.last().copied().unwrap_or("Python"), old_tools().join("python/bin/python"), words)
    }

    /// A program that Cargo has built; `None`, with a word, where it is not installed.
    pub(crate) fn of_rust(name: &str) -> Option<Self> {
        Self::found(name, old_tools().join("rust/bin").join(name), &[])
    }

    /// A program of the system.
    pub(crate) fn of_system(name: &str) -> Option<Self> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let program = std::env::split_paths(&path).map(|folder| folder.join(name)).find(|path| path.is_file());
        Self::found(name, program.unwrap_or_default(), &[])
    }

    fn found(name: &str, program: PathBuf, before: &[&str]) -> Option<Self> {
        if !program.is_file() {
            println!("{name} is not installed, so no history of its is taken over");
            return None;
        }
        Some(Self { program, before: before.iter().map(|word| (*word).to_owned()).collect() })
    }

    /// The same with words before all others.
    pub(crate) fn with_words(self, words: &[&str]) -> Self {
        Self { before: words.iter().map(|word| (*word).to_owned()).collect(), ..self }
    }

    /// The folder of the program.
    pub(crate) fn folder(&self) -> &Path {
        self.program.parent().unwrap()
    }

    /// Runs it in a project's folder.
    pub(crate) fn run(&self, project: &Project, url: &str, words: &str) -> Ran {
        let words: Vec<String> =
            self.before.iter().cloned().chain(words.split_whitespace().map(str::to_owned)).collect();
        let output = Command::new(&self.program)
            .args(&words)
            .current_dir(project.path())
            .env("DATABASE_URL", url)
            .env("NO_COLOR", "1")
            .env("NODE_ENV", "production")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            // None of them is to look for news of itself, or to tell of its use.
            .envs([("DO_NOT_TRACK", "1"), ("SUPABASE_TELEMETRY_DISABLED", "1"), ("CHECKPOINT_DISABLE", "1")])
            // Prisma's engine in WebAssembly is in its package; the others, which are not used, it would fetch.
            .envs(["PRISMA_QUERY_ENGINE_LIBRARY", "PRISMA_SCHEMA_ENGINE_BINARY"].map(|name| (name, "/bin/true")))
            .stdin(Stdio::null())
            .output()
            .unwrap_or_else(|error| panic!("{}: {error}", self.program.display()));
        let said = [output.stdout, output.stderr].concat();
        Ran {
            words: words.join(" "),
            success: output.status.success(),
            said: String::from_utf8_lossy(&said).into_owned(),
        }
    }
}

/// Lets programs in a project's folder find the packages.
pub(crate) fn link_packages(project: &Project) {
    let packages = old_tools().join("node/node_modules").canonicalize().unwrap();
    let link = project.path().join("node_modules");
    if !Path::exists(&link) {
        std::os::unix::fs::symlink(packages, link).unwrap();
    }
}
