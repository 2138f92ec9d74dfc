//! Connection settings: who to connect to, as whom and how, read as libpq reads them.

mod context;
mod endpoint;
mod error;
mod pairs;
mod parameter;
mod pass_file;
mod resolve;
mod secret;
mod service_file;
mod url;
mod values;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use limosa_catalog::Identifier;

pub use context::ClientContext;
pub use endpoint::{Endpoint, Host};
pub use error::{SettingsError, SettingsWarning};
pub use values::{ChannelBinding, SslMode, TargetSessionAttributes};

use endpoint::DEFAULT_PORT;
use pass_file::PassEntry;
pub(crate) use secret::Password;
pub(crate) use values::{Keepalive, OldestTls, SslNegotiation};

/// Everything that is needed to open a session. `Display` gives `user@host:port/database`; neither it nor `Debug` shows
/// the password.
#[derive(Debug, Clone)]
pub struct ConnectionSettings {
    endpoints: Vec<Endpoint>,
    database: String,
    user: String,
    password: Option<Password>,
    /// The password file's lines, kept since the password may depend on the database and the host.
    pass_entries: Arc<[PassEntry]>,
    /// Sent as the startup parameter `options`.
    options: Option<String>,
    search_path: Option<String>,
    application_name: Option<String>,
    names_pooler: bool,
    connect_timeout: Option<Duration>,
    keepalive: Keepalive,
    target_session_attributes: TargetSessionAttributes,
    load_balance: bool,
    channel_binding: ChannelBinding,
    tls: TlsSettings,
    warnings: Vec<SettingsWarning>,
}

/// How to do TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TlsSettings {
    pub(crate) mode: SslMode,
    pub(crate) negotiation: SslNegotiation,
    pub(crate) oldest: OldestTls,
    pub(crate) root: RootCertificates,
    pub(crate) client: ClientCertificate,
}

/// Which roots a server's certificate may lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RootCertificates {
    /// `~/.postgresql/root.crt`, which need not exist; `None` where there is no home folder.
    Default(Option<PathBuf>),
    /// A PEM file that has to exist.
    File(PathBuf),
    /// The operating system's.
    System,
}

/// Which certificate we show to a server that asks for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ClientCertificate {
    /// `~/.postgresql/postgresql.crt` and `.key`, which need not exist; `None` where there is no home folder.
    Default(Option<(PathBuf, PathBuf)>),
    /// PEM files that have to exist.
    Files { certificate: PathBuf, key: PathBuf },
}

impl ConnectionSettings {
    /// Reads a URL (`postgres://…`, `postgresql://…`) or `key=value` text, and fills in what it leaves out: from the
    /// service that it or PGSERVICE names, then from the PG* variables, then from the defaults of libpq. Files that
    /// these name (service file, password file) are read.
    ///
    /// Deviating from libpq: without a host, the socket in the usual folders is taken if there is one, else
    /// `localhost`; without `connect_timeout`, an attempt is given up after 15 seconds; Prisma's parameters are
    /// understood, of which `schema` becomes the search path.
    ///
    /// # Errors
    /// Malformed text, unknown or unsupported parameters, values that do not fit, a service that is nowhere defined.
    /// No error repeats the password.
    pub fn resolve(url: &str, context: &ClientContext) -> Result<Self, SettingsError> {
        resolve::resolve(url, context)
    }

    /// The same server and role, another database. A password from a password file is looked up anew.
    #[must_use]
    pub fn with_database(&self, name: &Identifier) -> Self {
        Self { database: name.as_str().to_owned(), ..self.clone() }
    }

    /// The same settings under another `application_name`, which the server shows to its administrators and cuts after
    /// 63 bytes.
    #[must_use]
    pub fn with_application_name(&self, name: &str) -> Self {
        Self { application_name: Some(name.replace('\0', "")), ..self.clone() }
    }

    /// The same settings with another time limit for one attempt to connect; `None` waits for ever.
    #[must_use]
    pub fn with_connect_timeout(&self, timeout: Option<Duration>) -> Self {
        Self { connect_timeout: timeout, ..self.clone() }
    }

    /// `host:port`, or several of them joined with commas.
    #[must_use]
    pub fn host_description(&self) -> String {
        self.endpoints.iter().map(Endpoint::to_string).collect::<Vec<_>>().join(",")
    }

    /// The places where the server may be, in the order in which they are tried.
    #[must_use]
    pub fn endpoints(&self) -> &[Endpoint] {
        &self.endpoints
    }

    /// The database's name.
    #[must_use]
    pub fn database(&self) -> &str {
        &self.database
    }

    /// The role's name.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The name under which the server shows the session, where one was given.
    #[must_use]
    pub fn application_name(&self) -> Option<&str> {
        self.application_name.as_deref()
    }

    /// The encryption mode.
    #[must_use]
    pub fn ssl_mode(&self) -> SslMode {
        self.tls.mode
    }

    /// The search path that was asked for (Prisma's `schema`, quoted, or `search_path` as it is), in the form that
    /// `set_config('search_path', …)` takes.
    #[must_use]
    pub fn search_path(&self) -> Option<&str> {
        self.search_path.as_deref()
    }

    /// Whether the URL says of itself that it leads to a transaction pooler (Prisma's `pgbouncer=true`).
    #[must_use]
    pub fn names_pooler(&self) -> bool {
        self.names_pooler
    }

    /// What was noticed while reading, such as a password file that others may read.
    #[must_use]
    pub fn warnings(&self) -> &[SettingsWarning] {
        &self.warnings
    }

    pub(crate) fn password_for(&self, endpoint: &Endpoint) -> Option<&Password> {
        self.password.as_ref().or_else(|| {
            let names = endpoint.pass_file_names();
            pass_file::find(&self.pass_entries, &names, endpoint.port, &self.database, &self.user)
        })
    }

    /// The startup parameter `options`; with the search path in it if `with_search_path`.
    /// The options to be sent when connecting; with a mark, also those that not every pooler lets through.
    pub(crate) fn startup_options(&self, mark: Option<&String>) -> Option<String> {
        let search_path = self.search_path.as_deref().filter(|_| mark.is_some());
        let search_path = search_path.map(|path| format!("-c search_path={}", escape_option(path)));
        let mark = mark.map(|mark| format!("-c {}={mark}", crate::session::MARK));
        let parts: Vec<String> = self.options.clone().into_iter().chain(search_path).chain(mark).collect();
        Some(parts.join(" ")).filter(|options| !options.is_empty())
    }

    pub(crate) fn connect_timeout(&self) -> Option<Duration> {
        self.connect_timeout
    }

    pub(crate) fn keepalive(&self) -> Keepalive {
        self.keepalive
    }

    pub(crate) fn target_session_attributes(&self) -> TargetSessionAttributes {
        self.target_session_attributes
    }

    pub(crate) fn load_balance(&self) -> bool {
        self.load_balance
    }

    pub(crate) fn channel_binding(&self) -> ChannelBinding {
        self.channel_binding
    }

    pub(crate) fn tls(&self) -> &TlsSettings {
        &self.tls
    }
}

impl fmt::Display for ConnectionSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}/{}", self.user, self.host_description(), self.database)
    }
}

/// The server splits `options` at blanks; a backslash keeps the character behind it.
fn escape_option(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for character in value.chars() {
        if character.is_ascii_whitespace() || character == '\\' {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}
