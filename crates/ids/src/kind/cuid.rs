//! The first CUID: `c`, then the time, a counter, the machine and chance, all in base 36.

use limosa_catalog::InvalidIdentifier;

use super::Behaviour;
use crate::alphabet::{BASE36, push_digits};
use crate::check::{Flaw, characters};
use crate::function::{Body, Parts};
use crate::generator::{GenerateError, Generator};
use crate::length::{Length, Lengths};
use crate::sources::Sources;

pub(super) struct Cuid;

/// Four digits.
const BLOCK: u64 = 36_u64.pow(4);

struct Counted {
    sources: Sources,
    counter: u64,
    machine: u64,
}

impl Behaviour for Cuid {
    fn word(&self) -> &'static str {
        "cuid"
    }

    fn about(&self) -> &'static str {
        "the first CUID, for columns that have it already: it tells when it was made"
    }

    fn lengths(&self) -> Lengths {
        Lengths::fixed(25)
    }

    fn check(&self, id: &str) -> Result<(), Flaw> {
        characters(id, "`c`", |index, found| index > 0 || found == 'c')?;
        characters(id, "lower-case letters and digits", |_, found| found.is_ascii_lowercase() || found.is_ascii_digit())
    }

    fn generator(&self, _length: Length, mut sources: Sources) -> Result<Box<dyn Generator>, GenerateError> {
        // By chance, since nothing of the machine need be told.
        let [counter, machine] = [sources.entropy.bytes()?, sources.entropy.bytes()?].map(u64::from_be_bytes);
        Ok(Box::new(Counted { sources, counter, machine }))
    }

    fn body(&self, _parts: &Parts<'_>) -> Result<Body, InvalidIdentifier> {
        Ok(Body { returns: "text", create: include_str!("cuid.sql").to_owned(), drop_rest: String::new() })
    }
}

impl Generator for Counted {
    fn write(&mut self, out: &mut String) -> Result<(), GenerateError> {
        let time = self.sources.milliseconds()?;
        let chance = u64::from_be_bytes(self.sources.entropy.bytes()?);
        out.push('c');
        push_digits(out, time, 8, BASE36);
        push_digits(out, self.counter % BLOCK, 4, BASE36);
        push_digits(out, self.machine % BLOCK, 4, BASE36);
        push_digits(out, chance, 8, BASE36);
        self.counter = self.counter.wrapping_add(1);
        Ok(())
    }
}
