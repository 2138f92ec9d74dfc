//! nanoid: characters that URLs take as they are, six bits of chance each.

use limosa_catalog::InvalidIdentifier;

use super::Behaviour;
use crate::alphabet::URL_SAFE;
use crate::check::{Flaw, characters};
use crate::function::{Body, Parts};
use crate::generator::{GenerateError, Generator};
use crate::length::{Length, Lengths};
use crate::sources::{Entropy, Sources};

pub(super) struct Nanoid;

struct Random {
    entropy: Entropy,
    length: Length,
}

impl Behaviour for Nanoid {
    fn word(&self) -> &'static str {
        "nanoid"
    }

    fn about(&self) -> &'static str {
        "nanoid: 21 letters, digits, `_` and `-`, by chance"
    }

    fn lengths(&self) -> Lengths {
        Lengths::between(2, 21, 64)
    }

    fn check(&self, id: &str) -> Result<(), Flaw> {
        characters(id, "letters, digits, `_` and `-`", |_, found| {
            found.is_ascii_alphanumeric() || matches!(found, '_' | '-')
        })
    }

    fn generator(&self, length: Length, sources: Sources) -> Result<Box<dyn Generator>, GenerateError> {
        Ok(Box::new(Random { entropy: sources.entropy, length }))
    }

    fn body(&self, _parts: &Parts<'_>) -> Result<Body, InvalidIdentifier> {
        Ok(Body { returns: "text", create: include_str!("nanoid.sql").to_owned(), drop_rest: String::new() })
    }
}

impl Generator for Random {
    fn write(&mut self, out: &mut String) -> Result<(), GenerateError> {
        let mut missing = self.length.get();
        while missing > 0 {
            let now = missing.min(8);
            let chance = self.entropy.bytes::<8>()?;
            out.extend(chance.iter().take(now).map(|byte| char::from(URL_SAFE[usize::from(byte & 63)])));
            missing -= now;
        }
        Ok(())
    }
}
