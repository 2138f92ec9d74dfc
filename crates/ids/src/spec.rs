//! A kind, a length and a prefix: what is written as `cuid2:pat_` or `alnum:8:prac_`.

use std::fmt;
use std::str::FromStr;

use crate::check::Flaw;
use crate::generator::{GenerateError, Generator, Prefixed};
use crate::kind::Kind;
use crate::length::{InvalidLength, Length, Lengths};
use crate::prefix::{InvalidPrefix, Prefix};
use crate::sources::Sources;

/// How the ids of one column are made: `KIND[:LENGTH][:PREFIX]`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct GeneratorSpec {
    kind: Kind,
    length: Length,
    prefix: Option<Prefix>,
}

impl GeneratorSpec {
    /// A kind with its usual length and no prefix.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        Self { kind, length: kind.lengths().usual, prefix: None }
    }

    /// The same with another length.
    ///
    /// # Errors
    /// The kind has no such length.
    pub fn with_length(self, length: u64) -> Result<Self, InvalidLength> {
        Ok(Self { length: self.kind.lengths().take(length)?, ..self })
    }

    /// The same with another prefix.
    #[must_use]
    pub fn with_prefix(self, prefix: Prefix) -> Self {
        Self { prefix: Some(prefix), ..self }
    }

    /// The kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Characters behind the prefix.
    #[must_use]
    pub fn length(&self) -> Length {
        self.length
    }

    /// What stands before each id.
    #[must_use]
    pub fn prefix(&self) -> Option<&Prefix> {
        self.prefix.as_ref()
    }

    /// Makes such ids.
    ///
    /// # Errors
    /// There is no randomness for its beginning.
    pub fn generator(&self, sources: Sources) -> Result<Box<dyn Generator>, GenerateError> {
        let generator = self.kind.behaviour().generator(self.length, sources)?;
        Ok(match &self.prefix {
            Some(prefix) => Box::new(Prefixed { prefix: prefix.clone(), generator }),
            None => generator,
        })
    }

    /// Whether a text could be one of them.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self, text: &str) -> Result<(), Flaw> {
        let id = match &self.prefix {
            Some(prefix) => text.strip_prefix(prefix.as_str()).ok_or_else(|| Flaw::Prefix(prefix.clone()))?,
            None => text,
        };
        let expected = Lengths::fixed(self.length.0);
        self.kind.check_within(id, &expected)
    }
}

impl fmt::Display for GeneratorSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind)?;
        if self.length != self.kind.lengths().usual {
            write!(f, ":{}", self.length)?;
        }
        self.prefix.as_ref().map_or(Ok(()), |prefix| write!(f, ":{prefix}"))
    }
}

/// Why a text names no generator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSpec {
    /// There is no such kind.
    #[error("`{found}` is no kind of id; {}", hint(found))]
    Kind {
        /// What was named.
        found: String,
    },
    /// The kind has no such length.
    #[error("`{kind}`: {error}")]
    Length {
        /// The kind.
        kind: Kind,
        /// What there is.
        error: InvalidLength,
    },
    /// The prefix is none.
    #[error(transparent)]
    Prefix(#[from] InvalidPrefix),
    /// There is more, or it stands in another order.
    #[error("`{0}` has too many parts; expected KIND, KIND:PREFIX or KIND:LENGTH:PREFIX, as in `alnum:8:prac_`")]
    Parts(String),
}

fn hint(found: &str) -> String {
    let near = |kind: &Kind| strsim::damerau_levenshtein(&found.to_lowercase(), kind.word());
    match Kind::ALL.into_iter().min_by_key(near).filter(|kind| near(kind) <= 2) {
        Some(kind) => format!("did you mean `{kind}`?"),
        None => {
            let all: Vec<String> = Kind::ALL.iter().map(|kind| format!("`{kind}`")).collect();
            format!("expected one of {}, as in `cuid2:pat_`", all.join(", "))
        }
    }
}

impl FromStr for GeneratorSpec {
    type Err = InvalidSpec;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split(':').peekable();
        let word = parts.next().unwrap_or_default();
        let kind = Kind::from_word(word).ok_or_else(|| InvalidSpec::Kind { found: word.to_owned() })?;
        let mut spec = Self::new(kind);
        let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if let Some(number) = parts.next_if(is_number) {
            // A number too large for this is too large for any kind.
            let length = number.parse().unwrap_or(u64::MAX);
            spec = spec.with_length(length).map_err(|error| InvalidSpec::Length { kind, error })?;
        }
        if let Some(prefix) = parts.next() {
            spec = spec.with_prefix(Prefix::new(prefix)?);
        }
        match parts.next() {
            Some(_) => Err(InvalidSpec::Parts(text.to_owned())),
            None => Ok(spec),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spec_is_written_as_it_is_read() {
        for (text, shown) in [
            ("cuid2", "cuid2"),
            ("cuid2:pat_", "cuid2:pat_"),
            ("cuid2:24:pat_", "cuid2:pat_"),
            ("cuid2:10", "cuid2:10"),
            ("alnum:8:prac_", "alnum:prac_"),
            ("alnum-random:12", "alnum-random:12"),
            ("uuid7:usr_", "uuid7:usr_"),
            ("nanoid:10:n_", "nanoid:10:n_"),
        ] {
            let spec: GeneratorSpec = text.parse().unwrap();
            assert_eq!(spec.to_string(), shown);
            assert_eq!(shown.parse(), Ok(spec));
        }
    }

    #[test]
    fn errors_say_what_to_write() {
        let told = [
            "cuid3",
            "guid-ish",
            "",
            "alnum:99",
            "uuid4:8",
            "cuid2:-pat",
            "cuid2:8:pat_:x",
            "cuid2:",
            "alnum:99999999999999999999999",
        ]
        .map(|text| format!("{text:30} {}", text.parse::<GeneratorSpec>().unwrap_err()));
        insta::assert_snapshot!(told.join("\n"));
    }
}
