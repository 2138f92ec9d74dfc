//! Parts of catalogs, and catalogs put together from parts.

use std::collections::HashMap;

use crate::catalog::{Catalog, Entry};
use crate::kind::{Object, ObjectId};

impl Catalog {
    /// The catalog without some objects, what is part of them, and the sequences that their columns own.
    #[must_use]
    pub fn without(&self, is_left_out: impl Fn(&Entry<'_>) -> bool) -> Self {
        let is_owned = |entry: &Entry<'_>| {
            let Object::Sequence(sequence) = entry.object() else { return false };
            let owner = sequence.owned_by.as_deref().map(|column| ObjectId::Column(column.clone()));
            owner.and_then(|owner| self.entry(&owner)).is_some_and(|owner| above(owner).any(|at| is_left_out(&at)))
        };
        let is_out = |entry: &Entry<'_>| above(*entry).any(|at| is_left_out(&at) || is_owned(&at));
        let kept = self.iter().filter(|entry| !is_out(entry));
        self.put_together(kept.map(|entry| (entry.id().clone(), entry.object().clone())).collect(), &[self])
    }

    /// The catalog with objects of another one that it lacks: those for which `take` gives an object, which may have
    /// other fields there. What depends on what is known from both.
    #[must_use]
    pub fn with_some_of(&self, other: &Self, take: impl Fn(&Entry<'_>) -> Option<Object>) -> Self {
        let own = self.iter().map(|entry| (entry.id().clone(), entry.object().clone()));
        let lacking = other.iter().filter(|entry| !self.contains(entry.id()));
        let taken = lacking.filter_map(|entry| Some((entry.id().clone(), take(&entry)?)));
        self.put_together(own.chain(taken).collect(), &[self, other])
    }

    /// Objects with the dependencies that these catalogs know between them.
    fn put_together(&self, objects: Vec<(ObjectId, Object)>, sources: &[&Self]) -> Self {
        let dependencies: Vec<_> = {
            let places: HashMap<&ObjectId, u32> =
                objects.iter().enumerate().map(|(at, (id, _))| (id, u32::try_from(at).unwrap_or(u32::MAX))).collect();
            let known = sources.iter().flat_map(|source| source.dependencies());
            known.filter_map(|(from, to, kind)| Some((*places.get(from.id())?, *places.get(to.id())?, kind))).collect()
        };
        Self::assemble(self.major(), objects, &dependencies, self.uncovered().to_vec(), self.unseen().to_vec())
    }
}

/// An object, and those that it is a part of.
fn above(entry: Entry<'_>) -> impl Iterator<Item = Entry<'_>> {
    std::iter::successors(Some(entry), Entry::parent)
}
