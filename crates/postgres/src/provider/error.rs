//! What can go wrong between wanting a server and having one.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use limosa_catalog::{ServerMajor, ServerVersion};

/// Who holds a data folder that only one process may open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockHolder {
    /// The process id, as its own host counts.
    pub process: u32,
    /// The host's name, where it was known.
    pub host: Option<String>,
    /// When the lock was taken, in seconds since 1970 UTC.
    pub since: u64,
}

impl fmt::Display for LockHolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process {}", self.process)?;
        match &self.host {
            Some(host) => write!(f, " on {host}"),
            None => Ok(()),
        }
    }
}

/// Why a provider has no server to give.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// No server binaries of the wanted major version were found.
    #[error(
        "no PostgreSQL server binaries{} were found ({}); \
         install them (Debian: postgresql-15, Homebrew: postgresql@17), \
         or name the folder that holds `initdb` and `postgres` in LIMOSA_PG_BIN",
        wanted_text(*wanted),
        found_text(found)
    )]
    NoBinaries {
        /// The major version that was asked for; `None` for any.
        wanted: Option<ServerMajor>,
        /// The versions that were found instead.
        found: Vec<ServerVersion>,
    },
    /// A file or folder could not be made, read or changed.
    #[error("cannot {action} {}: {source}", path.display())]
    File {
        /// What was tried, as a verb: `create`, `read` …
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A program could not be run.
    #[error(
        "cannot run {}: {source}; check that the file exists and that {} may execute it",
        program.display(), account.as_deref().unwrap_or("this user")
    )]
    Spawn {
        /// The program.
        program: PathBuf,
        /// The account that it was to run as, if not our own.
        account: Option<String>,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// PostgreSQL refuses to run as root, and no other account was found to run it as.
    #[error(
        "PostgreSQL refuses to run as root, and neither `postgres` nor `nobody` is an account of this machine; \
         run Limosa as another user"
    )]
    NoUnprivilegedAccount,
    /// A folder cannot be reached by the account that the server has to run as.
    #[error(
        "PostgreSQL refuses to run as root and would run as {account}, who may not enter {}; \
         move the project to a folder that others may enter, or run Limosa as another user", folder.display()
    )]
    OutOfReach {
        /// The first folder on the way that is closed.
        folder: PathBuf,
        /// The account.
        account: String,
    },
    /// `initdb` failed.
    #[error("initdb could not make a data folder in {}:\n{output}", folder.display())]
    InitdbFailed {
        /// The data folder.
        folder: PathBuf,
        /// What it wrote.
        output: String,
    },
    /// A data folder belongs to another major version of PostgreSQL.
    #[error(
        "{} holds the data of PostgreSQL {found}, and the binaries found are of {expected}; \
         install PostgreSQL {found}, or delete the folder to begin anew", folder.display()
    )]
    OtherMajor {
        /// The data folder.
        folder: PathBuf,
        /// What its `PG_VERSION` says.
        found: String,
        /// The major version of the binaries.
        expected: ServerMajor,
    },
    /// The path of a Unix socket would be longer than the operating system allows.
    #[error(
        "the socket path {} is {} bytes long and the operating system allows {limit}; \
         set TMPDIR to a folder with a shorter path", path.display(), path.as_os_str().len()
    )]
    SocketPathTooLong {
        /// The path of the socket file.
        path: PathBuf,
        /// The longest path that is allowed, in bytes.
        limit: usize,
    },
    /// The server ended while it was starting.
    #[error("the PostgreSQL server ended while it was starting; the end of its log:\n{log}")]
    EndedAtStart {
        /// The last lines of the server's log.
        log: String,
    },
    /// The server did not become ready in time.
    #[error("the PostgreSQL server was not ready after {} seconds; the end of its log:\n{log}", after.as_secs())]
    NotReady {
        /// How long was waited.
        after: Duration,
        /// The last lines of the server's log.
        log: String,
    },
    /// The server does not stop.
    #[error("the PostgreSQL server (process {process}) does not stop; end that process by hand")]
    DoesNotStop {
        /// The server's process id.
        process: u32,
    },
    /// Another process has the data folder open.
    #[error(
        "{} is in use by {}; the embedded PostgreSQL serves one process at a time: wait for it to end{}",
        folder.display(),
        holder.as_ref().map_or_else(|| "another process".to_owned(), LockHolder::to_string),
        waited_text(*waited)
    )]
    DataFolderInUse {
        /// The data folder.
        folder: PathBuf,
        /// Who has it, where that could be read.
        holder: Option<LockHolder>,
        /// How long was waited for it.
        waited: Duration,
    },
    /// The embedded server failed.
    #[error(
        "the embedded PostgreSQL failed while {doing}: {message}{}",
        hint.as_deref().map(|hint| format!("; {hint}")).unwrap_or_default()
    )]
    Embedded {
        /// What was being done.
        doing: &'static str,
        /// The cause and the causes below it.
        message: String,
        /// What may help.
        hint: Option<String>,
    },
    /// The embedded server has nowhere to unpack its unchanging parts.
    #[error(
        "the embedded PostgreSQL cannot write its cache ({}); set {variable} to a folder that can be written",
        folder.as_ref().map_or_else(|| "no home folder is known".to_owned(), |folder| folder.display().to_string())
    )]
    NoCache {
        /// The folder that was tried, if a home folder is known.
        folder: Option<PathBuf>,
        /// The environment variable that moves it.
        variable: &'static str,
    },
    /// The server refused to list or create a database.
    #[error("cannot make sure that database {database} exists: {message}")]
    Database {
        /// The database.
        database: String,
        /// What the server or the connection said.
        message: String,
    },
}

impl ProviderError {
    /// Wraps what the operating system said about a file or folder; for `map_err`.
    pub(crate) fn file(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { action, path, source }
    }
}

fn wanted_text(wanted: Option<ServerMajor>) -> String {
    wanted.map(|major| format!(" of version {major}")).unwrap_or_default()
}

fn found_text(found: &[ServerVersion]) -> String {
    if found.is_empty() {
        "nor those of any other version".to_owned()
    } else {
        let versions: Vec<_> = found.iter().map(ServerVersion::to_string).collect();
        format!("only {}", versions.join(", "))
    }
}

fn waited_text(waited: Duration) -> String {
    if waited.is_zero() { String::new() } else { format!(" (waited {} s)", waited.as_secs()) }
}
