//! ULID: the time in milliseconds and 80 bits of chance, in Crockford's base 32.

use limosa_catalog::InvalidIdentifier;

use super::Behaviour;
use crate::alphabet::{CROCKFORD, push_digits};
use crate::check::{Flaw, characters};
use crate::function::{Body, Parts};
use crate::generator::{GenerateError, Generator};
use crate::length::{Length, Lengths};
use crate::sources::Sources;

pub(super) struct Ulid;

struct Timed {
    sources: Sources,
    time: u64,
    /// 80 bits, counted up within a millisecond.
    chance: u128,
}

const CHANCE_BITS: u32 = 80;

impl Behaviour for Ulid {
    fn word(&self) -> &'static str {
        "ulid"
    }

    fn about(&self) -> &'static str {
        "ULID: 26 letters and digits, each sorts behind the one made before it"
    }

    fn lengths(&self) -> Lengths {
        Lengths::fixed(26)
    }

    fn check(&self, id: &str) -> Result<(), Flaw> {
        // Written by hand, they may be of lower case.
        let is_digit = |found: char| CROCKFORD.iter().any(|digit| char::from(*digit) == found.to_ascii_uppercase());
        characters(id, "digits and letters without I, L, O and U", |_, found| is_digit(found))?;
        characters(id, "at most 7, since more has no room in 128 bits", |index, found| index > 0 || found <= '7')
    }

    fn generator(&self, _length: Length, sources: Sources) -> Result<Box<dyn Generator>, GenerateError> {
        Ok(Box::new(Timed { sources, time: 0, chance: 0 }))
    }

    fn body(&self, _parts: &Parts<'_>) -> Result<Body, InvalidIdentifier> {
        Ok(Body { returns: "text", create: include_str!("ulid.sql").to_owned(), drop_rest: String::new() })
    }
}

impl Generator for Timed {
    fn write(&mut self, out: &mut String) -> Result<(), GenerateError> {
        let now = self.sources.milliseconds()?;
        if now > self.time {
            self.time = now;
            // The highest bit is left free, so that there is room to count.
            self.chance = u128::from_be_bytes(self.sources.entropy.bytes()?) >> (128 - CHANCE_BITS + 1);
        } else {
            // A step by chance, so that one id does not tell the next.
            let step = u32::from_be_bytes(self.sources.entropy.bytes()?);
            self.chance += u128::from(step) + 1;
        }
        if self.chance >> CHANCE_BITS != 0 {
            self.time += 1;
            self.chance %= 1 << CHANCE_BITS;
        }
        push_digits(out, self.time, 10, CROCKFORD);
        push_digits(out, (self.chance >> 40) as u64, 8, CROCKFORD);
        push_digits(out, self.chance as u64 & ((1 << 40) - 1), 8, CROCKFORD);
        Ok(())
    }
}
