//! The parameters that a connection URL or `key=value` text may name, and what becomes of each.

use super::error::SettingsError;

/// A parameter that is used. `Ord` only so that parameters can be keys of a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Parameter {
    Host,
    HostAddress,
    Port,
    Database,
    User,
    Password,
    PassFile,
    Service,
    ServiceFile,
    ConnectTimeout,
    ApplicationName,
    FallbackApplicationName,
    Options,
    SslMode,
    SslRootCertificate,
    SslCertificate,
    SslKey,
    SslNegotiation,
    SslMinProtocolVersion,
    TargetSessionAttributes,
    ChannelBinding,
    Keepalives,
    KeepalivesIdle,
    KeepalivesInterval,
    KeepalivesCount,
    TcpUserTimeout,
    LoadBalanceHosts,
    SearchPath,
    /// Prisma: the schema that unqualified names mean.
    Schema,
    /// Prisma: `strict` verifies the server's certificate, `accept_invalid_certs` does not.
    SslAccept,
    /// Prisma: a PKCS #12 file with a client certificate.
    SslIdentity,
    /// Prisma: `true` where the URL leads to a transaction pooler.
    PgBouncer,
}

/// What becomes of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    /// It means something here.
    Used(Parameter),
    /// It tunes what this client does not have, such as a connection pool; leaving it out changes nothing.
    Ignored,
    /// Leaving it out would be less safe, or something else, than what was asked for.
    Refused(&'static str),
    /// As `Refused`, unless it has this value, which is what happens anyway.
    RefusedUnless(&'static [&'static str], &'static str),
}

struct Row {
    name: &'static str,
    /// The environment variable that stands in for it, as libpq names them.
    variable: Option<&'static str>,
    becomes: Use,
}

const fn used(name: &'static str, variable: &'static str, parameter: Parameter) -> Row {
    Row { name, variable: Some(variable), becomes: Use::Used(parameter) }
}

const fn plain(name: &'static str, becomes: Use) -> Row {
    Row { name, variable: None, becomes }
}

const fn with_variable(name: &'static str, variable: &'static str, becomes: Use) -> Row {
    Row { name, variable: Some(variable), becomes }
}

const NO_GSSAPI: &str = "GSSAPI is not supported; connect with TLS and a password or a client certificate instead";
const NO_REVOCATION: &str =
    "revocation lists are not supported, and leaving one out would be less safe than it asks for";

use Parameter as P;
use Use::{Ignored, Refused, RefusedUnless, Used};

/// Every parameter of libpq 18, then those of Prisma and of other clients whose URLs are passed around.
const TABLE: &[Row] = &[
    used("host", "PGHOST", P::Host),
    used("hostaddr", "PGHOSTADDR", P::HostAddress),
    used("port", "PGPORT", P::Port),
    used("dbname", "PGDATABASE", P::Database),
    used("user", "PGUSER", P::User),
    used("password", "PGPASSWORD", P::Password),
    used("passfile", "PGPASSFILE", P::PassFile),
    used("service", "PGSERVICE", P::Service),
    used("servicefile", "PGSERVICEFILE", P::ServiceFile),
    used("connect_timeout", "PGCONNECT_TIMEOUT", P::ConnectTimeout),
    used("application_name", "PGAPPNAME", P::ApplicationName),
    plain("fallback_application_name", Used(P::FallbackApplicationName)),
    used("options", "PGOPTIONS", P::Options),
    used("sslmode", "PGSSLMODE", P::SslMode),
    used("sslrootcert", "PGSSLROOTCERT", P::SslRootCertificate),
    used("sslcert", "PGSSLCERT", P::SslCertificate),
    used("sslkey", "PGSSLKEY", P::SslKey),
    used("sslnegotiation", "PGSSLNEGOTIATION", P::SslNegotiation),
    used("ssl_min_protocol_version", "PGSSLMINPROTOCOLVERSION", P::SslMinProtocolVersion),
    used("target_session_attrs", "PGTARGETSESSIONATTRS", P::TargetSessionAttributes),
    used("channel_binding", "PGCHANNELBINDING", P::ChannelBinding),
    used("load_balance_hosts", "PGLOADBALANCEHOSTS", P::LoadBalanceHosts),
    plain("keepalives", Used(P::Keepalives)),
    plain("keepalives_idle", Used(P::KeepalivesIdle)),
    plain("keepalives_interval", Used(P::KeepalivesInterval)),
    plain("keepalives_count", Used(P::KeepalivesCount)),
    plain("tcp_user_timeout", Used(P::TcpUserTimeout)),
    with_variable(
        "client_encoding",
        "PGCLIENTENCODING",
        RefusedUnless(
            &["utf8", "utf-8", "auto", "unicode"],
            "Limosa always speaks UTF-8 and the server converts; leave it out",
        ),
    ),
    plain(
        "sslpassword",
        Refused(
            "keys that are locked with a password are not supported; \
             decrypt it with `openssl pkey -in KEY -out NEW` and name the new file in sslkey",
        ),
    ),
    with_variable("sslcrl", "PGSSLCRL", Refused(NO_REVOCATION)),
    with_variable("sslcrldir", "PGSSLCRLDIR", Refused(NO_REVOCATION)),
    with_variable(
        "ssl_max_protocol_version",
        "PGSSLMAXPROTOCOLVERSION",
        RefusedUnless(
            &["", "tlsv1.3"],
            "TLS 1.2 and 1.3 are both offered, and the newest that the server has is taken; leave it out",
        ),
    ),
    with_variable(
        "require_auth",
        "PGREQUIREAUTH",
        Refused(
            "choosing the ways to authenticate is not supported; \
             channel_binding=require with sslmode=verify-full is the strongest of them",
        ),
    ),
    with_variable("requirepeer", "PGREQUIREPEER", Refused("the owner of a socket's server cannot be checked")),
    with_variable("gssencmode", "PGGSSENCMODE", RefusedUnless(&["disable", "prefer"], NO_GSSAPI)),
    plain(
        "replication",
        RefusedUnless(&["false", "off", "no", "0"], "migrations cannot run over a replication connection"),
    ),
    plain("scram_client_key", Refused("SCRAM keys are not supported; give the password")),
    plain("scram_server_key", Refused("SCRAM keys are not supported; give the password")),
    plain("oauth_issuer", Refused("OAuth is not supported; give a password or a client certificate")),
    plain("oauth_client_id", Refused("OAuth is not supported; give a password or a client certificate")),
    plain("oauth_client_secret", Refused("OAuth is not supported; give a password or a client certificate")),
    plain("oauth_scope", Refused("OAuth is not supported; give a password or a client certificate")),
    with_variable("krbsrvname", "PGKRBSRVNAME", Ignored),
    with_variable("gsslib", "PGGSSLIB", Ignored),
    with_variable("gssdelegation", "PGGSSDELEGATION", Ignored),
    with_variable("sslcompression", "PGSSLCOMPRESSION", Ignored),
    with_variable(
        "sslcertmode",
        "PGSSLCERTMODE",
        RefusedUnless(
            &["allow"],
            "a client certificate is sent where there is one and the server asks for it; leave it out",
        ),
    ),
    with_variable("sslsni", "PGSSLSNI", RefusedUnless(&["1"], "the server name is always sent over TLS; leave it out")),
    with_variable(
        "min_protocol_version",
        "PGMINPROTOCOLVERSION",
        RefusedUnless(&["3.0"], "protocol 3.0 is spoken; leave it out"),
    ),
    with_variable("max_protocol_version", "PGMAXPROTOCOLVERSION", Ignored),
    plain("sslkeylogfile", Refused("writing TLS keys to a file is not supported")),
    // Prisma.
    plain("schema", Used(P::Schema)),
    plain("sslaccept", Used(P::SslAccept)),
    plain("sslidentity", Used(P::SslIdentity)),
    plain("pgbouncer", Used(P::PgBouncer)),
    plain("connection_limit", Ignored),
    plain("pool_timeout", Ignored),
    plain("socket_timeout", Ignored),
    plain("statement_cache_size", Ignored),
    plain("max_connection_lifetime", Ignored),
    plain("max_idle_connection_lifetime", Ignored),
    plain("single_use_connections", Ignored),
    // Other clients.
    plain("search_path", Used(P::SearchPath)),
    plain("uselibpqcompat", Ignored),
    plain("supa", Ignored),
    plain("prepare_threshold", Ignored),
    plain("binary_parameters", Ignored),
    plain("default_query_exec_mode", Ignored),
    plain("statement_cache_capacity", Ignored),
    plain("statement_cache_mode", Ignored),
    plain("pool_max_conns", Ignored),
    plain("pool_min_conns", Ignored),
    plain("pool_max_conn_lifetime", Ignored),
    plain("pool_max_conn_idle_time", Ignored),
];

/// Other names for a parameter, as JDBC, Go and Node.js clients write them.
const ALIASES: &[(&str, &str)] = &[
    ("database", "dbname"),
    ("username", "user"),
    ("currentschema", "schema"),
    ("applicationname", "application_name"),
    ("connecttimeout", "connect_timeout"),
];

impl Parameter {
    /// What a name stands for: a parameter that is used, or `None` for one that is rightly ignored.
    ///
    /// # Errors
    /// The name is unknown, or stands for something that cannot be done and must not be left out silently.
    pub(crate) fn named(name: &str, value: &str) -> Result<Option<Self>, SettingsError> {
        // golang-migrate keeps its own settings in the URL under this prefix.
        if name.starts_with("x-") {
            return Ok(None);
        }
        let Some(row) = TABLE.iter().find(|row| row.name == name) else { return Err(unknown(name)) };
        match row.becomes {
            Used(parameter) => Ok(Some(parameter)),
            Ignored => Ok(None),
            RefusedUnless(accepted, _) if accepted.contains(&value.to_ascii_lowercase().as_str()) => Ok(None),
            Refused(reason) | RefusedUnless(_, reason) => {
                Err(SettingsError::UnsupportedParameter { name: row.name.to_owned(), reason })
            }
        }
    }

    /// Every environment variable that stands in for a parameter, with the name of that parameter.
    pub(crate) fn variables() -> impl Iterator<Item = (&'static str, &'static str)> {
        TABLE.iter().filter_map(|row| row.variable.map(|variable| (variable, row.name)))
    }

    /// The name as the URL writes it.
    pub(crate) fn name(self) -> &'static str {
        TABLE.iter().find(|row| row.becomes == Used(self)).map_or("?", |row| row.name)
    }
}

/// A name of lower-case letters is no secret; anything else may be a piece of a password that was not escaped.
fn unknown(name: &str) -> SettingsError {
    let harmless = name.len() <= 40 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !harmless {
        return SettingsError::UnreadableParameter;
    }
    let lower = name.to_ascii_lowercase();
    let nearest = ALIASES.iter().find(|(alias, _)| *alias == lower).map(|(_, name)| *name).or_else(|| nearest(&lower));
    SettingsError::UnknownParameter { name: name.to_owned(), nearest }
}

fn nearest(name: &str) -> Option<&'static str> {
    TABLE
        .iter()
        .map(|row| (strsim::damerau_levenshtein(name, row.name), row.name))
        .filter(|(distance, known)| *distance <= known.len().div_ceil(3))
        .min()
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_used_parameter_has_one_row_and_its_own_name() {
        for row in TABLE {
            assert_eq!(TABLE.iter().filter(|other| other.name == row.name).count(), 1, "{} stands twice", row.name);
            if let Used(parameter) = row.becomes {
                assert_eq!(parameter.name(), row.name);
                assert_eq!(Parameter::named(row.name, "x"), Ok(Some(parameter)));
            }
        }
    }

    #[test]
    fn what_is_unknown_or_unsupported_says_so() {
        let table = [
            ("sslmod", "unknown connection parameter `sslmod`; did you mean `sslmode`?"),
            ("aplication_name", "unknown connection parameter `aplication_name`; did you mean `application_name`?"),
            ("username", "unknown connection parameter `username`; did you mean `user`?"),
            ("currentSchema", "unknown connection parameter `currentSchema`; did you mean `schema`?"),
            ("quux", "unknown connection parameter `quux`"),
        ];
        for (name, expected) in table {
            assert_eq!(Parameter::named(name, "").unwrap_err().to_string(), expected);
        }
        assert_eq!(Parameter::named("gssencmode", "prefer"), Ok(None));
        assert!(Parameter::named("gssencmode", "require").is_err());
        assert_eq!(Parameter::named("connection_limit", "5"), Ok(None));
        assert_eq!(Parameter::named("x-migrations-table", "m"), Ok(None));
    }

    #[test]
    fn a_name_that_may_be_a_secret_is_not_repeated() {
        let error = Parameter::named("s3cr%t/more", "").unwrap_err();
        assert!(!error.to_string().contains("s3cr"), "{error}");
    }
}
