//! Case folders.

use std::fs;
use std::path::Path;

use limosa_catalog::ServerMajor;

/// From which file to which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// From `a.sql` to `b.sql`.
    Forth,
    /// From `b.sql` to `a.sql`.
    Back,
}

impl Direction {
    /// The way back.
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Forth => Self::Back,
            Self::Back => Self::Forth,
        }
    }
}

/// One folder.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) name: String,
    setup: String,
    a: String,
    b: String,
}

impl Case {
    /// All folders that hold `a.sql`, by name.
    pub(crate) fn all(folder: &Path) -> Vec<Self> {
        let mut cases = Vec::new();
        for kind in folders(folder) {
            for case in folders(&kind) {
                let read = |name: &str| fs::read_to_string(case.join(name)).ok();
                let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
                let name = format!("{}/{}", name(&kind), name(&case));
                let a = read("a.sql").unwrap_or_else(|| panic!("{name} has no a.sql"));
                let b = read("b.sql").unwrap_or_else(|| panic!("{name} has no b.sql"));
                cases.push(Self { setup: read("setup.sql").unwrap_or_default(), a, b, name });
            }
        }
        cases.sort_by(|one, other| one.name.cmp(&other.name));
        cases
    }

    /// A case that is in no folder.
    pub(crate) fn of(name: &str, a: &str, b: &str) -> Self {
        Self { name: name.to_owned(), setup: String::new(), a: a.to_owned(), b: b.to_owned() }
    }

    /// The text to begin with.
    pub(crate) fn text(&self, direction: Direction) -> String {
        let own = match direction {
            Direction::Forth => &self.a,
            Direction::Back => &self.b,
        };
        format!("{}\n{own}", self.setup)
    }

    /// Whether no file asks for a newer server with `-- since: 18`.
    pub(crate) fn runs_on(&self, major: ServerMajor) -> bool {
        self.marks("since").all(|since| since.parse().is_ok_and(|since: u32| u32::from(major.number()) >= since))
    }

    /// The values of lines `-- word: value` in any of the files.
    pub(crate) fn marks<'a>(&'a self, word: &'a str) -> impl Iterator<Item = &'a str> {
        let lines = self.setup.lines().chain(self.a.lines()).chain(self.b.lines());
        lines.filter_map(move |line| Some(line.strip_prefix("-- ")?.strip_prefix(word)?.strip_prefix(':')?.trim()))
    }
}

fn folders(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect()
}
