//! A key that gets other values, with all that refers to it, as the statements of a migration add up to it.

use std::collections::BTreeSet;

use limosa_catalog::{Identifier, ObjectId};
use limosa_syntax::{RekeyDirective, Span};

use super::super::refusal::Refusal;
use super::member::Member;

/// A key that gets other values, with all that refers to it.
pub(super) struct Group<'a> {
    pub(super) directive: RekeyDirective,
    pub(super) origin: Origin<'a>,
    /// Makes an id of those that are in use before, and of those afterwards.
    pub(super) make: [String; 2],
    /// The default of the key at the end.
    pub(super) default: Option<String>,
    pub(super) references: Vec<Member<'a>>,
    /// Foreign keys that are dropped and not added again.
    pub(super) without: BTreeSet<ObjectId>,
    /// What is dropped before the key changes, and what is made behind it.
    pub(super) before: Vec<String>,
    pub(super) after: Vec<String>,
    /// The numbers of its statements in the script.
    pub(super) statements: BTreeSet<usize>,
    /// The statement that changes the key.
    pub(super) span: Span,
}

/// Where the key is.
pub(super) enum Origin<'a> {
    /// In this database, where its column changes.
    Here(Box<Member<'a>>),
    /// In the database of another service: only what refers to it is here, and its map is carried.
    Elsewhere(Elsewhere),
}

/// A key of another service.
pub(super) struct Elsewhere {
    pub(super) service: String,
    /// The name of its map.
    pub(super) map: Identifier,
    /// The types of its ids: of those that are in use before, and of those afterwards.
    pub(super) types: [String; 2],
}

/// A refusal and the place of what is refused.
pub(in super::super) type Refused = (Span, Refusal);

impl<'a> Origin<'a> {
    /// The column of the key, where it is in this database.
    pub(super) fn key(&self) -> Option<&Member<'a>> {
        match self {
            Self::Here(key) => Some(key),
            Self::Elsewhere(_) => None,
        }
    }

    pub(super) fn key_mut(&mut self) -> Option<&mut Member<'a>> {
        match self {
            Self::Here(key) => Some(key),
            Self::Elsewhere(_) => None,
        }
    }

    /// The types of the ids: of those that are in use before, and of those afterwards.
    pub(super) fn types(&self) -> [&str; 2] {
        match self {
            Self::Here(key) => [key.old_type(), &key.new_type],
            Self::Elsewhere(Elsewhere { types, .. }) => types.each_ref().map(String::as_str),
        }
    }
}

impl<'a> Group<'a> {
    /// The column of the key, where it is in this database.
    pub(super) fn key(&self) -> Option<&Member<'a>> {
        self.origin.key()
    }

    /// The type of the ids that are in use before.
    pub(super) fn old_type(&self) -> &str {
        let [old, _] = self.origin.types();
        old
    }

    /// The type of those that are in use afterwards.
    pub(super) fn new_type(&self) -> &str {
        let [_, new] = self.origin.types();
        new
    }

    /// All columns that get other values, that of the key first.
    pub(super) fn members(&self) -> impl Iterator<Item = &Member<'a>> {
        self.key().into_iter().chain(&self.references)
    }
}
