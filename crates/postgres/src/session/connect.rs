//! Opening a session: hosts, their addresses, and for each the ways in that `sslmode` allows.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use tokio_postgres::config::{self, Config};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, NoTls, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::Session;
use super::cancel::Canceller;
use super::connect_error::{Circumstances, ConnectError};
use super::driver::{Shared, drive};
use super::place::Place;
use crate::settings::{
    ChannelBinding, ConnectionSettings, Endpoint, Host, SslMode, SslNegotiation, TargetSessionAttributes,
};
use crate::tls;

pub(super) async fn connect(settings: &ConnectionSettings) -> Result<Session, ConnectError> {
    match settings.target_session_attributes() {
        TargetSessionAttributes::PreferStandby => {
            match first_suitable(settings, TargetSessionAttributes::Standby).await {
                Ok(session) => Ok(session),
                Err(_) => first_suitable(settings, TargetSessionAttributes::Any).await,
            }
        }
        wanted => first_suitable(settings, wanted).await,
    }
}

/// The first session among the endpoints that is of the wanted kind.
async fn first_suitable(
    settings: &ConnectionSettings,
    wanted: TargetSessionAttributes,
) -> Result<Session, ConnectError> {
    let mut endpoints: Vec<&Endpoint> = settings.endpoints().iter().collect();
    if settings.load_balance() {
        // Any of them is as good as another; the clock is random enough to spread clients over them.
        let nanoseconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.subsec_nanos());
        let first = usize::try_from(nanoseconds / 1_000).unwrap_or(0) % endpoints.len().max(1);
        endpoints.rotate_left(first);
    }
    let mut errors = Vec::new();
    for endpoint in endpoints {
        match connect_endpoint(settings, endpoint, wanted).await {
            Ok(session) => return Ok(session),
            Err(error) if error.leaves_other_hosts() => errors.push(error),
            Err(error) => return Err(error),
        }
    }
    Err(match errors.pop() {
        Some(only) if errors.is_empty() => only,
        last => {
            errors.extend(last);
            ConnectError::AllFailed(errors)
        }
    })
}

/// Tries the addresses of one endpoint; the last error counts.
async fn connect_endpoint(
    settings: &ConnectionSettings,
    endpoint: &Endpoint,
    wanted: TargetSessionAttributes,
) -> Result<Session, ConnectError> {
    let attempt = Attempt::new(settings, endpoint);
    let mut last = None;
    for place in attempt.places().await? {
        match attempt.connect_place(&place, wanted).await {
            Err(error) if error.leaves_other_hosts() => last = Some(error),
            outcome => return outcome,
        }
    }
    Err(last.unwrap_or_else(|| ConnectError::UnknownHost {
        server: endpoint.to_string(),
        reason: "its name has no address".to_owned(),
    }))
}

/// One way in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Plain,
    TlsIfOffered,
    Tls,
}

/// A word that no other session has. The standard library seeds each `RandomState` anew from the system's randomness.
fn mark() -> String {
    format!("{:016x}", RandomState::new().hash_one(0_u8))
}

struct Attempt<'a> {
    settings: &'a ConnectionSettings,
    endpoint: &'a Endpoint,
    circumstances: Circumstances,
    /// What the session is marked with, to be told from all others.
    mark: String,
}

impl<'a> Attempt<'a> {
    fn new(settings: &'a ConnectionSettings, endpoint: &'a Endpoint) -> Self {
        let circumstances = Circumstances {
            server: endpoint.to_string(),
            user: settings.user().to_owned(),
            database: settings.database().to_owned(),
            mode: settings.ssl_mode(),
        };
        Self { settings, endpoint, circumstances, mark: mark() }
    }

    async fn places(&self) -> Result<Vec<Place>, ConnectError> {
        let name = match &self.endpoint.host {
            #[cfg(unix)]
            Host::SocketFolder(folder) => {
                return Ok(vec![Place::Socket(folder.join(format!(".s.PGSQL.{}", self.endpoint.port)))]);
            }
            #[cfg(not(unix))]
            Host::SocketFolder(folder) => {
                return Err(ConnectError::Unreachable {
                    server: self.circumstances.server.clone(),
                    reason: format!("{} is the folder of a Unix socket, and this system has none", folder.display()),
                });
            }
            Host::Name(name) => name,
        };
        let place = |address| Place::Address { host: name.clone(), address, port: self.endpoint.port };
        if let Some(address) = self.endpoint.address.or_else(|| name.parse().ok()) {
            return Ok(vec![place(address)]);
        }
        let lookup = tokio::net::lookup_host((name.as_str(), self.endpoint.port));
        let found = self.in_time(async { Ok(lookup.await) }).await?;
        let found = found.map_err(|error| ConnectError::UnknownHost {
            server: self.circumstances.server.clone(),
            reason: error.to_string(),
        })?;
        Ok(found.map(|address| place(address.ip())).collect())
    }

    async fn connect_place(&self, place: &Place, wanted: TargetSessionAttributes) -> Result<Session, ConnectError> {
        let session = match self.in_time(self.with_options(place, true)).await {
            // Without the mark and the search path, if it was those which a pooler refused; the caller of the session
            // sets the path then. Poolers word the refusal of options in many ways.
            Err(ConnectError::UnsupportedStartupParameter { .. } | ConnectError::Refused { .. }) => {
                let mut session = self.in_time(self.with_options(place, false)).await?;
                session.unset_search_path = self.settings.search_path().map(str::to_owned);
                session
            }
            outcome => outcome?,
        };
        let suitable = wanted == TargetSessionAttributes::Any || self.in_time(self.suits(&session, wanted)).await?;
        if suitable {
            return Ok(session);
        }
        session.close().await;
        Err(ConnectError::Unsuitable { server: self.circumstances.server.clone(), wanted: wanted.as_str() })
    }

    /// Tries the ways in, one after the other, as far as `sslmode` allows.
    async fn with_options(&self, place: &Place, with_mark: bool) -> Result<Session, ConnectError> {
        let (first, second) = match (place, self.settings.ssl_mode()) {
            // There is no TLS on Unix sockets, and no need of it.
            #[cfg(unix)]
            (Place::Socket(_), _) => (Way::Plain, None),
            (_, SslMode::Disable) => (Way::Plain, None),
            (_, SslMode::Allow) => (Way::Plain, Some(Way::Tls)),
            (_, SslMode::Prefer) => (Way::TlsIfOffered, Some(Way::Plain)),
            (_, SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull) => (Way::Tls, None),
        };
        let error = match self.go(place, first, with_mark).await {
            Ok(session) => return Ok(session),
            Err(error) => error,
        };
        let worth_it = match first {
            Way::TlsIfOffered => {
                matches!(error, ConnectError::Tls { .. } | ConnectError::NotAllowedFromHere { .. })
            }
            _ => matches!(error, ConnectError::NotAllowedFromHere { .. }),
        };
        match second.filter(|_| worth_it) {
            // If neither works, the first refusal is the one that the settings preferred to hear of.
            Some(way) => self.go(place, way, with_mark).await.map_err(|_| error),
            None => Err(error),
        }
    }

    async fn go(&self, place: &Place, way: Way, with_mark: bool) -> Result<Session, ConnectError> {
        let config = self.config(place, way, with_mark);
        if way == Way::Plain {
            return self.open(place, &config, NoTls, None).await;
        }
        let tls = tls::client_config(self.settings.tls()).map_err(|error| self.circumstances.tls(error))?;
        let tls = MakeRustlsConnect::new(tls);
        self.open(place, &config, tls.clone(), Some(tls)).await
    }

    async fn open<T>(
        &self,
        place: &Place,
        config: &Config,
        connector: T,
        tls: Option<MakeRustlsConnect>,
    ) -> Result<Session, ConnectError>
    where
        T: MakeTlsConnect<Socket>,
        T::Stream: Send + 'static,
    {
        let (client, connection) =
            config.connect(connector).await.map_err(|error| self.circumstances.classify(&error))?;
        let shared = Arc::new(Shared::default());
        let driver = tokio::spawn(drive(connection, Arc::clone(&shared)));
        let canceller = Canceller {
            token: Client::cancel_token(&client),
            place: place.clone(),
            tls,
            timeout: self.settings.connect_timeout(),
            circumstances: self.circumstances.clone(),
        };
        let server = self.circumstances.server.clone();
        Ok(Session { client, driver, shared, canceller, server, mark: self.mark.clone(), unset_search_path: None })
    }

    fn config(&self, place: &Place, way: Way, with_mark: bool) -> Config {
        let settings = self.settings;
        let mut config = Config::new();
        match place {
            Place::Address { host, address, .. } => config.host(host).hostaddr(*address),
            #[cfg(unix)]
            Place::Socket(file) => config.host_path(file.parent().unwrap_or(file)),
        };
        config.port(self.endpoint.port).user(settings.user()).dbname(settings.database());
        if let Some(password) = settings.password_for(self.endpoint) {
            config.password(password.reveal());
        }
        if let Some(options) = settings.startup_options(with_mark.then_some(&self.mark)) {
            config.options(options);
        }
        if let Some(name) = settings.application_name() {
            config.application_name(name);
        }
        config.ssl_mode(match way {
            Way::Plain => config::SslMode::Disable,
            Way::TlsIfOffered => config::SslMode::Prefer,
            Way::Tls => config::SslMode::Require,
        });
        config.ssl_negotiation(match settings.tls().negotiation {
            SslNegotiation::Asked => config::SslNegotiation::Postgres,
            SslNegotiation::Direct => config::SslNegotiation::Direct,
        });
        config.channel_binding(match settings.channel_binding() {
            ChannelBinding::Disable => config::ChannelBinding::Disable,
            ChannelBinding::Prefer => config::ChannelBinding::Prefer,
            ChannelBinding::Require => config::ChannelBinding::Require,
        });
        let keepalive = settings.keepalive();
        config.keepalives(keepalive.enabled);
        if let Some(idle) = keepalive.idle {
            config.keepalives_idle(idle);
        }
        if let Some(interval) = keepalive.interval {
            config.keepalives_interval(interval);
        }
        if let Some(retries) = keepalive.retries {
            config.keepalives_retries(retries);
        }
        if let Some(timeout) = keepalive.user_timeout {
            config.tcp_user_timeout(timeout);
        }
        config
    }

    /// Whether a session is of the wanted kind.
    async fn suits(&self, session: &Session, wanted: TargetSessionAttributes) -> Result<bool, ConnectError> {
        let sql = "SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('transaction_read_only') = 'on'";
        let unclear = |reason: String| ConnectError::NotPostgres { server: self.circumstances.server.clone(), reason };
        let rows = session.query(sql, &[]).await.map_err(|error| unclear(error.to_string()))?;
        let row = rows.first().ok_or_else(|| unclear("it gave no answer to what it is".to_owned()))?;
        let in_recovery: bool = row.try_get(0).map_err(|error| unclear(error.to_string()))?;
        let read_only: bool = row.try_get(1).map_err(|error| unclear(error.to_string()))?;
        Ok(match wanted {
            TargetSessionAttributes::Any | TargetSessionAttributes::PreferStandby => true,
            TargetSessionAttributes::ReadWrite => !in_recovery && !read_only,
            TargetSessionAttributes::ReadOnly => in_recovery || read_only,
            TargetSessionAttributes::Primary => !in_recovery,
            TargetSessionAttributes::Standby => in_recovery,
        })
    }

    async fn in_time<T>(&self, attempt: impl Future<Output = Result<T, ConnectError>>) -> Result<T, ConnectError> {
        match self.settings.connect_timeout() {
            Some(limit) => match tokio::time::timeout(limit, attempt).await {
                Ok(outcome) => outcome,
                Err(_) => Err(self.circumstances.timeout(limit)),
            },
            None => attempt.await,
        }
    }
}
