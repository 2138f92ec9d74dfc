//! Letters and digits of a fixed length, by chance.

use limosa_catalog::InvalidIdentifier;

use super::Behaviour;
use crate::alphabet::ALPHANUMERIC;
use crate::check::{Flaw, characters};
use crate::function::{Body, Parts};
use crate::generator::{GenerateError, Generator};
use crate::length::{Length, Lengths};
use crate::sources::{Entropy, Sources};

pub(super) struct AlnumRandom;

struct Random {
    entropy: Entropy,
    length: Length,
}

impl Behaviour for AlnumRandom {
    fn word(&self) -> &'static str {
        "alnum-random"
    }

    fn about(&self) -> &'static str {
        "letters and digits of a fixed length, by chance: short ones can come twice, keep them unique and try again"
    }

    fn lengths(&self) -> Lengths {
        Lengths::between(3, 8, 64)
    }

    fn check(&self, id: &str) -> Result<(), Flaw> {
        characters(id, "letters and digits", |_, found| found.is_ascii_alphanumeric())
    }

    fn generator(&self, length: Length, sources: Sources) -> Result<Box<dyn Generator>, GenerateError> {
        Ok(Box::new(Random { entropy: sources.entropy, length }))
    }

    fn body(&self, parts: &Parts<'_>) -> Result<Body, InvalidIdentifier> {
        let drop_rest = format!("DROP FUNCTION {}(regclass, name);\n", parts.name);
        Ok(Body { returns: "text", create: include_str!("alnum_random.sql").to_owned(), drop_rest })
    }
}

impl Generator for Random {
    fn write(&mut self, out: &mut String) -> Result<(), GenerateError> {
        let mut missing = self.length.get();
        while missing > 0 {
            // Eight at a time: 62 of the 64 values of six bits count, so that each character is equally likely.
            for byte in self.entropy.bytes::<8>()? {
                if let Some(digit) = ALPHANUMERIC.get(usize::from(byte & 63)).filter(|_| missing > 0) {
                    out.push(char::from(*digit));
                    missing -= 1;
                }
            }
        }
        Ok(())
    }
}
