//! From what relations name to the relations that name it, so that nothing has to be searched for.

use std::collections::{BTreeMap, BTreeSet};

use limosa_catalog::QualifiedName;

use super::{Relation, Rule};

/// Relations by what they name.
#[derive(Debug, Clone, Default)]
pub(super) struct Links {
    children: Named,
    referencing: Named,
    readers: Named,
}

type Named = BTreeMap<QualifiedName, BTreeSet<QualifiedName>>;

impl Links {
    /// Takes in what a relation names.
    pub(super) fn add(&mut self, name: &QualifiedName, relation: &Relation) {
        let put = |links: &mut Named, target: &QualifiedName| {
            links.entry(target.clone()).or_default().insert(name.clone());
        };
        self.each(relation, put);
    }

    /// Takes out what a relation names.
    pub(super) fn remove(&mut self, name: &QualifiedName, relation: &Relation) {
        let take = |links: &mut Named, target: &QualifiedName| {
            if let Some(names) = links.get_mut(target) {
                names.remove(name);
                if names.is_empty() {
                    links.remove(target);
                }
            }
        };
        self.each(relation, take);
    }

    fn each(&mut self, relation: &Relation, change: impl Fn(&mut Named, &QualifiedName)) {
        relation.parents.iter().for_each(|parent| change(&mut self.children, parent));
        relation.reads.iter().for_each(|read| change(&mut self.readers, read));
        for constraint in relation.constraints.values() {
            if let Rule::ForeignKey { references, .. } = &constraint.rule {
                change(&mut self.referencing, references);
            }
        }
    }

    /// Partitions and inheriting tables.
    pub(super) fn children(&self, of: &QualifiedName) -> impl Iterator<Item = &QualifiedName> {
        self.children.get(of).into_iter().flatten()
    }

    /// The tables whose foreign keys refer to it; itself, where one of its own does.
    pub(super) fn referencing(&self, table: &QualifiedName) -> impl Iterator<Item = &QualifiedName> {
        self.referencing.get(table).into_iter().flatten()
    }

    /// The views that read it.
    pub(super) fn readers(&self, of: &QualifiedName) -> impl Iterator<Item = &QualifiedName> {
        self.readers.get(of).into_iter().flatten()
    }

    /// Everything that names it.
    pub(super) fn all(&self, of: &QualifiedName) -> Vec<QualifiedName> {
        self.children(of).chain(self.referencing(of)).chain(self.readers(of)).cloned().collect()
    }
}
