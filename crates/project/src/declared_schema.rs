//! Where a service's desired state comes from.

use std::fmt;
use std::path::PathBuf;

/// The desired state of a service, as `schema` in limosa.toml names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeclaredSchema {
    /// A file of SQL, or a folder with such files, relative to the project's root.
    Files(PathBuf),
    /// `cmd:…`: the SQL that a command prints, which the shell runs in the project's root.
    Command(String),
}

impl fmt::Display for DeclaredSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Files(path) => path.to_string_lossy().fmt(f),
            Self::Command(command) => write!(f, "cmd:{command}"),
        }
    }
}
