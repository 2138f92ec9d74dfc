//! A keyed permutation of numbers: each number below a power of 62 becomes another one, none two times, and without
//! the key nobody can tell which comes next.
//!
//! It is a Feistel network over the two halves of the number's digits in base 62. A round adds, modulo the half's size,
//! a hash of the other half; that can be undone, whatever the hash is, so no two numbers become the same.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::generator::GenerateError;
use crate::length::Length;
use crate::sources::Entropy;

/// How often a half is added to. Four make a permutation that cannot be told from a random one where few of its values
/// are seen; six keep that up where many are, since halves are small.
pub(crate) const ROUNDS: u32 = 6;
/// The number of digits, see [`crate::alphabet::ALPHANUMERIC`].
const BASE: u64 = 62;

/// What makes the permutation one's own: 32 bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Key([u8; 32]);

impl Key {
    /// A new one.
    ///
    /// # Errors
    /// There is no randomness.
    pub fn random(entropy: &mut Entropy) -> Result<Self, GenerateError> {
        entropy.bytes().map(Self)
    }

    /// As 64 hexadecimal digits: what goes into the SQL function.
    #[must_use]
    pub fn reveal(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Debug for Key {
    /// Tells nothing of it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

/// A text that is no key. It is not shown, since it may be one nearly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no key; expected 64 hexadecimal digits, such as `openssl rand -hex 32` prints")]
pub struct InvalidKey;

impl std::str::FromStr for Key {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits: Vec<u8> = text
            .chars()
            .map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok()))
            .collect::<Option<_>>()
            .ok_or(InvalidKey)?;
        let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
        if digits.len() != 64 {
            return Err(InvalidKey);
        }
        bytes.try_into().map(Self).map_err(|_| InvalidKey)
    }
}

/// The permutation of the numbers that have a certain count of digits.
#[derive(Debug, Clone)]
pub struct Permutation {
    hasher: Sha256,
    high: u64,
    low: u64,
    /// The last high half and its first hash: numbers in a row share it.
    first: Option<(u64, u64)>,
}

impl Permutation {
    /// The numbers of `length` digits in base 62.
    #[must_use]
    pub fn new(key: &Key, length: Length) -> Self {
        let half = u32::from(length.0 / 2);
        let mut hasher = Sha256::new();
        hasher.update(key.0);
        Self { hasher, high: BASE.pow(u32::from(length.0) - half), low: BASE.pow(half), first: None }
    }

    /// How many numbers there are.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.high * self.low
    }

    /// What a number becomes; `None` where it is not below [`Self::size`].
    #[must_use]
    pub fn apply(&mut self, number: u64) -> Option<u64> {
        if number >= self.size() {
            return None;
        }
        let (mut high, mut low) = (number / self.low, number % self.low);
        let first = match self.first {
            Some((of, hash)) if of == high => hash,
            _ => self.hash(0, high),
        };
        self.first = Some((high, first));
        low = (low + first % self.low) % self.low;
        for round in 1..ROUNDS {
            if round % 2 == 0 {
                low = (low + self.hash(round, high) % self.low) % self.low;
            } else {
                high = (high + self.hash(round, low) % self.high) % self.high;
            }
        }
        Some(high * self.low + low)
    }

    /// The first 56 bits of SHA-256 over the key, the round and the half: what fits into PostgreSQL's `bigint`.
    fn hash(&self, round: u32, half: u64) -> u64 {
        let mut hasher = self.hasher.clone();
        hasher.update(round.to_be_bytes());
        hasher.update(half.to_be_bytes());
        let hash = hasher.finalize();
        hash.iter().take(7).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn key() -> Key {
        Key([7; 32])
    }

    #[test]
    fn no_two_numbers_become_the_same() {
        let mut permutation = Permutation::new(&key(), Length(3));
        let size = permutation.size();
        assert_eq!(size, 238_328);
        let all: HashSet<u64> = (0..size).filter_map(|number| permutation.apply(number)).collect();
        assert_eq!(all.len() as u64, size);
        assert!(all.iter().all(|number| *number < size));
        assert_eq!(permutation.apply(size), None);
    }

    #[test]
    fn the_order_says_nothing() {
        let mut permutation = Permutation::new(&key(), Length(8));
        let made: Vec<u64> = (0..1_000).filter_map(|number| permutation.apply(number)).collect();
        let rising = made.windows(2).filter(|pair| pair[0] < pair[1]).count();
        assert!((400..600).contains(&rising), "{rising} of 999 are larger than the one before");
        let near = made.windows(2).filter(|pair| pair[0].abs_diff(pair[1]) < permutation.size() / 100).count();
        assert!(near < 60, "{near} of 999 are within a hundredth of the one before");
        let mut other = Permutation::new(&Key([8; 32]), Length(8));
        assert!((0..1_000).all(|number| other.apply(number) != Some(made[number as usize])));
    }

    #[test]
    fn a_key_is_sixty_four_hexadecimal_digits() {
        let text = "00ff".repeat(16);
        assert_eq!(text.parse::<Key>().map(|key| key.reveal()), Ok(text.clone()));
        assert_eq!(text.to_uppercase().parse::<Key>().map(|key| key.reveal()), Ok(text));
        for wrong in ["", "00", &"0".repeat(63), &"0".repeat(66), &"g".repeat(64), &"ä".repeat(32)] {
            assert_eq!(wrong.parse::<Key>(), Err(InvalidKey), "for `{wrong}`");
        }
        assert_eq!(format!("{:?}", key()), "Key");
    }
}
