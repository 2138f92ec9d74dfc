//! Hashes of facts.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use crate::version::{ServerMajor, ServerVersion};

/// A SHA-256 hash. Its `Display` is hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; 32]);

impl Hash {
    pub(crate) fn of(text: &str) -> Self {
        Self(Sha256::digest(text).into())
    }

    pub(crate) fn builder() -> HashBuilder {
        HashBuilder(Sha256::new())
    }

    /// The 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// A hash in the making.
pub(crate) struct HashBuilder(Sha256);

impl HashBuilder {
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Adds a text such that it cannot flow into the next.
    pub(crate) fn add_part(&mut self, text: &str) {
        self.0.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_le_bytes());
        self.0.update(text);
    }

    pub(crate) fn finish(self) -> Hash {
        Hash(self.0.finalize().into())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// What identifies the schema of a database, as read from a server of one major version.
///
/// Its `Display` is `pg17:` and 64 hexadecimal digits, and reads back. Servers of another major print some expressions
/// differently, so fingerprints of different majors are never equal and say nothing about each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint {
    pub(crate) major: ServerMajor,
    pub(crate) hash: self::Hash,
}

impl Fingerprint {
    /// The server's major version.
    #[must_use]
    pub fn major(self) -> ServerMajor {
        self.major
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pg{}:{}", self.major, self.hash)
    }
}

/// A text that is no fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no fingerprint; expected `pg`, the server's major version, `:` and 64 hexadecimal digits")]
pub struct InvalidFingerprint {
    text: String,
}

impl FromStr for Fingerprint {
    type Err = InvalidFingerprint;

    fn from_str(text: &str) -> Result<Self, InvalidFingerprint> {
        let read = || {
            let (major, digits) = text.strip_prefix("pg")?.split_once(':')?;
            let major = major.parse::<u32>().ok()?.checked_mul(10_000)?;
            let major = ServerVersion::from_number(major).ok()?.major();
            if digits.len() != 64 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return None;
            }
            let mut bytes = [0; 32];
            for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
                *byte = u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()?;
            }
            Some(Self { major, hash: self::Hash(bytes) })
        };
        read().ok_or_else(|| InvalidFingerprint { text: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_reads_back() {
        let fingerprint = Fingerprint { major: ServerMajor::NEWEST, hash: Hash::of("x") };
        assert_eq!(fingerprint.to_string().parse(), Ok(fingerprint));
        for text in ["", "pg17:", "pg14:2d", "17:00", "pg17:zz", &format!("pg17:{}", "é".repeat(32))] {
            assert!(text.parse::<Fingerprint>().is_err(), "{text}");
        }
    }
}
