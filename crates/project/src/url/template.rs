//! URL templates, as `limosa.toml` writes them.

use std::fmt;
use std::ops::Range;

use super::SecretUrl;
use super::secret::password_in_authority;
use crate::{EnvironmentName, ServiceName};

/// The name of an environment variable: `[A-Za-z_][A-Za-z0-9_]*`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VariableName(String);

impl VariableName {
    fn new(name: &str) -> Option<Self> {
        let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        let continues = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        (starts && continues).then(|| Self(name.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for VariableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where databases are, before it is known which one is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UrlTemplate {
    /// `embedded`: the PostgreSQL inside Limosa.
    Embedded,
    /// `env:NAME`: the whole URL stands in an environment variable.
    Variable(VariableName),
    /// `postgresql://…` with `{service}`, `{database}`, `{env}`, `{tenant}` and `${env:NAME}` in it.
    Template(UrlParts),
}

/// The parts of a template in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlParts {
    parts: Vec<(Part, Encoding)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Service,
    Database,
    Environment,
    Tenant,
    Variable(VariableName),
}

/// How a value is put into its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    /// As it is: scheme, host and port.
    Raw,
    /// Percent-encoded: user, password, database and parameters, where `@` or `/` would end the value.
    Percent,
}

/// What stands for the placeholders of a template.
#[derive(Debug, Clone, Copy)]
pub struct TemplateValues<'a> {
    /// `{service}`.
    pub service: &'a ServiceName,
    /// `{database}`.
    pub database: &'a str,
    /// `{env}`.
    pub environment: &'a EnvironmentName,
    /// `{tenant}`, where the target has one.
    pub tenant: Option<&'a str>,
}

/// Where one database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetUrl {
    /// In the PostgreSQL inside Limosa.
    Embedded,
    /// On a server.
    Postgres(SecretUrl),
}

/// What is wrong with a template. The ranges are bytes of the template's text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlTemplateError {
    /// A password stands in the file.
    #[error("a password must not stand in a file")]
    LiteralPassword(Range<usize>),
    /// A placeholder that does not exist.
    #[error("`{found}` is no placeholder; known are {{service}}, {{database}}, {{env}}, {{tenant}} and ${{env:NAME}}")]
    UnknownPlaceholder {
        /// What was found, braces included.
        found: String,
        /// Where.
        at: Range<usize>,
    },
    /// A brace without its partner.
    #[error("a brace is opened and not closed")]
    Unclosed(Range<usize>),
    /// What follows `env:` is no name of a variable.
    #[error("`{0}` is not the name of an environment variable")]
    InvalidVariable(String),
    /// Neither `embedded` nor `env:` nor a PostgreSQL URL.
    #[error("expected `embedded`, `env:NAME` or a URL that starts with `postgresql://`")]
    NotPostgres,
}

/// Why a template gives no URL. No value of a variable is ever part of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// The variable is not there.
    #[error("the environment variable {0} is not set; set it, or put it into a .env file")]
    Unset(VariableName),
    /// The variable is there and empty.
    #[error("the environment variable {0} is empty; expected a PostgreSQL URL or a part of one")]
    Empty(VariableName),
    /// `{tenant}` where there is none.
    #[error("the URL holds {{tenant}}, and no tenant is selected")]
    NoTenant,
}

impl UrlTemplate {
    /// Reads a template.
    ///
    /// # Errors
    /// Says what is wrong and which bytes of the text it is about.
    pub fn parse(text: &str) -> Result<Self, UrlTemplateError> {
        if text == "embedded" {
            return Ok(Self::Embedded);
        }
        if let Some(name) = text.strip_prefix("env:") {
            let invalid = || UrlTemplateError::InvalidVariable(name.to_owned());
            return VariableName::new(name).map(Self::Variable).ok_or_else(invalid);
        }
        let places = placeholders(text)?;
        let starts_with_value = places.first().is_some_and(|(at, _)| at.start == 0);
        if !starts_with_value && !["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme)) {
            return Err(UrlTemplateError::NotPostgres);
        }
        // Placeholders hold colons and may hold anything else, so the places in a URL are looked for without them.
        let mut bare = text.as_bytes().to_vec();
        places.iter().for_each(|(at, _)| bare[at.clone()].fill(FILLER));
        let bare = String::from_utf8_lossy(&bare).into_owned();
        if let Some(at) = literal_password(&bare) {
            return Err(UrlTemplateError::LiteralPassword(at));
        }
        Ok(Self::Template(UrlParts { parts: parts(text, &bare, places) }))
    }

    /// The URL of one database.
    ///
    /// Values that go into user, password, database or parameters are percent-encoded, so a variable holds the password
    /// as it is.
    ///
    /// # Errors
    /// A variable that is not set or empty, or a tenant that is missing.
    pub fn resolve(
        &self,
        values: &TemplateValues<'_>,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<TargetUrl, UrlError> {
        let read = |name: &VariableName| match env(name.as_str()) {
            None => Err(UrlError::Unset(name.clone())),
            Some(value) if value.is_empty() => Err(UrlError::Empty(name.clone())),
            Some(value) => Ok(value),
        };
        let template = match self {
            Self::Embedded => return Ok(TargetUrl::Embedded),
            Self::Variable(name) => return Ok(TargetUrl::Postgres(SecretUrl::new(read(name)?))),
            Self::Template(template) => template,
        };
        let mut url = String::new();
        for (part, encoding) in &template.parts {
            let value = match part {
                Part::Text(text) => {
                    url.push_str(text);
                    continue;
                }
                Part::Service => values.service.to_string(),
                Part::Database => values.database.to_owned(),
                Part::Environment => values.environment.to_string(),
                Part::Tenant => values.tenant.ok_or(UrlError::NoTenant)?.to_owned(),
                Part::Variable(name) => read(name)?,
            };
            match encoding {
                Encoding::Raw => url.push_str(&value),
                Encoding::Percent => push_encoded(&mut url, &value),
            }
        }
        Ok(TargetUrl::Postgres(SecretUrl::new(url)))
    }
}

/// Stands for a placeholder while the places in a URL are looked for; no URL holds it.
const FILLER: u8 = 0x01;

fn placeholders(text: &str) -> Result<Vec<(Range<usize>, Part)>, UrlTemplateError> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(brace) = text[from..].find('{').map(|at| from + at) {
        let start = if text[..brace].ends_with('$') { brace - 1 } else { brace };
        let Some(end) = text[brace..].find('}').map(|at| brace + at + 1) else {
            return Err(UrlTemplateError::Unclosed(start..text.len()));
        };
        let unknown = || UrlTemplateError::UnknownPlaceholder { found: text[start..end].to_owned(), at: start..end };
        let inner = &text[brace + 1..end - 1];
        let part = match (start < brace, inner) {
            (true, _) => {
                let name = inner.strip_prefix("env:").and_then(VariableName::new);
                Part::Variable(name.ok_or_else(unknown)?)
            }
            (false, "service") => Part::Service,
            (false, "database") => Part::Database,
            (false, "env") => Part::Environment,
            (false, "tenant") => Part::Tenant,
            (false, _) => return Err(unknown()),
        };
        found.push((start..end, part));
        from = end;
    }
    Ok(found)
}

/// The bytes of a password that is not wholly a placeholder.
fn literal_password(bare: &str) -> Option<Range<usize>> {
    let is_literal = |at: &Range<usize>| bare.as_bytes()[at.clone()].iter().any(|byte| *byte != FILLER);
    let in_parameter = || {
        let start = bare.find("password=")? + "password=".len();
        let length = bare[start..].find('&').unwrap_or(bare.len() - start);
        Some(start..start + length)
    };
    password_in_authority(bare).filter(is_literal).or_else(|| in_parameter().filter(is_literal))
}

fn parts(text: &str, bare: &str, places: Vec<(Range<usize>, Part)>) -> Vec<(Part, Encoding)> {
    let authority = bare.find("://").map_or(0, |at| at + 3);
    let user_end = bare[authority..].rfind('@').map_or(authority, |at| authority + at);
    let host_end = bare[user_end..].find(['/', '?']).map_or(bare.len(), |at| user_end + at);
    let encoding = |at: usize| match at {
        0 => Encoding::Raw,
        _ if at < authority || (user_end..host_end).contains(&at) => Encoding::Raw,
        _ => Encoding::Percent,
    };
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, part) in places {
        if from < at.start {
            parts.push((Part::Text(text[from..at.start].to_owned()), Encoding::Raw));
        }
        parts.push((part, encoding(at.start)));
        from = at.end;
    }
    if from < text.len() {
        parts.push((Part::Text(text[from..].to_owned()), Encoding::Raw));
    }
    parts
}

fn push_encoded(url: &mut String, value: &str) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            url.push(char::from(byte));
        } else {
            url.push_str(&format!("%{byte:02X}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(template: &str) -> Result<String, String> {
        let template = UrlTemplate::parse(template).map_err(|error| format!("{error:?}"))?;
        let (service, environment) = (ServiceName::new("api").unwrap(), EnvironmentName::new("prod").unwrap());
        let values =
            TemplateValues { service: &service, database: "health api", environment: &environment, tenant: None };
        let env = |name: &str| match name {
            "PASSWORD" => Some("p@ss/w:rd".to_owned()),
            "BASE" => Some("postgresql://u:p@h:5432".to_owned()),
            "HOST" => Some("h1:5433".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        };
        match template.resolve(&values, &env) {
            Ok(TargetUrl::Embedded) => Ok("embedded".to_owned()),
            Ok(TargetUrl::Postgres(url)) => Ok(url.expose().to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn placeholders_become_values_that_fit_their_place() {
        for (template, expected) in [
            ("embedded", "embedded"),
            ("env:BASE", "postgresql://u:p@h:5432"),
            (
                "postgresql://u:${env:PASSWORD}@${env:HOST}/{database}",
                "postgresql://u:p%40ss%2Fw%3Ard@h1:5433/health%20api",
            ),
            ("${env:BASE}/{service}_{env}", "postgresql://u:p@h:5432/api_prod"),
            (
                "postgres:///{database}?host=/tmp&password=${env:PASSWORD}",
                "postgres:///health%20api?host=/tmp&password=p%40ss%2Fw%3Ard",
            ),
            ("postgres://{service}.internal/d", "postgres://api.internal/d"),
        ] {
            assert_eq!(resolve(template).as_deref(), Ok(expected), "for {template}");
        }
    }

    #[test]
    fn what_cannot_be_resolved_names_the_variable_and_no_value() {
        for (template, expected) in [
            ("env:NOWHERE", "the environment variable NOWHERE is not set; set it, or put it into a .env file"),
            ("env:EMPTY", "the environment variable EMPTY is empty; expected a PostgreSQL URL or a part of one"),
            ("postgres://h/{tenant}", "the URL holds {tenant}, and no tenant is selected"),
        ] {
            assert_eq!(resolve(template), Err(expected.to_owned()), "for {template}");
        }
    }

    #[test]
    fn a_template_that_is_wrong_says_where() {
        for (template, expected) in [
            ("postgres://u:secret@h/d", "LiteralPassword(13..19)"),
            ("postgres://u:a${env:PASSWORD}@h/d", "LiteralPassword(13..29)"),
            ("postgres://h/d?password=x&a=b", "LiteralPassword(24..25)"),
            ("postgres://h/{db}", "UnknownPlaceholder { found: \"{db}\", at: 13..17 }"),
            ("postgres://h/${HOME}", "UnknownPlaceholder { found: \"${HOME}\", at: 13..20 }"),
            ("postgres://h/{database", "Unclosed(13..22)"),
            ("env:A B", "InvalidVariable(\"A B\")"),
            ("mysql://h/d", "NotPostgres"),
            ("", "NotPostgres"),
        ] {
            assert_eq!(resolve(template), Err(expected.to_owned()), "for {template}");
        }
    }
}
