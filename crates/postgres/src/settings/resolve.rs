//! From a connection text and what surrounds it to settings: layers of parameters, then their values.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use limosa_catalog::Identifier;

use super::context::ClientContext;
use super::error::{SettingsError, SettingsWarning};
use super::parameter::Parameter;
use super::secret::Password;
use super::values::{self, Keepalive, OldestTls, SslMode, SslNegotiation};
use super::{ClientCertificate, ConnectionSettings, RootCertificates, TlsSettings};
use super::{endpoint, pairs, pass_file, service_file, url};

/// How long one attempt to connect may take where nothing else is said. libpq would wait for ever; fifteen seconds are
/// enough for servers that wake up at the first connection.
const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

pub(super) fn resolve(text: &str, context: &ClientContext) -> Result<ConnectionSettings, SettingsError> {
    let parameters = Parameters::gather(text, context)?;
    let user = parameters
        .get(Parameter::User)
        .or(context.user.as_deref().filter(|user| !user.is_empty()))
        .ok_or(SettingsError::NoUser)?
        .to_owned();
    let database = parameters.get(Parameter::Database).unwrap_or(&user).to_owned();
    let mut warnings = Vec::new();
    let tls = parameters.tls(context)?;
    if parameters.get(Parameter::SslIdentity).is_some() {
        warnings.push(SettingsWarning::IdentityIgnored);
    }
    let password = parameters.get(Parameter::Password).map(Password::new);
    let pass_entries = if password.is_some() { Vec::new() } else { parameters.pass_entries(context, &mut warnings) };
    let one = |parameter, parse: fn(&str) -> _| parameters.get(parameter).map(parse).transpose();
    let target_session_attributes = one(Parameter::TargetSessionAttributes, values::target_session_attributes)?;
    Ok(ConnectionSettings {
        endpoints: endpoint::endpoints(
            parameters.get(Parameter::Host),
            parameters.get(Parameter::HostAddress),
            parameters.get(Parameter::Port),
        )?,
        database,
        user,
        password,
        pass_entries: Arc::from(pass_entries),
        options: parameters.get(Parameter::Options).map(str::to_owned),
        search_path: parameters.search_path()?,
        application_name: parameters
            .get(Parameter::ApplicationName)
            .or_else(|| parameters.get(Parameter::FallbackApplicationName))
            .map(str::to_owned),
        names_pooler: parameters.boolean(Parameter::PgBouncer)?.unwrap_or(false),
        connect_timeout: match parameters.get(Parameter::ConnectTimeout) {
            Some(text) => values::seconds(Parameter::ConnectTimeout, text)?,
            None => Some(DEFAULT_CONNECT_TIMEOUT),
        },
        keepalive: parameters.keepalive()?,
        target_session_attributes: target_session_attributes.unwrap_or_default(),
        load_balance: parameters
            .get(Parameter::LoadBalanceHosts)
            .map(values::load_balance)
            .transpose()?
            .unwrap_or(false),
        channel_binding: parameters
            .get(Parameter::ChannelBinding)
            .map(values::channel_binding)
            .transpose()?
            .unwrap_or_default(),
        tls,
        warnings,
    })
}

/// Parameters by precedence. An empty value is as good as none, as in libpq.
struct Parameters(BTreeMap<Parameter, String>);

impl Parameters {
    fn gather(text: &str, context: &ClientContext) -> Result<Self, SettingsError> {
        let text = text.trim();
        let is_url = text.split_once("://").is_some_and(|(scheme, _)| !scheme.contains(['=', ' ', '\'']));
        let given = if is_url {
            url::parse(text)?
        } else if text.is_empty() || text.contains('=') {
            pairs::parse(text)?
        } else {
            return Err(SettingsError::NotAConnection);
        };
        let mut parameters = Self(BTreeMap::new());
        parameters.add(given)?;
        let variables = || {
            Parameter::variables().filter_map(|(variable, name)| {
                context.variable(variable).map(|value| (name.to_owned(), value.to_owned()))
            })
        };
        let from_environment = |wanted| variables().find(|(name, _)| name == wanted).map(|(_, value)| value);
        let service = parameters.get(Parameter::Service).map(str::to_owned).or_else(|| from_environment("service"));
        if let Some(service) = service {
            let named = parameters.get(Parameter::ServiceFile).map(str::to_owned);
            let file = named.or_else(|| from_environment("servicefile"));
            parameters.add(service_file::load(&service, file.as_deref(), context)?)?;
        }
        parameters.add(variables())?;
        Ok(parameters)
    }

    /// Adds a layer below those that are there. Within a layer the last of two equal names counts.
    fn add(&mut self, layer: impl IntoIterator<Item = (String, String)>) -> Result<(), SettingsError> {
        let mut added = BTreeMap::new();
        for (name, value) in layer {
            if let Some(parameter) = Parameter::named(&name, &value)?.filter(|_| !value.is_empty()) {
                added.insert(parameter, value);
            }
        }
        for (parameter, value) in added {
            self.0.entry(parameter).or_insert(value);
        }
        Ok(())
    }

    fn get(&self, parameter: Parameter) -> Option<&str> {
        self.0.get(&parameter).map(String::as_str)
    }

    fn boolean(&self, parameter: Parameter) -> Result<Option<bool>, SettingsError> {
        self.get(parameter).map(|text| values::boolean(parameter, text)).transpose()
    }

    fn search_path(&self) -> Result<Option<String>, SettingsError> {
        match (self.get(Parameter::Schema), self.get(Parameter::SearchPath)) {
            (Some(_), Some(_)) => Err(SettingsError::Contradiction(
                "`schema` and `search_path` both say which schema comes first; give one",
            )),
            (Some(schema), None) => {
                Identifier::new(schema).map(|schema| Some(schema.to_string())).map_err(SettingsError::Schema)
            }
            (None, path) => Ok(path.map(str::to_owned)),
        }
    }

    fn keepalive(&self) -> Result<Keepalive, SettingsError> {
        let seconds = |parameter| self.get(parameter).map_or(Ok(None), |text| values::seconds(parameter, text));
        Ok(Keepalive {
            enabled: self.boolean(Parameter::Keepalives)?.unwrap_or(true),
            idle: seconds(Parameter::KeepalivesIdle)?,
            interval: seconds(Parameter::KeepalivesInterval)?,
            retries: match self.get(Parameter::KeepalivesCount) {
                Some(text) => values::count(Parameter::KeepalivesCount, text)?,
                None => None,
            },
            user_timeout: match self.get(Parameter::TcpUserTimeout) {
                Some(text) => values::milliseconds(Parameter::TcpUserTimeout, text)?,
                None => None,
            },
        })
    }

    fn pass_entries(&self, context: &ClientContext, warnings: &mut Vec<SettingsWarning>) -> Vec<pass_file::PassEntry> {
        let named = self.get(Parameter::PassFile).map(|file| context.expand(file));
        let Some(file) = named.or_else(|| context.home_file(".pgpass")) else { return Vec::new() };
        pass_file::load(&file).unwrap_or_else(|warning| {
            warnings.push(warning);
            Vec::new()
        })
    }

    fn tls(&self, context: &ClientContext) -> Result<TlsSettings, SettingsError> {
        let mode = self.get(Parameter::SslMode).map(values::ssl_mode).transpose()?;
        let strict = self.get(Parameter::SslAccept).map(values::ssl_accept).transpose()?;
        let negotiation = match self.get(Parameter::SslNegotiation) {
            Some(text) => values::ssl_negotiation(text)?,
            None => SslNegotiation::default(),
        };
        // Prisma calls the file with the server's root certificate `sslcert`, libpq the one with the client's own.
        let prismas_words = strict.is_some() || self.get(Parameter::SslIdentity).is_some();
        let root_is_certificate = prismas_words && self.get(Parameter::SslKey).is_none();
        let root_text = self
            .get(Parameter::SslRootCertificate)
            .or_else(|| self.get(Parameter::SslCertificate).filter(|_| root_is_certificate));
        let root = match root_text {
            Some("system") => RootCertificates::System,
            Some(file) => RootCertificates::File(context.expand(file)),
            None if strict == Some(true) => RootCertificates::System,
            None => RootCertificates::Default(context.home_file(".postgresql/root.crt")),
        };
        let mode = match (mode, strict) {
            (Some(SslMode::Disable), _) => SslMode::Disable,
            (_, Some(true)) => SslMode::VerifyFull,
            // libpq: trusting every authority of the operating system is pointless unless the name is verified.
            (None, _) if root == RootCertificates::System => SslMode::VerifyFull,
            (mode, _) => mode.unwrap_or_default(),
        };
        if root == RootCertificates::System && !matches!(mode, SslMode::VerifyFull | SslMode::Disable) {
            return Err(SettingsError::Contradiction(
                "`sslrootcert=system` trusts every certificate authority of the operating system, so it needs \
                 `sslmode=verify-full`",
            ));
        }
        if negotiation == SslNegotiation::Direct && mode < SslMode::Require {
            return Err(SettingsError::Contradiction(
                "`sslnegotiation=direct` begins with TLS, so it needs `sslmode=require` or stricter",
            ));
        }
        let default_files =
            || context.home_file(".postgresql").map(|f| (f.join("postgresql.crt"), f.join("postgresql.key")));
        let certificate = self.get(Parameter::SslCertificate).filter(|_| !root_is_certificate);
        let client = match (certificate, self.get(Parameter::SslKey)) {
            (None, None) => ClientCertificate::Default(default_files()),
            (certificate, key) => {
                let (default_certificate, default_key) = default_files().unzip();
                let missing = SettingsError::Contradiction("`sslcert` and `sslkey` go together; name both files");
                ClientCertificate::Files {
                    certificate: certificate
                        .map(|file| context.expand(file))
                        .or(default_certificate)
                        .ok_or_else(|| missing.clone())?,
                    key: key.map(|file| context.expand(file)).or(default_key).ok_or(missing)?,
                }
            }
        };
        let oldest = match self.get(Parameter::SslMinProtocolVersion) {
            Some(text) => values::oldest_tls(text)?,
            None => OldestTls::default(),
        };
        Ok(TlsSettings { mode, negotiation, oldest, root, client })
    }
}
