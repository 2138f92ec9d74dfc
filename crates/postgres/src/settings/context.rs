//! What surrounds a connection text: variables, home folder, user.

use std::collections::HashMap;
use std::path::PathBuf;

/// What libpq would read from its surroundings. The binary fills it; libraries take it as it is.
#[derive(Debug, Clone, Default)]
pub struct ClientContext {
    /// Environment variables; those that do not begin with `PG` are not looked at.
    pub variables: HashMap<String, String>,
    /// The home folder, for `~/.pgpass`, `~/.pg_service.conf` and `~/.postgresql`.
    pub home: Option<PathBuf>,
    /// The user name at the operating system: the default role, and so the default database.
    pub user: Option<String>,
}

impl ClientContext {
    /// A variable's value; as in libpq, an empty one counts as unset.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A file below the home folder, where there is one.
    pub(crate) fn home_file(&self, relative: &str) -> Option<PathBuf> {
        self.home.as_ref().map(|home| home.join(relative))
    }

    /// A path that was written by a person: `~/` means the home folder.
    pub(crate) fn expand(&self, path: &str) -> PathBuf {
        match (path.strip_prefix("~/"), &self.home) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => PathBuf::from(path),
        }
    }
}
