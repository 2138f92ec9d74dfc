//! How versions are given to new migrations.

use jiff::{SignedDuration, Timestamp};

use crate::Version;

/// A style of versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Numbering {
    /// UTC to the second, 14 digits.
    Seconds,
    /// Milliseconds since 1970, 13 digits.
    EpochMilliseconds,
    /// UTC to the millisecond, 17 digits.
    Milliseconds,
    /// UTC to the second, with dashes: `2024-01-31-120000`.
    Dashed,
    /// Counting, padded with zeros to this many digits.
    Sequence {
        /// The digits that a number has at least.
        digits: usize,
    },
}

impl Numbering {
    /// The style of a version as it is spelled in a path.
    pub(crate) fn of(spelled: &str) -> Self {
        let last = spelled.rsplit(['.', '_']).next().unwrap_or(spelled);
        let is_year = spelled.starts_with("19") || spelled.starts_with("20");
        match spelled.len() {
            14 if is_year => Self::Seconds,
            15 if is_year && spelled.contains('_') => Self::Seconds,
            17 if is_year && spelled.contains('-') => Self::Dashed,
            17 if is_year => Self::Milliseconds,
            13 => Self::EpochMilliseconds,
            _ => Self::Sequence { digits: if last.starts_with('0') { last.len() } else { 1 } },
        }
    }

    /// A version of this style that comes after `newest`: the time `now`, or the next one after `newest` where that
    /// lies in the future. Returned as it is spelled in a path, with the version that it means.
    pub(crate) fn next(self, newest: Option<&Version>, now: Timestamp) -> Option<(String, Version)> {
        let newest_number = newest.and_then(|newest| newest.as_str().parse::<u64>().ok());
        if let Self::Sequence { digits } = self {
            return sequence_after(newest, digits);
        }
        for ahead in 0..=1 {
            let at = match (ahead, newest_number) {
                (0, _) => now,
                (_, number) => self.time_of(number?)?.checked_add(self.step()).ok()?,
            };
            let spelled = self.spell(at);
            let version = Version::new(spelled.replace('-', "")).ok()?;
            if newest.is_none_or(|newest| version > *newest) {
                return Some((spelled, version));
            }
        }
        None
    }

    fn step(self) -> SignedDuration {
        match self {
            Self::Seconds | Self::Dashed | Self::Sequence { .. } => SignedDuration::from_secs(1),
            Self::EpochMilliseconds | Self::Milliseconds => SignedDuration::from_millis(1),
        }
    }

    pub(crate) fn spell(self, at: Timestamp) -> String {
        let format = match self {
            Self::EpochMilliseconds => return at.as_millisecond().to_string(),
            Self::Dashed => "%Y-%m-%d-%H%M%S",
            Self::Milliseconds | Self::Seconds | Self::Sequence { .. } => "%Y%m%d%H%M%S",
        };
        let seconds = at.strftime(format).to_string();
        match self {
            Self::Milliseconds => format!("{seconds}{:03}", at.subsec_millisecond().abs()),
            _ => seconds,
        }
    }

    /// The time that a version of this style stands for.
    fn time_of(self, number: u64) -> Option<Timestamp> {
        let (seconds, milliseconds) = match self {
            Self::EpochMilliseconds => return Timestamp::from_millisecond(i64::try_from(number).ok()?).ok(),
            Self::Milliseconds => (number / 1000, number % 1000),
            Self::Seconds | Self::Dashed | Self::Sequence { .. } => (number, 0),
        };
        let field = |divisor: u64, modulus: u64| i8::try_from(seconds / divisor % modulus).ok();
        let date = jiff::civil::Date::new(
            i16::try_from(seconds / 10_000_000_000).ok()?,
            field(100_000_000, 100)?,
            field(1_000_000, 100)?,
        );
        let time = jiff::civil::Time::new(field(10_000, 100)?, field(100, 100)?, field(1, 100)?, 0);
        let at = date.ok()?.to_datetime(time.ok()?).to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp();
        at.checked_add(SignedDuration::from_millis(i64::try_from(milliseconds).ok()?)).ok()
    }
}

/// One more in the last part of a version, written with as many digits.
fn sequence_after(newest: Option<&Version>, digits: usize) -> Option<(String, Version)> {
    let newest = newest.map_or("0", Version::as_str);
    let (prefix, last) = newest.rsplit_once('.').map_or(("", newest), |(prefix, last)| (prefix, last));
    let next = last.parse::<u128>().ok()?.checked_add(1)?;
    let dot = if prefix.is_empty() { "" } else { "." };
    let version = format!("{prefix}{dot}{next:0>digits$}");
    Some((version.clone(), Version::new(version).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(like: &str, newest: Option<&str>) -> Option<String> {
        let now: Timestamp = "2024-12-22T12:00:00.250Z".parse().unwrap();
        let newest = newest.map(|text| Version::new(text).unwrap());
        Numbering::of(like).next(newest.as_ref(), now).map(|(spelled, _)| spelled)
    }

    #[test]
    fn the_next_version_keeps_the_style_and_comes_after_the_newest() {
        for (like, newest, expected) in [
            ("20240101000000", None, "20241222120000"),
            ("20240101000000", Some("20240101000000"), "20241222120000"),
            ("20240101000000", Some("20991231235959"), "21000101000000"),
            ("20240101000000", Some("20241222120000"), "20241222120001"),
            ("1700000000000", Some("1700000000000"), "1734868800250"),
            ("1700000000000", Some("1734868800250"), "1734868800251"),
            ("20240101000000000", Some("20241222120000999"), "20241222120001000"),
            ("2024-01-01-000000", Some("20240101000000"), "2024-12-22-120000"),
            ("001", Some("009"), "010"),
            ("9", Some("9"), "10"),
            ("1_9", Some("1.9"), "1.10"),
            ("001", None, "001"),
        ] {
            assert_eq!(next(like, newest).as_deref(), Some(expected), "like {like} after {newest:?}");
        }
    }

    #[test]
    fn a_newest_version_that_is_no_time_gives_none() {
        assert_eq!(next("20240101000000", Some("99999999999999")), None);
    }
}
