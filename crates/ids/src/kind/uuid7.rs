//! UUID version 7: the time in milliseconds, its fraction in twelve bits, 62 bits of chance.

use limosa_catalog::InvalidIdentifier;

use super::{Behaviour, uuid};
use crate::check::Flaw;
use crate::function::{Body, Parts};
use crate::generator::{GenerateError, Generator};
use crate::length::{Length, Lengths};
use crate::sources::{Sources, milliseconds};

pub(super) struct Uuid7;

struct Timed {
    sources: Sources,
    /// The last one's time, in 4096ths of a millisecond.
    last: u64,
}

impl Behaviour for Uuid7 {
    fn word(&self) -> &'static str {
        "uuid7"
    }

    fn about(&self) -> &'static str {
        "UUID version 7: each sorts behind the one made before it"
    }

    fn lengths(&self) -> Lengths {
        uuid::LENGTHS
    }

    fn check(&self, id: &str) -> Result<(), Flaw> {
        uuid::check(id, '7', "the version, `7`")
    }

    fn generator(&self, _length: Length, sources: Sources) -> Result<Box<dyn Generator>, GenerateError> {
        Ok(Box::new(Timed { sources, last: 0 }))
    }

    fn body(&self, parts: &Parts<'_>) -> Result<Body, InvalidIdentifier> {
        let create = include_str!("uuid7.sql").to_owned();
        Ok(Body { returns: uuid::returns(parts), create, drop_rest: String::new() })
    }
}

impl Generator for Timed {
    fn write(&mut self, out: &mut String) -> Result<(), GenerateError> {
        let now = (self.sources.clock)().ok_or(GenerateError::Clock)?;
        let fraction = u64::from(now.subsec_nanos() % 1_000_000) * 4096 / 1_000_000;
        let time = milliseconds(now)? << 12 | fraction;
        // A clock that stands or goes back must not bring the order back.
        self.last = time.max(self.last + 1);
        let mut bytes = self.sources.entropy.bytes::<16>()?;
        bytes[..6].copy_from_slice(&(self.last >> 12).to_be_bytes()[2..]);
        bytes[6..8].copy_from_slice(&(self.last as u16 & 0x0fff).to_be_bytes());
        uuid::push(out, bytes, 7);
        Ok(())
    }
}
