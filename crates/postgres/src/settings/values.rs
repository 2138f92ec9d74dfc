//! The values that parameters can have, and how they are read.

use std::time::Duration;

use super::error::SettingsError;
use super::parameter::Parameter;

/// How a connection is encrypted and what of the server's certificate is verified, as libpq's `sslmode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum SslMode {
    /// Never TLS.
    Disable,
    /// TLS only where the server refuses a plain connection.
    Allow,
    /// TLS where the server has it, else plain; the certificate is not verified, since the attacker who could forge
    /// one could as well claim that the server has no TLS.
    #[default]
    Prefer,
    /// TLS, without verifying the certificate; where a root certificate is given or stands in
    /// `~/.postgresql/root.crt`, as [`SslMode::VerifyCa`].
    Require,
    /// TLS, and the certificate's chain must lead to a trusted root.
    VerifyCa,
    /// As [`SslMode::VerifyCa`], and the certificate must be for the host that was asked for.
    VerifyFull,
}

impl SslMode {
    /// The value of `sslmode`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Allow => "allow",
            Self::Prefer => "prefer",
            Self::Require => "require",
            Self::VerifyCa => "verify-ca",
            Self::VerifyFull => "verify-full",
        }
    }
}

/// What a session must be able to do, as libpq's `target_session_attrs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TargetSessionAttributes {
    /// Anything will do.
    #[default]
    Any,
    /// Transactions may write by default.
    ReadWrite,
    /// Transactions are read-only by default.
    ReadOnly,
    /// The server is not in recovery.
    Primary,
    /// The server is in recovery.
    Standby,
    /// A server in recovery if any of the hosts is one, else any.
    PreferStandby,
}

impl TargetSessionAttributes {
    /// The value of `target_session_attrs`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::ReadWrite => "read-write",
            Self::ReadOnly => "read-only",
            Self::Primary => "primary",
            Self::Standby => "standby",
            Self::PreferStandby => "prefer-standby",
        }
    }
}

/// Whether the password exchange is bound to the TLS connection, as libpq's `channel_binding`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ChannelBinding {
    /// Never.
    Disable,
    /// Where both sides can.
    #[default]
    Prefer,
    /// Always; a server that cannot is refused.
    Require,
}

/// How TLS begins, as libpq's `sslnegotiation`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum SslNegotiation {
    /// The server is asked whether it has TLS.
    #[default]
    Asked,
    /// With the first byte; PostgreSQL 17 and newer.
    Direct,
}

/// The oldest TLS version that is acceptable. Versions before 1.2 are never spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum OldestTls {
    #[default]
    V1_2,
    V1_3,
}

/// How TCP connections are kept alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Keepalive {
    pub(crate) enabled: bool,
    /// `None` leaves it to the operating system, as do the others.
    pub(crate) idle: Option<Duration>,
    pub(crate) interval: Option<Duration>,
    pub(crate) retries: Option<u32>,
    pub(crate) user_timeout: Option<Duration>,
}

fn refuse<T>(parameter: Parameter, found: &str, expected: &'static str) -> Result<T, SettingsError> {
    Err(SettingsError::Value { name: parameter.name(), found: found.to_owned(), expected })
}

pub(super) fn ssl_mode(text: &str) -> Result<SslMode, SettingsError> {
    Ok(match text {
        "disable" => SslMode::Disable,
        "allow" => SslMode::Allow,
        "prefer" => SslMode::Prefer,
        "require" => SslMode::Require,
        "verify-ca" => SslMode::VerifyCa,
        "verify-full" => SslMode::VerifyFull,
        _ => {
            return refuse(Parameter::SslMode, text, "disable, allow, prefer, require, verify-ca or verify-full");
        }
    })
}

pub(super) fn target_session_attributes(text: &str) -> Result<TargetSessionAttributes, SettingsError> {
    Ok(match text {
        "any" => TargetSessionAttributes::Any,
        "read-write" => TargetSessionAttributes::ReadWrite,
        "read-only" => TargetSessionAttributes::ReadOnly,
        "primary" => TargetSessionAttributes::Primary,
        "standby" => TargetSessionAttributes::Standby,
        "prefer-standby" => TargetSessionAttributes::PreferStandby,
        _ => {
            let expected = "any, read-write, read-only, primary, standby or prefer-standby";
            return refuse(Parameter::TargetSessionAttributes, text, expected);
        }
    })
}

pub(super) fn channel_binding(text: &str) -> Result<ChannelBinding, SettingsError> {
    Ok(match text {
        "disable" => ChannelBinding::Disable,
        "prefer" => ChannelBinding::Prefer,
        "require" => ChannelBinding::Require,
        _ => return refuse(Parameter::ChannelBinding, text, "disable, prefer or require"),
    })
}

pub(super) fn ssl_negotiation(text: &str) -> Result<SslNegotiation, SettingsError> {
    match text {
        "postgres" => Ok(SslNegotiation::Asked),
        "direct" => Ok(SslNegotiation::Direct),
        _ => refuse(Parameter::SslNegotiation, text, "postgres or direct"),
    }
}

pub(super) fn oldest_tls(text: &str) -> Result<OldestTls, SettingsError> {
    match text.to_ascii_lowercase().as_str() {
        "tlsv1" | "tlsv1.1" | "tlsv1.2" => Ok(OldestTls::V1_2),
        "tlsv1.3" => Ok(OldestTls::V1_3),
        _ => refuse(Parameter::SslMinProtocolVersion, text, "TLSv1.2 or TLSv1.3"),
    }
}

pub(super) fn load_balance(text: &str) -> Result<bool, SettingsError> {
    match text {
        "disable" => Ok(false),
        "random" => Ok(true),
        _ => refuse(Parameter::LoadBalanceHosts, text, "disable or random"),
    }
}

/// `true` for Prisma's `strict`.
pub(super) fn ssl_accept(text: &str) -> Result<bool, SettingsError> {
    match text {
        "strict" => Ok(true),
        "accept_invalid_certs" => Ok(false),
        _ => refuse(Parameter::SslAccept, text, "strict or accept_invalid_certs"),
    }
}

pub(super) fn boolean(parameter: Parameter, text: &str) -> Result<bool, SettingsError> {
    match text {
        "true" | "on" | "yes" | "1" => Ok(true),
        "false" | "off" | "no" | "0" => Ok(false),
        _ => refuse(parameter, text, "true or false"),
    }
}

/// A count, where zero and below mean the default, as in libpq.
pub(super) fn count(parameter: Parameter, text: &str) -> Result<Option<u32>, SettingsError> {
    match text.trim().parse::<i32>() {
        Ok(number) => Ok(u32::try_from(number).ok().filter(|number| *number > 0)),
        Err(_) => refuse(parameter, text, "a whole number"),
    }
}

pub(super) fn seconds(parameter: Parameter, text: &str) -> Result<Option<Duration>, SettingsError> {
    Ok(count(parameter, text)?.map(|seconds| Duration::from_secs(seconds.into())))
}

pub(super) fn milliseconds(parameter: Parameter, text: &str) -> Result<Option<Duration>, SettingsError> {
    Ok(count(parameter, text)?.map(|milliseconds| Duration::from_millis(milliseconds.into())))
}

/// A port; empty means 5432, as in a list of ports that leaves one out.
pub(super) fn port(text: &str) -> Result<u16, SettingsError> {
    match text.trim() {
        "" => Ok(super::DEFAULT_PORT),
        digits => match digits.parse::<u16>() {
            Ok(port) if port > 0 => Ok(port),
            _ => Err(SettingsError::Port {
                found: Some(digits).filter(|found| found.bytes().all(|byte| byte.is_ascii_digit())).map(str::to_owned),
            }),
        },
    }
}
