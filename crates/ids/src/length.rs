//! How long an id is, without its prefix.

use std::fmt;
use std::ops::RangeInclusive;

/// A number of characters that the kind can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Length(pub(crate) u8);

impl Length {
    /// Characters.
    #[must_use]
    pub fn get(self) -> usize {
        usize::from(self.0)
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The lengths that a kind can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lengths {
    /// From the shortest to the longest.
    pub range: RangeInclusive<u8>,
    /// The one that is taken when nothing is said.
    pub usual: Length,
}

impl Lengths {
    pub(crate) const fn fixed(length: u8) -> Self {
        Self::between(length, length, length)
    }

    pub(crate) const fn between(least: u8, usual: u8, most: u8) -> Self {
        Self { range: least..=most, usual: Length(usual) }
    }

    /// Takes a length if it is among them.
    ///
    /// # Errors
    /// It is not.
    pub fn take(&self, length: u64) -> Result<Length, InvalidLength> {
        match u8::try_from(length) {
            Ok(length) if self.range.contains(&length) => Ok(Length(length)),
            _ => Err(InvalidLength { found: length, lengths: self.clone() }),
        }
    }
}

impl fmt::Display for Lengths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (least, most) = (self.range.start(), self.range.end());
        if least == most { write!(f, "{least}") } else { write!(f, "{least} to {most}") }
    }
}

/// A length that the kind cannot have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found} is no length for it; expected {lengths}")]
pub struct InvalidLength {
    /// What was asked for.
    pub found: u64,
    /// What there is.
    pub lengths: Lengths,
}
