//! Letters and digits of a fixed length: the numbers of a sequence, permuted.

use limosa_catalog::{InvalidIdentifier, Literal};

use super::Behaviour;
use crate::alphabet::{ALPHANUMERIC, push_digits};
use crate::check::{Flaw, characters};
use crate::function::{Body, Parts};
use crate::generator::{GenerateError, Generator};
use crate::length::{Length, Lengths};
use crate::numbered::{PERMUTED, SEQUENCE};
use crate::permutation::{Key, Permutation, ROUNDS};
use crate::sources::Sources;

pub(super) struct Alnum;

struct Permuted {
    permutation: Permutation,
    length: Length,
    /// Made ahead.
    ready: std::vec::IntoIter<u64>,
    /// The first number behind those.
    next: u64,
}

/// So many ids are made at once: enough that the processor has several to work on, and few that nobody wants.
const AHEAD: u64 = 64;

impl Behaviour for Alnum {
    fn word(&self) -> &'static str {
        "alnum"
    }

    fn about(&self) -> &'static str {
        "letters and digits of a fixed length, from a sequence: none comes twice, none tells the next"
    }

    fn lengths(&self) -> Lengths {
        // 62 to the power of 10 is the last that a bigint holds; below 3 there is nothing to hide in.
        Lengths::between(3, 8, 10)
    }

    fn check(&self, id: &str) -> Result<(), Flaw> {
        characters(id, "letters and digits", |_, found| found.is_ascii_alphanumeric())
    }

    fn generator(&self, length: Length, mut sources: Sources) -> Result<Box<dyn Generator>, GenerateError> {
        let (key, next) = match sources.permuted {
            Some(permuted) => permuted,
            None => (Key::random(&mut sources.entropy)?, 0),
        };
        let permutation = Permutation::new(&key, length);
        Ok(Box::new(Permuted { permutation, length, ready: Vec::new().into_iter(), next }))
    }

    fn body(&self, parts: &Parts<'_>) -> Result<Body, InvalidIdentifier> {
        let half = u32::from(parts.length.0 / 2);
        let (high, low) = (62_u64.pow(u32::from(parts.length.0) - half), 62_u64.pow(half));
        let (permuted, sequence) = (parts.beside(PERMUTED)?, parts.beside(SEQUENCE)?);
        let create = include_str!("alnum.sql")
            .replace("{key}", &parts.key.reveal())
            .replace("{high}", &high.to_string())
            .replace("{low}", &low.to_string())
            .replace("{last}", &(high * low - 1).to_string())
            .replace("{last round}", &(ROUNDS - 1).to_string())
            .replace("{permuted}", &permuted)
            .replace("{sequence}", &sequence)
            .replace("{sequence text}", &Literal(&sequence).to_string());
        let drop_rest = format!("DROP FUNCTION {permuted}(bigint);\nDROP SEQUENCE {sequence};\n");
        Ok(Body { returns: "text", create, drop_rest })
    }
}

impl Generator for Permuted {
    fn write(&mut self, out: &mut String) -> Result<(), GenerateError> {
        if self.ready.len() == 0 {
            self.ready = self.permutation.run(self.next, AHEAD).into_iter();
            self.next = self.next.saturating_add(AHEAD);
        }
        let permuted = self.ready.next().ok_or_else(|| GenerateError::Exhausted(self.permutation.size()))?;
        push_digits(out, permuted, self.length.get(), ALPHANUMERIC);
        Ok(())
    }
}
