//! Connection URLs of the servers that providers start.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;

use limosa_catalog::Identifier;

use super::OWNER_ROLE;

/// The URL of a database behind a Unix socket. libpq takes the socket's folder as the `host` parameter and finds the
/// file in it by the port.
pub(crate) fn through_socket(folder: &Path, port: u16, database: &Identifier) -> String {
    format!(
        "postgresql://{OWNER_ROLE}@/{}?host={}&port={port}",
        percent_encoded(database.as_str()),
        percent_encoded(&folder.to_string_lossy())
    )
}

/// The URL of a database behind a TCP port that speaks no TLS.
pub(crate) fn through_port(address: SocketAddr, password: Option<&str>, database: &Identifier) -> String {
    let password = password.map(|text| format!(":{}", percent_encoded(text))).unwrap_or_default();
    format!("postgresql://{OWNER_ROLE}{password}@{address}/{}?sslmode=disable", percent_encoded(database.as_str()))
}

/// Percent-encodes everything that is not unreserved in RFC 3986.
pub(crate) fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_a_url_is_encoded() {
        let database = Identifier::new("ä b/c?d").unwrap();
        assert_eq!(
            through_socket(Path::new("/tmp/a b"), 5432, &database),
            "postgresql://postgres@/%C3%A4%20b%2Fc%3Fd?host=%2Ftmp%2Fa%20b&port=5432"
        );
        assert_eq!(
            through_port(SocketAddr::from(([127, 0, 0, 1], 5433)), Some("p@ss"), &Identifier::new("shop").unwrap()),
            "postgresql://postgres:p%40ss@127.0.0.1:5433/shop?sslmode=disable"
        );
    }
}
