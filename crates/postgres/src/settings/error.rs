//! Why connection settings cannot be used, said without repeating a secret.

use std::path::PathBuf;

use limosa_catalog::InvalidIdentifier;

/// Why a URL or `key=value` text, with the variables and files around it, gives no connection settings.
///
/// No message repeats the text it was given, only such parts as cannot be a piece of a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The text is neither a URL nor `key=value` pairs.
    #[error(
        "expected a URL such as postgres://user@host:5432/database, \
         or key=value pairs such as `host=localhost dbname=app`"
    )]
    NotAConnection,
    /// The URL has another scheme.
    #[error("expected a URL that begins with `postgres://` or `postgresql://`, found `{found}`")]
    Scheme {
        /// What stands before `://`.
        found: String,
    },
    /// An `@` stands behind the host, so the user or the password holds a character with a meaning in URLs.
    #[error(
        "the user or password in the URL holds an unescaped `/`, `?` or `#`; \
         write such characters percent-encoded (`/` as %2F, `?` as %3F, `#` as %23, `@` as %40)"
    )]
    UnescapedSecret,
    /// A percent sign is not followed by two hexadecimal digits.
    #[error(
        "the {part} in the URL holds a `%` that two hexadecimal digits do not follow; write a plain percent sign as %25"
    )]
    PercentEncoding {
        /// Which part of the URL.
        part: &'static str,
    },
    /// Percent-encoded bytes are not UTF-8, or hold a zero byte.
    #[error("the {part} in the URL is not UTF-8 text once its percent sequences are decoded")]
    NotText {
        /// Which part of the URL.
        part: &'static str,
    },
    /// An IPv6 address lacks its closing bracket, or something other than a port follows it.
    #[error("the IPv6 address in the URL must be in square brackets, as in postgres://[::1]:5432/database")]
    Ipv6,
    /// A port is no number from 1 to 65535.
    #[error("expected a port from 1 to 65535{}", found_text(found.as_deref()))]
    Port {
        /// What stood there, where it cannot be a piece of a password.
        found: Option<String>,
    },
    /// A list of ports or addresses does not go with the list of hosts.
    #[error("`{name}` lists {found} values for {hosts} hosts; give one for all or one for each")]
    ListLength {
        /// The parameter.
        name: &'static str,
        /// How many values it has.
        found: usize,
        /// How many hosts there are.
        hosts: usize,
    },
    /// A `key=value` text cannot be read.
    #[error("the connection text cannot be read behind `{after}`: {problem}")]
    Pairs {
        /// The last parameter that was read, or `start`.
        after: String,
        /// What is wrong.
        problem: &'static str,
    },
    /// A parameter that no client knows.
    #[error("unknown connection parameter `{name}`{}", suggestion(*nearest))]
    UnknownParameter {
        /// The name that was given.
        name: String,
        /// The known name that is nearest to it.
        nearest: Option<&'static str>,
    },
    /// A parameter's name holds characters that no parameter has; it may be a piece of a secret and is not repeated.
    #[error(
        "a connection parameter has a name that no parameter can have; \
         check that passwords are quoted or percent-encoded"
    )]
    UnreadableParameter,
    /// A parameter asks for what cannot be done.
    #[error("the connection parameter `{name}` is not supported: {reason}")]
    UnsupportedParameter {
        /// The parameter.
        name: String,
        /// Why, and what to do instead.
        reason: &'static str,
    },
    /// A parameter has a value that it cannot have.
    #[error("the connection parameter `{name}` cannot be `{found}`; expected {expected}")]
    Value {
        /// The parameter.
        name: &'static str,
        /// Its value.
        found: String,
        /// The values it can have.
        expected: &'static str,
    },
    /// Prisma's `schema` is no name of a schema.
    #[error("the connection parameter `schema` is no name of a schema: {0}")]
    Schema(InvalidIdentifier),
    /// Two parameters contradict each other.
    #[error("{0}")]
    Contradiction(&'static str),
    /// A service is named that no service file has.
    #[error(
        "the service `{service}` stands in none of the service files ({}); add a section [{service}]",
        list(searched)
    )]
    UnknownService {
        /// The service.
        service: String,
        /// The files that were searched.
        searched: Vec<PathBuf>,
    },
    /// A service file cannot be read, or has a line that is none.
    #[error("the service file {} cannot be used: {problem}", file.display())]
    ServiceFile {
        /// The file.
        file: PathBuf,
        /// What is wrong, with the line number where there is one.
        problem: String,
    },
    /// Nobody says which role to connect as.
    #[error("no role to connect as: name one in the URL (postgres://ROLE@host/database) or in PGUSER")]
    NoUser,
}

fn found_text(found: Option<&str>) -> String {
    found.map(|found| format!(", found `{found}`")).unwrap_or_default()
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest.map(|known| format!("; did you mean `{known}`?")).unwrap_or_default()
}

fn list(files: &[PathBuf]) -> String {
    if files.is_empty() {
        return "none found".to_owned();
    }
    files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>().join(", ")
}

/// Something that is worth telling, and did not keep the settings from being read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsWarning {
    /// libpq ignores a password file that others may read, and so does this client.
    #[error("{} is ignored, since its group or others may read it; run `chmod 600 {}`", .0.display(), .0.display())]
    PassFileOpenToOthers(PathBuf),
    /// The password file exists and cannot be read.
    #[error("{} is ignored, since it cannot be read: {problem}", file.display())]
    PassFileUnreadable {
        /// The file.
        file: PathBuf,
        /// What the operating system said.
        problem: String,
    },
    /// Prisma's `sslidentity` names a PKCS #12 file, which is not supported.
    #[error(
        "`sslidentity` is ignored, since PKCS #12 files are not supported; \
         if the server asks for a client certificate, run `openssl pkcs12 -in FILE -nodes -out client.pem` and use \
         sslcert=client.pem&sslkey=client.pem"
    )]
    IdentityIgnored,
}
