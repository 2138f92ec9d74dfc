//! Versions of migrations, and their order.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

/// The version of a migration: one or more numbers joined by dots.
///
/// Versions are compared as numbers, part by part, whatever their length: `10` comes after `9`, `0010` equals `10`,
/// `1.10` comes after `1.2`, and `1.0` equals `1`, as in every tool that counts. The text is kept as it was written,
/// because file names and other tools' histories hold it.
///
/// ```
/// use limosa_project::Version;
/// let version = |text: &str| Version::new(text).unwrap();
/// assert!(version("0010") > version("9"));
/// assert!(version("1.2") < version("1.10"));
/// assert_eq!(version("001"), version("1"));
/// assert_eq!(version("001").to_string(), "001");
/// ```
#[derive(Debug, Clone)]
pub struct Version {
    written: String,
}

/// Why a text is not a version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{written}` is not a version; expected numbers joined by dots, such as `20241222120000`, `007` or `1.2`")]
pub struct InvalidVersion {
    /// The text that was given.
    pub written: String,
}

impl Version {
    /// Takes numbers joined by dots.
    ///
    /// # Errors
    /// An empty text, an empty part, or anything but digits in a part.
    pub fn new(written: impl Into<String>) -> Result<Self, InvalidVersion> {
        let written = written.into();
        let numeric = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if written.split('.').all(numeric) { Ok(Self { written }) } else { Err(InvalidVersion { written }) }
    }

    /// The version as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// The parts without leading zeros, the last ones left out where they are zero. A part of nothing but zeros is the
    /// empty text, which sorts before every other.
    fn key(&self) -> impl Iterator<Item = &str> {
        let significant = self.written.trim_end_matches(['0', '.']).len();
        // Zeros that end a part which also holds other digits belong to it: `1.10` keeps both.
        let end = self.written[significant..].find('.').map_or(self.written.len(), |dot| significant + dot);
        self.written[..end].split('.').map(|part| part.trim_start_matches('0'))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let (mut mine, mut theirs) = (self.key(), other.key());
        loop {
            match (mine.next(), theirs.next()) {
                (None, None) => return Ordering::Equal,
                // A part that one of them lacks counts as zero.
                (a, b) => {
                    let (a, b) = (a.unwrap_or_default(), b.unwrap_or_default());
                    let by_number = a.len().cmp(&b.len()).then_with(|| a.cmp(b));
                    if by_number.is_ne() {
                        return by_number;
                    }
                }
            }
        }
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Version {}

impl Hash for Version {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Parts of zero at the end are equal to parts that are not there.
        let parts: Vec<&str> = self.key().collect();
        let kept = parts.iter().rposition(|part| !part.is_empty()).map_or(0, |last| last + 1);
        parts[..kept].hash(state);
    }
}

impl FromStr for Version {
    type Err = InvalidVersion;

    fn from_str(text: &str) -> Result<Self, InvalidVersion> {
        Self::new(text)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

#[cfg(test)]
mod tests {
    use std::hash::{DefaultHasher, Hash, Hasher};

    use proptest::prelude::*;

    use super::*;

    fn version(text: &str) -> Version {
        Version::new(text).unwrap_or_else(|error| panic!("{error}"))
    }

    fn hash(version: &Version) -> u64 {
        let mut hasher = DefaultHasher::new();
        version.hash(&mut hasher);
        hasher.finish()
    }

    #[test]
    fn versions_of_every_style_sort_as_numbers() {
        let sorted =
            ["0", "0.5", "1", "1.0.1", "1.2", "1.10", "9", "0010", "10.0.1", "100", "20240101", "1700000000000"];
        for (at, text) in sorted.iter().enumerate() {
            for (other_at, other) in sorted.iter().enumerate() {
                assert_eq!(version(text).cmp(&version(other)), at.cmp(&other_at), "{text} against {other}");
            }
        }
        assert!(version("20240101120000") < version("20240101120000001"));
    }

    #[test]
    fn texts_that_are_no_versions_are_refused() {
        for text in ["", ".", "1.", ".1", "1..2", "v1", "1_2", "1 ", "-1", "١"] {
            assert!(Version::new(text).is_err(), "`{text}` must not be a version");
        }
    }

    proptest! {
        #[test]
        fn the_order_of_single_numbers_is_the_order_of_integers(a: u64, b: u64, zeros in 0usize..5) {
            let padded = version(&format!("{}{a}", "0".repeat(zeros)));
            prop_assert_eq!(padded.cmp(&version(&b.to_string())), a.cmp(&b));
        }

        #[test]
        fn the_order_is_that_of_the_lists_of_numbers(a in prop::collection::vec(0u32..200, 1..5),
                                                     b in prop::collection::vec(0u32..200, 1..5)) {
            let text = |parts: &[u32]| parts.iter().map(ToString::to_string).collect::<Vec<_>>().join(".");
            let trimmed = |parts: &[u32]| {
                let kept = parts.iter().rposition(|part| *part != 0).map_or(0, |last| last + 1);
                parts[..kept].to_vec()
            };
            let (left, right) = (version(&text(&a)), version(&text(&b)));
            prop_assert_eq!(left.cmp(&right), trimmed(&a).cmp(&trimmed(&b)));
            prop_assert_eq!(right.cmp(&left), left.cmp(&right).reverse());
            if left == right {
                prop_assert_eq!(hash(&left), hash(&right));
            }
        }
    }
}
