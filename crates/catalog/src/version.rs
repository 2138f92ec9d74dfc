//! What a server is, from its version number.

use std::fmt;

/// The major version of a server, at least 15.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServerMajor(u16);

impl ServerMajor {
    /// The oldest major that is supported. PostgreSQL 14 reached its end in November 2026.
    pub const OLDEST: Self = Self(15);
    /// The newest major that this build was tested against or knows the catalogs of.
    pub const NEWEST: Self = Self(19);

    /// The major of this number, such as 17; `None` before 15.
    #[must_use]
    pub fn of_number(number: u16) -> Option<Self> {
        (number >= Self::OLDEST.0).then_some(Self(number))
    }

    /// Every major that this build knows, the oldest first.
    pub fn supported() -> impl DoubleEndedIterator<Item = Self> {
        (Self::OLDEST.0..=Self::NEWEST.0).map(Self)
    }

    /// The number, such as 17.
    #[must_use]
    pub fn number(self) -> u16 {
        self.0
    }
}

impl fmt::Display for ServerMajor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The full version of a server, as `server_version_num` gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServerVersion {
    number: u32,
}

impl ServerVersion {
    /// Reads `server_version_num`, such as 150018 for 15.18.
    ///
    /// # Errors
    /// Versions before 15 are refused. Versions after 19 are accepted: their catalogs may hold more than is known here,
    /// and [`ServerVersion::is_newer_than_known`] lets the caller say so.
    pub const fn from_number(number: u32) -> Result<Self, UnsupportedServer> {
        if number / 10_000 < ServerMajor::OLDEST.0 as u32 {
            return Err(UnsupportedServer { number });
        }
        Ok(Self { number })
    }

    /// The major version.
    #[must_use]
    pub fn major(self) -> ServerMajor {
        ServerMajor(u16::try_from(self.number / 10_000).unwrap_or(u16::MAX))
    }

    /// Whether the server is of a major that this build does not know.
    #[must_use]
    pub fn is_newer_than_known(self) -> bool {
        self.major() > ServerMajor::NEWEST
    }
}

impl fmt::Display for ServerVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.number / 10_000, self.number % 10_000)
    }
}

/// A server older than the oldest supported version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the server is PostgreSQL {}; Limosa needs {} or newer", version_text(*.number), ServerMajor::OLDEST)]
pub struct UnsupportedServer {
    number: u32,
}

/// Versions before 10 had three parts (90624 is 9.6.24).
fn version_text(number: u32) -> String {
    if number < 100_000 {
        format!("{}.{}.{}", number / 10_000, number / 100 % 100, number % 100)
    } else {
        format!("{}.{}", number / 10_000, number % 10_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_read_as_people_write_them() {
        let version = ServerVersion::from_number(150_018).unwrap();
        assert_eq!(version.to_string(), "15.18");
        assert_eq!(version.major(), ServerMajor::OLDEST);
        let old = ServerVersion::from_number(140_012).unwrap_err();
        assert_eq!(old.to_string(), "the server is PostgreSQL 14.12; Limosa needs 15 or newer");
        assert!(ServerVersion::from_number(90_624).unwrap_err().to_string().contains("9.6.24"));
        assert!(ServerVersion::from_number(200_001).unwrap().is_newer_than_known());
    }
}
