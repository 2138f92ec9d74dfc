//! What refers to a column by foreign keys, and what refers to that.

use std::collections::BTreeSet;

use limosa_catalog::kind::column::Inheritance;
use limosa_catalog::kind::constraint::{Constraint, ConstraintRule, ForeignKey};
use limosa_catalog::{Catalog, ColumnName, Identifier, MemberName, Object, ObjectId, ObjectKind, ObjectName};

/// A foreign key that is not a partition's part of another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Foreign<'a> {
    pub(super) name: &'a MemberName,
    pub(super) constraint: &'a Constraint,
    pub(super) key: &'a ForeignKey,
}

impl Foreign<'_> {
    /// Its columns with those that they refer to.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (ColumnName, ColumnName)> {
        let column =
            |relation: &ObjectName, name: &Identifier| ColumnName { relation: relation.clone(), name: name.clone() };
        let pair = move |(own, other): (&Identifier, &Identifier)| {
            (column(&self.name.relation, own), column(&self.key.references, other))
        };
        self.key.columns.iter().zip(&self.key.referenced_columns).map(pair)
    }

    /// Whether it joins columns of which at least one is among these.
    pub(super) fn touches(&self, columns: &BTreeSet<ColumnName>) -> bool {
        self.pairs().any(|(own, other)| columns.contains(&own) || columns.contains(&other))
    }
}

/// All foreign keys.
pub(super) fn foreign_keys(catalog: &Catalog) -> impl Iterator<Item = Foreign<'_>> {
    catalog.of_kind(ObjectKind::Constraint).filter_map(|entry| match (entry.id(), entry.object()) {
        (ObjectId::Constraint(name), Object::Constraint(constraint)) => match &constraint.rule {
            ConstraintRule::ForeignKey(key) if constraint.inheritance != Inheritance::Inherited => {
                Some(Foreign { name, constraint, key })
            }
            _ => None,
        },
        _ => None,
    })
}

/// The columns that refer to these, and those that refer to them, in the order in which they were found; those that it
/// began with are left out.
pub(super) fn referring(catalog: &Catalog, to: &BTreeSet<ColumnName>) -> Vec<ColumnName> {
    let mut known = to.clone();
    let mut found = Vec::new();
    loop {
        let new: Vec<ColumnName> = foreign_keys(catalog)
            .flat_map(|foreign| foreign.pairs().collect::<Vec<_>>())
            .filter(|(own, other)| known.contains(other) && !known.contains(own))
            .map(|(own, _)| own)
            .collect();
        if new.is_empty() {
            return found;
        }
        for column in new {
            if known.insert(column.clone()) {
                found.push(column);
            }
        }
    }
}
