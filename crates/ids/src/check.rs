//! Whether a text is an id, and of which kind.

use crate::kind::Kind;
use crate::length::Lengths;
use crate::prefix::Prefix;

/// Why a text is no id of a kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// The prefix is not there.
    #[error("it does not begin with `{0}`")]
    Prefix(Prefix),
    /// It is too short or too long.
    #[error("it has {found} characters; expected {expected}")]
    Length {
        /// Characters, without the prefix.
        found: usize,
        /// What the kind can have, or this generator makes.
        expected: Lengths,
    },
    /// A character that does not belong there.
    #[error("it has `{found}` in place {place}; expected {expected}")]
    Character {
        /// The character.
        found: char,
        /// Its place, counted from one, without the prefix.
        place: usize,
        /// What may stand there.
        expected: &'static str,
    },
}

/// Checks every character: `allowed` decides by its index, and `expected` says what may stand anywhere.
pub(crate) fn characters(
    text: &str,
    expected: &'static str,
    allowed: impl Fn(usize, char) -> bool,
) -> Result<(), Flaw> {
    match text.chars().enumerate().find(|(index, found)| !allowed(*index, *found)) {
        Some((index, found)) => Err(Flaw::Character { found, place: index + 1, expected }),
        None => Ok(()),
    }
}

/// A kind of which a text can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognised {
    /// The kind.
    pub kind: Kind,
    /// What stands before it.
    pub prefix: Option<Prefix>,
}

/// For each kind, whether a text is an id of it: as a whole, or behind a prefix that ends with `_`. Where it could be
/// both, as with nanoid, which has `_` of its own, the one of the usual length counts.
#[must_use]
pub fn recognise(text: &str) -> Vec<(Kind, Result<Recognised, Flaw>)> {
    let prefixes = text.match_indices('_').filter_map(|(at, _)| Prefix::new(&text[..=at]).ok());
    let partings: Vec<Option<Prefix>> = std::iter::once(None).chain(prefixes.map(Some)).collect();
    let of = |kind: Kind| {
        let usual = Lengths::fixed(kind.lengths().usual.0);
        let mut flaw = None;
        for lengths in [usual, kind.lengths()] {
            for prefix in &partings {
                let id = prefix.as_ref().map_or(text, |prefix| &text[prefix.as_str().len()..]);
                match kind.check_within(id, &lengths) {
                    Ok(()) => return Ok(Recognised { kind, prefix: prefix.clone() }),
                    Err(found) => flaw = Some(found),
                }
            }
        }
        Err(flaw.unwrap_or(Flaw::Length { found: text.chars().count(), expected: kind.lengths() }))
    };
    Kind::ALL.into_iter().map(|kind| (kind, of(kind))).collect()
}
