//! Connection URLs, as text to pairs of parameter name and value; pure.

use super::error::SettingsError;

/// Reads `postgres://user:password@host:port,host:port/database?name=value&…`.
///
/// Hosts become one comma-separated `host` and, where any has a port, a `port` list beside it. Deviating from libpq,
/// the user information ends at the last `@` of the authority, so that a password with a plain `@` works.
pub(super) fn parse(url: &str) -> Result<Vec<(String, String)>, SettingsError> {
    let (scheme, rest) = url.split_once("://").ok_or(SettingsError::NotAConnection)?;
    if !matches!(scheme, "postgres" | "postgresql") {
        return Err(SettingsError::Scheme { found: scheme.to_owned() });
    }
    let authority_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(authority_end);
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (user_info, hosts) = authority.rsplit_once('@').map_or((None, authority), |(user, hosts)| (Some(user), hosts));
    refuse_unescaped(user_info.is_some(), path, query)?;

    let mut pairs = Vec::new();
    if let Some(user_info) = user_info {
        let (user, password) = user_info.split_once(':').map_or((user_info, None), |(user, word)| (user, Some(word)));
        push(&mut pairs, "user", "user", user)?;
        push(&mut pairs, "password", "password", password.unwrap_or(""))?;
    }
    parse_hosts(hosts, &mut pairs)?;
    push(&mut pairs, "dbname", "database", path.strip_prefix('/').unwrap_or(path))?;
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = decode(name, "name of a parameter")?;
        // JDBC's word for sslmode=require, which libpq takes too.
        if name == "ssl" && value == "true" {
            pairs.push(("sslmode".to_owned(), "require".to_owned()));
        } else {
            let value = decode(value, "value of a parameter")?;
            pairs.push((name, value));
        }
    }
    Ok(pairs)
}

/// Whatever follows an authority without user information may be the second half of a password that holds `/`, `?` or
/// `#`, and would then be shown as a database's name.
fn refuse_unescaped(has_user: bool, path: &str, query: &str) -> Result<(), SettingsError> {
    let odd_query = query.split('&').any(|pair| {
        let name = pair.split_once('=').map_or(pair, |(name, _)| name);
        name.contains(['@', '/', ':'])
    });
    if path.contains('#') || (!has_user && (path.contains('@') || odd_query)) {
        return Err(SettingsError::UnescapedSecret);
    }
    Ok(())
}

fn parse_hosts(text: &str, pairs: &mut Vec<(String, String)>) -> Result<(), SettingsError> {
    if text.is_empty() {
        return Ok(());
    }
    let mut hosts = Vec::new();
    let mut ports = Vec::new();
    for item in text.split(',') {
        let (host, port) = split_port(item)?;
        if !port.is_empty() && !port.bytes().all(|byte| byte.is_ascii_digit()) {
            // `user:password` with the `@host` forgotten reads as host and port.
            return Err(SettingsError::Port { found: None });
        }
        hosts.push(decode(host, "host")?);
        ports.push(port);
    }
    if hosts.iter().any(|host| !host.is_empty()) {
        pairs.push(("host".to_owned(), hosts.join(",")));
    }
    if ports.iter().any(|port| !port.is_empty()) {
        pairs.push(("port".to_owned(), ports.join(",")));
    }
    Ok(())
}

fn split_port(item: &str) -> Result<(&str, &str), SettingsError> {
    if let Some(rest) = item.strip_prefix('[') {
        let (address, after) = rest.split_once(']').ok_or(SettingsError::Ipv6)?;
        if after.is_empty() {
            return Ok((address, ""));
        }
        return after.strip_prefix(':').map(|port| (address, port)).ok_or(SettingsError::Ipv6);
    }
    match item.split_once(':') {
        Some((_, rest)) if rest.contains(':') => Err(SettingsError::Ipv6),
        Some(parts) => Ok(parts),
        None => Ok((item, "")),
    }
}

fn push(pairs: &mut Vec<(String, String)>, name: &str, part: &'static str, encoded: &str) -> Result<(), SettingsError> {
    if !encoded.is_empty() {
        pairs.push((name.to_owned(), decode(encoded, part)?));
    }
    Ok(())
}

/// Percent-decodes; a plus sign stays one, as in libpq.
fn decode(text: &str, part: &'static str) -> Result<String, SettingsError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        let (Some(high), Some(low)) = (digit(rest.next()), digit(rest.next())) else {
            return Err(SettingsError::PercentEncoding { part });
        };
        bytes.push(u8::try_from(high * 16 + low).unwrap_or_default());
    }
    match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => Ok(text),
        _ => Err(SettingsError::NotText { part }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_read_as_libpq_reads_them() {
        let table: &[(&str, &[(&str, &str)])] = &[
            ("postgres://", &[]),
            ("postgresql://localhost", &[("host", "localhost")]),
            ("postgres://u@h/d", &[("user", "u"), ("host", "h"), ("dbname", "d")]),
            (
                "postgres://u:p%40ss%2F%25@h:5433/my%20db?sslmode=require",
                &[
                    ("user", "u"),
                    ("password", "p@ss/%"),
                    ("host", "h"),
                    ("port", "5433"),
                    ("dbname", "my db"),
                    ("sslmode", "require"),
                ],
            ),
            ("postgres://u:a@b:c@h/d", &[("user", "u"), ("password", "a@b:c"), ("host", "h"), ("dbname", "d")]),
            ("postgres://a:1,b,[::1]:3/d", &[("host", "a,b,::1"), ("port", "1,,3"), ("dbname", "d")]),
            ("postgres://[2001:db8::1]/d", &[("host", "2001:db8::1"), ("dbname", "d")]),
            ("postgres://%2Ftmp%2Fpg/d", &[("host", "/tmp/pg"), ("dbname", "d")]),
            ("postgres:///d?host=/tmp/pg&port=7", &[("dbname", "d"), ("host", "/tmp/pg"), ("port", "7")]),
            ("postgres://u@:5433/d", &[("user", "u"), ("port", "5433"), ("dbname", "d")]),
            ("postgres://h?user=a%40b", &[("host", "h"), ("user", "a@b")]),
            ("postgres://h/d?ssl=true", &[("host", "h"), ("dbname", "d"), ("sslmode", "require")]),
            (
                "postgres://h/d?options=-c%20geqo%3Doff&application_name=a+b",
                &[("host", "h"), ("dbname", "d"), ("options", "-c geqo=off"), ("application_name", "a+b")],
            ),
        ];
        for (url, expected) in table {
            let pairs = parse(url).unwrap_or_else(|error| panic!("{url}: {error}"));
            let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            assert_eq!(&pairs, expected, "{url}");
        }
    }

    #[test]
    fn what_is_malformed_is_named_and_no_secret_is_repeated() {
        let unescaped = SettingsError::UnescapedSecret;
        let table = [
            ("jdbc:postgresql://h/d", SettingsError::Scheme { found: "jdbc:postgresql".to_owned() }),
            ("mysql://u:s3cret@h/d", SettingsError::Scheme { found: "mysql".to_owned() }),
            ("postgres://u:s3cret/x@h/d", unescaped.clone()),
            ("postgres://u:123/s3cret@h/d", unescaped.clone()),
            ("postgres://u:123?s3cret@h/d", unescaped.clone()),
            ("postgres://u:123#s3cret@h/d", unescaped),
            ("postgres://u:s3cret", SettingsError::Port { found: None }),
            ("postgres://h:54x/d", SettingsError::Port { found: None }),
            ("postgres://u:s3cret%@h/d", SettingsError::PercentEncoding { part: "password" }),
            ("postgres://u:s3cret%zz@h/d", SettingsError::PercentEncoding { part: "password" }),
            ("postgres://u:s3cret%FF@h/d", SettingsError::NotText { part: "password" }),
            ("postgres://h/a%00b", SettingsError::NotText { part: "database" }),
            ("postgres://[::1/d", SettingsError::Ipv6),
            ("postgres://[::1]5432/d", SettingsError::Ipv6),
            ("postgres://::1/d", SettingsError::Ipv6),
            ("not a url", SettingsError::NotAConnection),
        ];
        for (url, expected) in table {
            let error = parse(url).unwrap_err();
            assert_eq!(error, expected, "{url}");
            assert!(!error.to_string().contains("s3cret"), "{url}: {error}");
        }
    }
}
