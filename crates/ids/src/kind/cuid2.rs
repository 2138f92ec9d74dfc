//! CUID2: a letter, then a hash over time, chance and a counter in base 36.
//!
//! The reference implementation hashes with SHA3-512, of which PostgreSQL has none; what the id looks like and how much
//! chance is in it is the same with SHA-256.

use limosa_catalog::InvalidIdentifier;
use sha2::{Digest as _, Sha256};

use super::Behaviour;
use crate::alphabet::{BASE36, push_digits};
use crate::check::{Flaw, characters};
use crate::function::{Body, Parts};
use crate::generator::{GenerateError, Generator};
use crate::length::{Length, Lengths};
use crate::sources::Sources;

pub(super) struct Cuid2;

/// Seven bytes of the hash make eight digits: of 2^56 values each digit takes 36^8, which leaves no bias to speak of.
const DIGITS: usize = 8;

struct Hashed {
    /// With what tells this generator from others.
    hasher: Sha256,
    sources: Sources,
    counter: u64,
    length: Length,
}

impl Behaviour for Cuid2 {
    fn word(&self) -> &'static str {
        "cuid2"
    }

    fn about(&self) -> &'static str {
        "CUID2: a letter and 23 more characters that tell neither time nor order"
    }

    fn lengths(&self) -> Lengths {
        Lengths::between(2, 24, 32)
    }

    fn check(&self, id: &str) -> Result<(), Flaw> {
        characters(id, "a lower-case letter", |index, found| index > 0 || found.is_ascii_lowercase())?;
        characters(id, "lower-case letters and digits", |_, found| found.is_ascii_lowercase() || found.is_ascii_digit())
    }

    fn generator(&self, length: Length, mut sources: Sources) -> Result<Box<dyn Generator>, GenerateError> {
        let mut hasher = Sha256::new();
        hasher.update(sources.entropy.bytes::<32>()?);
        let counter = u64::from_be_bytes(sources.entropy.bytes()?);
        Ok(Box::new(Hashed { hasher, sources, counter, length }))
    }

    fn body(&self, _parts: &Parts<'_>) -> Result<Body, InvalidIdentifier> {
        Ok(Body { returns: "text", create: include_str!("cuid2.sql").to_owned(), drop_rest: String::new() })
    }
}

impl Generator for Hashed {
    fn write(&mut self, out: &mut String) -> Result<(), GenerateError> {
        let mut hasher = self.hasher.clone();
        hasher.update(self.sources.milliseconds()?.to_be_bytes());
        hasher.update(self.counter.to_be_bytes());
        hasher.update(self.sources.entropy.bytes::<32>()?);
        self.counter = self.counter.wrapping_add(1);
        let hash: [u8; 32] = hasher.finalize().into();
        let letter = u64::from_be_bytes(self.sources.entropy.bytes()?) % 26;
        out.push(char::from(b'a' + u8::try_from(letter).unwrap_or_default()));
        let mut missing = self.length.get() - 1;
        for chunk in hash.chunks_exact(7) {
            let number = chunk.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
            let digits = missing.min(DIGITS);
            push_digits(out, number, digits, BASE36);
            missing -= digits;
        }
        Ok(())
    }
}
