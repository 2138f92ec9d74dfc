//! PgBouncer, the pooler that most teams have between their programs and PostgreSQL.

use std::env;
use std::fmt;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use limosa_postgres::provider::binaries::Account;
use tempfile::TempDir;

use crate::environment::variable;

/// Kills the pooler, which keeps nothing that an orderly end would save, when the pipe that the shell reads ends: with
/// the value that holds it or with this process, however that ends.
const SCRIPT: &str = r#"
folder=$1; shift
"$@" </dev/null &
pooler=$!
read -r _
kill -s KILL "$pooler"
rm -rf "$folder"
"#;

/// How long a pooler may take to listen.
const PATIENCE: Duration = Duration::from_secs(20);

/// For how long a server connection belongs to a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PoolMode {
    /// Until the client leaves.
    Session,
    /// Until its transaction ends; the next one may run on another server connection.
    Transaction,
}

impl fmt::Display for PoolMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Session => "session",
            Self::Transaction => "transaction",
        })
    }
}

/// A running PgBouncer in front of one server; every database of the server can be reached through it by its name.
#[derive(Debug)]
pub struct PgBouncer {
    process: Child,
    address: SocketAddr,
    _folder: TempDir,
}

impl PgBouncer {
    /// Starts a pooler in front of the server of a URL. `None` where the machine has no `pgbouncer`.
    ///
    /// # Panics
    /// It does not start.
    #[must_use]
    pub fn start(server: &str, mode: PoolMode) -> Option<Self> {
        let program = program()?;
        let account = Account::for_servers().unwrap_or_else(|error| panic!("{error}"));
        let folder = tempfile::Builder::new().prefix("limosa-pgbouncer-").tempdir().expect("a temporary folder");
        let port = free_port();
        let parts = UrlParts::of(server);
        let users = folder.path().join("users.txt");
        let configuration = folder.path().join("pgbouncer.ini");
        let text = format!(
            "[databases]\n* = host={host} port={port_of_server}\n\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
             listen_port = {port}\nunix_socket_dir =\nauth_type = plain\nauth_file = {users}\npool_mode = {mode}\n\
             default_pool_size = 20\nmax_client_conn = 300\nlogfile = {log}\n",
            host = parts.address.ip(),
            port_of_server = parts.address.port(),
            users = users.display(),
            log = folder.path().join("log").display(),
        );
        // PgBouncer doubles quotes in its file of users as SQL does.
        let user = format!("\"{}\" \"{}\"\n", parts.user.replace('"', "\"\""), parts.password.replace('"', "\"\""));
        fs::write(&users, user).expect("the folder can be written");
        fs::write(&configuration, text).expect("the folder can be written");
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", SCRIPT, "limosa-pgbouncer"])
            .arg(folder.path())
            .arg(program)
            .arg("--quiet")
            .arg(&configuration)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if let Some(account) = &account {
            for path in [folder.path(), users.as_path(), configuration.as_path()] {
                account.own(path).unwrap_or_else(|error| panic!("{error}"));
            }
            account.run(&mut command);
        }
        let mut process = command.current_dir("/").spawn().expect("pgbouncer can be executed");
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        wait_until_listening(address, &mut process, folder.path());
        Some(Self { process, address, _folder: folder })
    }

    /// A server's URL with the pooler's address in place of the server's.
    ///
    /// # Panics
    /// The URL has no address and port.
    #[must_use]
    pub fn url(&self, server: &str) -> String {
        let address = UrlParts::of(server).address;
        server.replacen(&address.to_string(), &self.address.to_string(), 1)
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        // The end of the pipe is the shell's order to kill.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// The program; Debian puts it where only root's `PATH` leads.
fn program() -> Option<PathBuf> {
    let path = variable("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(["/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"].map(PathBuf::from))
        .map(|folder| folder.join("pgbouncer"))
        .find(|path| path.is_file())
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port is free");
    listener.local_addr().expect("a bound socket has an address").port()
}

fn wait_until_listening(address: SocketAddr, process: &mut Child, folder: &Path) {
    let begin = Instant::now();
    let mut pause = Duration::from_millis(1);
    while TcpStream::connect(address).is_err() {
        if begin.elapsed() > PATIENCE {
            let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
            drop(process.stdin.take());
            panic!("pgbouncer does not listen: {log}");
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}

/// What a pooler needs of a test server's URL: `postgresql://user:password@address:port/…`.
struct UrlParts {
    user: String,
    password: String,
    address: SocketAddr,
}

impl UrlParts {
    fn of(url: &str) -> Self {
        let parse = || {
            let authority = url.split_once("://")?.1.split('/').next()?;
            let (login, address) = authority.rsplit_once('@')?;
            let (user, password) = login.split_once(':').unwrap_or((login, ""));
            Some(Self { user: user.to_owned(), password: password.to_owned(), address: address.parse().ok()? })
        };
        parse().expect("a test server's URL has user, address and port")
    }
}
