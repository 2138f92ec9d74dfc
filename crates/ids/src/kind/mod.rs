//! The kinds of ids: a file each, and this registry.

mod alnum;
mod alnum_random;
mod cuid;
mod cuid2;
mod nanoid;
mod ulid;
mod uuid;
mod uuid4;
mod uuid7;

use std::fmt;

use limosa_catalog::InvalidIdentifier;

use crate::check::Flaw;
use crate::function::{Body, Parts};
use crate::generator::{GenerateError, Generator};
use crate::length::{Length, Lengths};
use crate::sources::Sources;

/// What is to be said of a kind.
pub(crate) trait Behaviour: Sync {
    /// How it is named in a spec.
    fn word(&self) -> &'static str;

    /// What it is, in a line.
    fn about(&self) -> &'static str;

    /// How long its ids can be.
    fn lengths(&self) -> Lengths;

    /// Checks the characters of an id of a right length.
    fn check(&self, id: &str) -> Result<(), Flaw>;

    /// Makes ids on the client.
    fn generator(&self, length: Length, sources: Sources) -> Result<Box<dyn Generator>, GenerateError>;

    /// Makes them in PostgreSQL.
    fn body(&self, parts: &Parts<'_>) -> Result<Body, InvalidIdentifier>;
}

macro_rules! kinds {
    ($($(#[$meta:meta])* $variant:ident = $behaviour:path),* $(,)?) => {
        /// A kind of id.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $($(#[$meta])* $variant),*
        }

        impl Kind {
            /// All of them.
            pub const ALL: [Self; [$(Self::$variant),*].len()] = [$(Self::$variant),*];

            pub(crate) fn behaviour(self) -> &'static dyn Behaviour {
                match self {
                    $(Self::$variant => &$behaviour),*
                }
            }
        }
    };
}

kinds! {
    /// Letters and digits of a fixed length, a permutation of a sequence's numbers.
    Alnum = alnum::Alnum,
    /// Letters and digits of a fixed length, by chance.
    AlnumRandom = alnum_random::AlnumRandom,
    /// CUID2: a letter, then a hash in base 36.
    Cuid2 = cuid2::Cuid2,
    /// The first CUID: `c`, time, counter, machine, chance.
    Cuid = cuid::Cuid,
    /// nanoid: 64 characters that URLs take as they are.
    Nanoid = nanoid::Nanoid,
    /// UUID version 4, by chance.
    Uuid4 = uuid4::Uuid4,
    /// UUID version 7, in the order of time.
    Uuid7 = uuid7::Uuid7,
    /// ULID, in the order of time.
    Ulid = ulid::Ulid,
}

impl Kind {
    /// How it is named in a spec.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.behaviour().word()
    }

    /// What it is, in a line.
    #[must_use]
    pub fn about(self) -> &'static str {
        self.behaviour().about()
    }

    /// How long its ids can be, without a prefix.
    #[must_use]
    pub fn lengths(self) -> Lengths {
        self.behaviour().lengths()
    }

    /// The kind of a name.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether a text could be such an id, of any length that the kind can have.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(self, id: &str) -> Result<(), Flaw> {
        self.check_within(id, &self.lengths())
    }

    pub(crate) fn check_within(self, id: &str, expected: &Lengths) -> Result<(), Flaw> {
        let found = id.chars().count();
        if !u8::try_from(found).is_ok_and(|found| expected.range.contains(&found)) {
            return Err(Flaw::Length { found, expected: expected.clone() });
        }
        self.behaviour().check(id)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
