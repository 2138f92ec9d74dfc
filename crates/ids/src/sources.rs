//! What generators draw from: randomness and the time.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::generator::GenerateError;
use crate::permutation::Key;

/// Fills all bytes with randomness.
pub type Fill = fn(&mut [u8]) -> Result<(), getrandom::Error>;

/// Randomness fit for secrets, fetched from the operating system a page at a time.
#[derive(Clone)]
pub struct Entropy {
    fill: Fill,
    page: [u8; PAGE],
    used: usize,
}

const PAGE: usize = 4096;

impl Entropy {
    /// Draws from the operating system's generator.
    #[must_use]
    pub fn system() -> Self {
        Self::from(getrandom::fill as Fill)
    }

    /// The next bytes. Each is handed out once, and erased here.
    pub(crate) fn bytes<const N: usize>(&mut self) -> Result<[u8; N], GenerateError> {
        const { assert!(N <= PAGE) };
        if self.used + N > PAGE {
            (self.fill)(&mut self.page).map_err(GenerateError::Randomness)?;
            self.used = 0;
        }
        let mut bytes = [0; N];
        let taken = &mut self.page[self.used..self.used + N];
        bytes.copy_from_slice(taken);
        taken.fill(0);
        self.used += N;
        Ok(bytes)
    }
}

impl From<Fill> for Entropy {
    fn from(fill: Fill) -> Self {
        Self { fill, page: [0; PAGE], used: PAGE }
    }
}

impl std::fmt::Debug for Entropy {
    /// Tells nothing of what is still to be handed out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Entropy")
    }
}

/// The time since 1970, UTC; `None` before it.
pub type Clock = fn() -> Option<Duration>;

fn system_clock() -> Option<Duration> {
    SystemTime::now().duration_since(UNIX_EPOCH).ok()
}

/// What a generator draws from.
#[derive(Debug, Clone)]
pub struct Sources {
    /// Randomness.
    pub entropy: Entropy,
    /// The time.
    pub clock: Clock,
    /// The key of permuted ids and the number from which they count; random and zero where there is none.
    pub permuted: Option<(Key, u64)>,
}

impl Sources {
    /// The operating system's.
    #[must_use]
    pub fn system() -> Self {
        Self { entropy: Entropy::system(), clock: system_clock, permuted: None }
    }

    pub(crate) fn milliseconds(&self) -> Result<u64, GenerateError> {
        (self.clock)().map(milliseconds).ok_or(GenerateError::Clock)?
    }
}

/// Milliseconds since 1970, which have 48 bits up to the year 10889.
pub(crate) fn milliseconds(now: Duration) -> Result<u64, GenerateError> {
    u64::try_from(now.as_millis()).ok().filter(|time| *time < 1 << 48).ok_or(GenerateError::Clock)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_byte_is_handed_out_twice() {
        fn count(bytes: &mut [u8]) -> Result<(), getrandom::Error> {
            bytes.iter_mut().zip((1..=250).cycle()).for_each(|(byte, number)| *byte = number);
            Ok(())
        }
        let mut entropy = Entropy::from(count as Fill);
        assert_eq!(entropy.bytes::<3>().unwrap(), [1, 2, 3]);
        assert_eq!(entropy.bytes::<2>().unwrap(), [4, 5]);
        assert_eq!(entropy.page[..6], [0, 0, 0, 0, 0, 6]);
        // What is left of a page is not enough: a new one.
        entropy.bytes::<4090>().unwrap();
        assert_eq!(entropy.bytes::<2>().unwrap(), [1, 2]);
    }

    #[test]
    fn missing_randomness_is_an_error() {
        let mut entropy = Entropy::from((|_: &mut [u8]| Err(getrandom::Error::UNSUPPORTED)) as Fill);
        assert!(matches!(entropy.bytes::<1>(), Err(GenerateError::Randomness(_))));
    }
}
