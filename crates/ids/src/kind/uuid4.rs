//! UUID version 4: 122 bits of chance.

use limosa_catalog::InvalidIdentifier;

use super::{Behaviour, uuid};
use crate::check::Flaw;
use crate::function::{Body, Parts};
use crate::generator::{GenerateError, Generator};
use crate::length::{Length, Lengths};
use crate::sources::{Entropy, Sources};

pub(super) struct Uuid4;

struct Random(Entropy);

impl Behaviour for Uuid4 {
    fn word(&self) -> &'static str {
        "uuid4"
    }

    fn about(&self) -> &'static str {
        "UUID version 4, by chance"
    }

    fn lengths(&self) -> Lengths {
        uuid::LENGTHS
    }

    fn check(&self, id: &str) -> Result<(), Flaw> {
        uuid::check(id, '4', "the version, `4`")
    }

    fn generator(&self, _length: Length, sources: Sources) -> Result<Box<dyn Generator>, GenerateError> {
        Ok(Box::new(Random(sources.entropy)))
    }

    fn body(&self, parts: &Parts<'_>) -> Result<Body, InvalidIdentifier> {
        let create = include_str!("uuid4.sql").to_owned();
        Ok(Body { returns: uuid::returns(parts), create, drop_rest: String::new() })
    }
}

impl Generator for Random {
    fn write(&mut self, out: &mut String) -> Result<(), GenerateError> {
        uuid::push(out, self.0.bytes()?, 4);
        Ok(())
    }
}
