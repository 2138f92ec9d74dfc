//! One data folder and the server that runs on it.

use std::fs::{self, File, OpenOptions, Permissions};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use limosa_catalog::Identifier;
use tempfile::TempDir;

use super::super::databases::maintenance_database;
use super::super::{ProviderError, socket, url};
use super::initdb::{data_version, initdb};
use super::readiness;
use super::supervisor::{Signal, Supervisor};
use super::{Account, ClusterOptions, Durability, Installation, Shutdown, TcpAccess};

/// How long each of the ways to stop is given before the next, harsher one.
const STOP_PATIENCE: Duration = Duration::from_secs(20);
/// How much of the end of the log an error shows, in bytes.
const LOG_TAIL: usize = 2000;

/// A data folder and the server on it. Dropping it stops the server and, for a throw-away one, removes the folder.
#[derive(Debug)]
pub struct Cluster {
    installation: Installation,
    account: Option<Account>,
    home: PathBuf,
    socket_folder: TempDir,
    options: ClusterOptions,
    port: Option<u16>,
    password: Option<String>,
    server: Option<Supervisor>,
}

impl Cluster {
    /// Makes a cluster in a folder of its own below `temporary`, to be removed at the end; does not start it.
    ///
    /// # Errors
    /// The folder cannot be made, or `initdb` fails.
    pub fn throw_away(
        installation: &Installation,
        temporary: &Path,
        options: ClusterOptions,
    ) -> Result<Self, ProviderError> {
        let account = Account::for_servers()?;
        let socket_folder = socket_folder(temporary, account.as_ref())?;
        // The data lies beside the socket, in the one folder that is removed at the end.
        let home = socket_folder.path().to_owned();
        let options = ClusterOptions { durability: Durability::ThrowAway, ..options };
        Self::make(installation, account, home, socket_folder, options)
    }

    /// Opens the cluster kept in `home`, making it where there is none yet; does not start it.
    ///
    /// # Errors
    /// The folder holds the data of another major version, the server's account cannot reach it, or `initdb` fails.
    pub fn open(
        installation: &Installation,
        home: &Path,
        temporary: &Path,
        options: ClusterOptions,
    ) -> Result<Self, ProviderError> {
        let account = Account::for_servers()?;
        let is_new = !home.exists();
        fs::create_dir_all(home).map_err(ProviderError::file("create", home))?;
        // The server changes its folder, so a relative path would lead it elsewhere.
        let home = fs::canonicalize(home).map_err(ProviderError::file("find", home))?;
        if let Some(account) = &account {
            account.check_reach(&home)?;
            if is_new {
                account.own(&home)?;
            }
        }
        let socket_folder = socket_folder(temporary, account.as_ref())?;
        Self::make(installation, account, home, socket_folder, options)
    }

    fn make(
        installation: &Installation,
        account: Option<Account>,
        home: PathBuf,
        socket_folder: TempDir,
        options: ClusterOptions,
    ) -> Result<Self, ProviderError> {
        let mut cluster = Self {
            installation: installation.clone(),
            account,
            home,
            socket_folder,
            port: None,
            password: None,
            options,
            server: None,
        };
        let major = installation.version().major();
        match data_version(&cluster.data())? {
            Some(version) if version == major.to_string() => {}
            Some(found) => {
                return Err(ProviderError::OtherMajor { folder: cluster.home.clone(), found, expected: major });
            }
            None => cluster.initdb()?,
        }
        Ok(cluster)
    }

    fn initdb(&mut self) -> Result<(), ProviderError> {
        let durable = self.options.durability == Durability::Kept;
        let password_file = match self.options.tcp {
            TcpAccess::None => None,
            TcpAccess::Loopback => {
                let password = random_password();
                let path = self.home.join("password");
                self.write_private(&path, password.as_bytes())?;
                self.password = Some(password);
                Some(path)
            }
        };
        initdb(&self.installation, &self.data(), self.account.as_ref(), durable, password_file.as_deref())
    }

    /// A copy of this cluster, which must not be running, in a throw-away folder of its own; it keeps passwords and
    /// settings, and listens elsewhere.
    ///
    /// # Errors
    /// The data cannot be copied.
    pub fn copy(&self, temporary: &Path) -> Result<Self, ProviderError> {
        let socket_folder = socket_folder(temporary, self.account.as_ref())?;
        let home = socket_folder.path().to_owned();
        let mut command = Command::new("cp");
        command.arg("-R").arg(self.data()).arg(home.join("data")).current_dir("/");
        if let Some(account) = &self.account {
            account.run(&mut command);
        }
        let outcome = command.output().and_then(|output| {
            if output.status.success() {
                Ok(())
            } else {
                Err(io::Error::other(String::from_utf8_lossy(&output.stderr)))
            }
        });
        outcome.map_err(ProviderError::file("copy", self.data()))?;
        Ok(Self {
            installation: self.installation.clone(),
            account: self.account.clone(),
            home,
            socket_folder,
            options: ClusterOptions { durability: Durability::ThrowAway, ..self.options.clone() },
            port: None,
            password: self.password.clone(),
            server: None,
        })
    }

    /// Writes a file into the data folder, readable by the server alone.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn put_file(&self, name: &str, content: &[u8]) -> Result<(), ProviderError> {
        self.write_private(&self.data().join(name), content)
    }

    fn write_private(&self, path: &Path, content: &[u8]) -> Result<(), ProviderError> {
        fs::write(path, content).map_err(ProviderError::file("write", path))?;
        fs::set_permissions(path, Permissions::from_mode(0o600))
            .map_err(ProviderError::file("change the mode of", path))?;
        self.account.as_ref().map_or(Ok(()), |account| account.own(path))
    }

    /// Starts the server and waits until it takes connections.
    ///
    /// # Errors
    /// It ends while starting, or is not ready after 60 seconds; both errors hold the end of its log.
    pub fn start(&mut self) -> Result<(), ProviderError> {
        if self.is_running() {
            return Ok(());
        }
        if self.options.tcp == TcpAccess::Loopback && self.port.is_none() {
            self.port = Some(free_port()?);
        }
        let log_path = self.log_file();
        let log = open_log(&log_path)?;
        if let Some(account) = &self.account {
            account.own(&log_path)?;
        }
        let removed = (self.options.durability == Durability::ThrowAway).then_some(self.home.as_path());
        let program = self.installation.folder().join("postgres");
        let server = Supervisor::start(&program, &self.arguments(), self.account.as_ref(), log, removed)?;
        let outcome = readiness::wait(&self.data(), &server).map_err(|end| end.into_error(self.log_tail()));
        self.server = Some(server);
        if outcome.is_err() {
            // The error of the start says more than one of the stop would.
            let _ = self.stop(Shutdown::Immediate);
        }
        outcome
    }

    /// Stops the server; does nothing if it is not running.
    ///
    /// # Errors
    /// It does not stop, not even when told to at once.
    pub fn stop(&mut self, shutdown: Shutdown) -> Result<(), ProviderError> {
        let Some(mut server) = self.server.take() else { return Ok(()) };
        let signals: &[Signal] = match shutdown {
            Shutdown::Smart => &[Signal::Term, Signal::Int, Signal::Quit],
            Shutdown::Fast => &[Signal::Int, Signal::Quit],
            Shutdown::Immediate => &[Signal::Quit, Signal::Kill],
        };
        let ended = server.has_ended()
            || signals.iter().any(|signal| {
                server.signal(*signal);
                server.wait_for_end(STOP_PATIENCE)
            });
        if !ended {
            let process = server.process();
            self.server = Some(server);
            return Err(ProviderError::DoesNotStop { process });
        }
        server.release();
        Ok(())
    }

    /// Kills the server's main process as a crash would, and waits until its other processes have noticed.
    ///
    /// # Errors
    /// They have not noticed in 20 seconds.
    pub fn kill(&mut self) -> Result<(), ProviderError> {
        let Some(mut server) = self.server.take() else { return Ok(()) };
        server.signal(Signal::Kill);
        if !server.wait_for_end(STOP_PATIENCE) {
            return Err(ProviderError::DoesNotStop { process: server.process() });
        }
        server.release();
        Ok(())
    }

    /// Whether the server runs.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.server.as_ref().is_some_and(|server| !server.has_ended())
    }

    /// The process id of the server's main process, while it runs.
    #[must_use]
    pub fn process(&self) -> Option<u32> {
        self.server.as_ref().map(Supervisor::process)
    }

    /// The URL of a database through the private socket.
    #[must_use]
    pub fn url(&self, database: &Identifier) -> String {
        url::through_socket(self.socket_folder.path(), self.socket_port(), database)
    }

    /// The URL of a database through the loopback port, with the password; `None` where the server listens on none or
    /// was never started.
    #[must_use]
    pub fn tcp_url(&self, database: &Identifier) -> Option<String> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port?));
        Some(url::through_port(address, self.password.as_deref(), database))
    }

    /// The URL of the database that every server has.
    pub(crate) fn maintenance_url(&self) -> String {
        url::through_socket(self.socket_folder.path(), self.socket_port(), &maintenance_database())
    }

    /// The binaries that it runs on.
    #[must_use]
    pub fn installation(&self) -> &Installation {
        &self.installation
    }

    /// The account of the server, where it is not our own.
    #[must_use]
    pub fn account(&self) -> Option<&Account> {
        self.account.as_ref()
    }

    /// The folder that holds data, log and (for a throw-away cluster) socket.
    #[must_use]
    pub fn data_folder(&self) -> &Path {
        &self.home
    }

    /// PostgreSQL's own data folder.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.home.join("data")
    }

    /// The file that the server writes its log to.
    #[must_use]
    pub fn log_file(&self) -> PathBuf {
        self.home.join("server.log")
    }

    /// The settings; what is changed here holds from the next start.
    pub fn settings(&mut self) -> &mut Vec<(String, String)> {
        &mut self.options.settings
    }

    fn arguments(&self) -> Vec<String> {
        let folder = self.socket_folder.path().to_string_lossy();
        let mut settings = vec![
            // Quoted, as a comma would begin another folder.
            ("unix_socket_directories".to_owned(), format!("\"{folder}\"")),
            ("unix_socket_permissions".to_owned(), "0700".to_owned()),
            ("logging_collector".to_owned(), "off".to_owned()),
            ("port".to_owned(), self.socket_port().to_string()),
        ];
        settings.push(("listen_addresses".to_owned(), if self.port.is_some() { "127.0.0.1" } else { "" }.to_owned()));
        if self.options.durability == Durability::ThrowAway {
            // Safe against a killed server, whose pages the operating system still holds; not against a power cut.
            for name in ["fsync", "full_page_writes"] {
                settings.push((name.to_owned(), "off".to_owned()));
            }
        }
        settings.extend(self.options.settings.iter().cloned());
        let mut arguments = vec!["-D".to_owned(), self.data().to_string_lossy().into_owned()];
        arguments.extend(settings.iter().flat_map(|(name, value)| ["-c".to_owned(), format!("{name}={value}")]));
        arguments
    }

    /// A server has one port number for its sockets and its TCP port.
    fn socket_port(&self) -> u16 {
        self.port.unwrap_or(socket::PORT)
    }

    fn log_tail(&self) -> String {
        let bytes = fs::read(self.log_file()).unwrap_or_default();
        let tail = &bytes[bytes.len().saturating_sub(LOG_TAIL)..];
        String::from_utf8_lossy(tail).trim().to_owned()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let shutdown = match self.options.durability {
            Durability::ThrowAway => Shutdown::Immediate,
            Durability::Kept => Shutdown::Fast,
        };
        // If it does not stop, the end of the supervisor's pipe asks it once more.
        let _ = self.stop(shutdown);
    }
}

/// A private folder that the server's account can enter, too.
fn socket_folder(temporary: &Path, account: Option<&Account>) -> Result<TempDir, ProviderError> {
    let folder = socket::private_folder(temporary)?;
    if let Some(account) = account {
        account.check_reach(folder.path())?;
        account.own(folder.path())?;
    }
    Ok(folder)
}

/// A log begins anew with every start, so that its end is about this one.
fn open_log(path: &Path) -> Result<File, ProviderError> {
    OpenOptions::new().create(true).write(true).truncate(true).open(path).map_err(ProviderError::file("create", path))
}

/// A port that was free just now. Another process may take it first, in which case the start fails and says so.
fn free_port() -> Result<u16, ProviderError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(ProviderError::file("bind a port of", "127.0.0.1"))
}

/// 128 bits from the operating system's randomness, which seeds each `RandomState`.
fn random_password() -> String {
    let random = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", random(), random())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_differ() {
        assert_ne!(random_password(), random_password());
        assert_eq!(random_password().len(), 32);
    }
}
