//! A keyed permutation of numbers: each number below a power of 62 becomes another one, none two times, and without
//! the key nobody can tell which comes next.
//!
//! It is a Feistel network over the two halves of the number's digits in base 62. A round adds, modulo the half's size,
//! a hash of the other half; that can be undone, whatever the hash is, so no two numbers become the same.

use std::fmt;

use sha2::block_api::compress256;

use crate::generator::GenerateError;
use crate::length::Length;
use crate::sources::Entropy;

/// How often a half is added to. Four make a permutation that cannot be told from a random one where few of its values
/// are seen; six keep that up where many are, since halves are small.
pub(crate) const ROUNDS: u32 = 6;
/// The number of digits, see [`crate::alphabet::ALPHANUMERIC`].
const BASE: u64 = 62;

/// Where the round stands in the message.
const ROUND: usize = 32;
/// Where the half stands.
const HALF: usize = ROUND + 4;
/// Where the message ends.
const END: usize = HALF + 8;

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
#[derive(Clone)]
pub struct Permutation {
    /// The block that a round hashes: the key, room for the round and for a half, and SHA-256's end of a message.
    block: Block,
    high: u64,
    low: u64,
}

/// A number in its two halves.
#[derive(Debug, Clone, Copy)]
struct Halves {
    high: u64,
    low: u64,
}

impl Permutation {
    /// The numbers of `length` digits in base 62.
    #[must_use]
    pub fn new(key: &Key, length: Length) -> Self {
        let half = u32::from(length.0 / 2);
        Self { block: block(key), high: BASE.pow(u32::from(length.0) - half), low: BASE.pow(half) }
    }

    /// How many numbers there are.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.high * self.low
    }

    /// What the `count` numbers from `first` on become, in their order; fewer where not so many are below
    /// [`Self::size`].
    ///
    /// Round by round over all of them and not number by number: a hash waits for the one before it only within a
    /// number, so the processor works on several at once.
    #[must_use]
    pub fn run(&self, first: u64, count: u64) -> Vec<u64> {
        let numbers = first..first.saturating_add(count).min(self.size());
        let mut halves: Vec<Halves> =
            numbers.map(|number| Halves { high: number / self.low, low: number % self.low }).collect();
        let mut blocks = vec![self.block; halves.len()];
        // Numbers in a row have the high half in common, and so the first round.
        for numbers in halves.chunk_by_mut(|one, next| one.high == next.high) {
            ask(&mut blocks, 0, numbers.iter().take(1).map(|number| number.high));
            let shared = hash(&blocks[0]);
            for number in numbers {
                number.low = sum(number.low, shared, self.low);
            }
        }
        for round in 1..ROUNDS {
            // The blocks are written before any is hashed: the processor reads a block in pieces larger than those it
            // was written in, and would have to wait for them.
            if round % 2 == 0 {
                ask(&mut blocks, round, halves.iter().map(|number| number.high));
                for (number, block) in halves.iter_mut().zip(&blocks) {
                    number.low = sum(number.low, hash(block), self.low);
                }
            } else {
                ask(&mut blocks, round, halves.iter().map(|number| number.low));
                for (number, block) in halves.iter_mut().zip(&blocks) {
                    number.high = sum(number.high, hash(block), self.high);
                }
            }
        }
        halves.into_iter().map(|number| number.high * self.low + number.low).collect()
    }
}

impl fmt::Debug for Permutation {
    /// Tells nothing of the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permutation").field("size", &self.size()).finish_non_exhaustive()
    }
}

/// A message of one block.
type Block = [u8; 64];

/// The state that SHA-256 begins with: FIPS 180-4, 5.3.3.
const INITIAL: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// Key, round and half, and how SHA-256 ends a message of so many bytes: a bit, zeros, its length in bits.
fn block(key: &Key) -> Block {
    let mut block = [0; 64];
    block[..ROUND].copy_from_slice(&key.0);
    block[END] = 0x80;
    block[62..].copy_from_slice(&(END as u16 * 8).to_be_bytes());
    block
}

/// `one + other` modulo `size`, where `one` is below it.
fn sum(one: u64, other: u64, size: u64) -> u64 {
    let sum = one + other % size;
    if sum < size { sum } else { sum - size }
}

/// Writes what is to be hashed in a round.
fn ask(blocks: &mut [Block], round: u32, halves: impl Iterator<Item = u64>) {
    for (block, half) in blocks.iter_mut().zip(halves) {
        block[ROUND..HALF].copy_from_slice(&round.to_be_bytes());
        block[HALF..END].copy_from_slice(&half.to_be_bytes());
    }
}

/// The first 56 bits of SHA-256: what fits into PostgreSQL's `bigint`.
fn hash(block: &Block) -> u64 {
    let mut state = INITIAL;
    compress256(&mut state, std::slice::from_ref(block));
    (u64::from(state[0]) << 32 | u64::from(state[1])) >> 8
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
        let permutation = Permutation::new(&key(), Length(3));
        let size = permutation.size();
        assert_eq!(size, 238_328);
        let all: HashSet<u64> = permutation.run(0, size).into_iter().collect();
        assert_eq!(all.len() as u64, size);
        assert!(all.iter().all(|number| *number < size));
        assert!(permutation.run(size, 1).is_empty());
        assert_eq!(permutation.run(size - 1, 9).len(), 1);
        assert!(permutation.run(u64::MAX, 9).is_empty());
    }

    #[test]
    fn the_order_says_nothing() {
        let permutation = Permutation::new(&key(), Length(8));
        let made = permutation.run(0, 1_000);
        let rising = made.windows(2).filter(|pair| pair[0] < pair[1]).count();
        assert!((400..600).contains(&rising), "{rising} of 999 are larger than the one before");
        let near = made.windows(2).filter(|pair| pair[0].abs_diff(pair[1]) < permutation.size() / 100).count();
        assert!(near < 60, "{near} of 999 are within a hundredth of the one before");
        let other = Permutation::new(&Key([8; 32]), Length(8)).run(0, 1_000);
        assert!(made.iter().zip(&other).all(|(one, other)| one != other));
    }

    #[test]
    fn a_run_is_what_its_numbers_become_one_by_one() {
        let permutation = Permutation::new(&key(), Length(5));
        // Where the high half changes, too.
        let around = 62_u64.pow(2) * 7;
        let one_by_one: Vec<u64> = (around - 40..around + 40).flat_map(|number| permutation.run(number, 1)).collect();
        assert_eq!(permutation.run(around - 40, 80), one_by_one);
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
