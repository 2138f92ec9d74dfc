//! Partitions of a table.

use limosa_catalog::kind::constraint::{ConstraintRule, ForeignKey};
use limosa_catalog::{Catalog, Entry, Identifier, Object, ObjectId, ObjectKind, ObjectName};

/// All partitions of a table, those of partitions behind them; none where it has none.
pub(super) fn partitions<'a>(table: Entry<'a>) -> Vec<(ObjectName, Entry<'a>)> {
    let mut found: Vec<(ObjectName, Entry<'a>)> = Vec::new();
    let mut parents = vec![table.id().clone()];
    while let Some(parent) = parents.pop() {
        for entry in table.catalog().of_kind(ObjectKind::Table) {
            if let (ObjectId::Table(name), Object::Table(facts)) = (entry.id(), entry.object())
                && facts.partition_of.as_ref().is_some_and(|of| ObjectId::Table(of.parent.clone()) == parent)
            {
                parents.push(entry.id().clone());
                found.push((name.clone(), entry));
            }
        }
    }
    found
}

/// The table of which another one is a partition, or one of a partition; a table that is none is its own.
pub(super) fn whole(catalog: &Catalog, table: &ObjectName) -> ObjectName {
    let mut whole = table.clone();
    while let Some(Object::Table(facts)) = catalog.get(&ObjectId::Table(whole.clone()))
        && let Some(of) = &facts.partition_of
    {
        whole = of.parent.clone();
    }
    whole
}

/// The partitions that hold rows.
pub(super) fn leaves<'a>(table: Entry<'a>) -> impl Iterator<Item = (ObjectName, Entry<'a>)> {
    let holds_rows =
        |(_, entry): &(ObjectName, Entry<'a>)| matches!(entry.object(), Object::Table(it) if it.partition_by.is_none());
    partitions(table).into_iter().filter(holds_rows)
}

/// The same foreign key as partitions that hold rows have it, by its name there.
pub(super) fn foreign_keys_of_partitions(table: Entry<'_>, key: &ForeignKey) -> Vec<(ObjectName, Identifier)> {
    let own = |(name, entry): (ObjectName, Entry<'_>)| {
        let is_it = |object: &Object| match object {
            Object::Constraint(constraint) => matches!(&constraint.rule, ConstraintRule::ForeignKey(own) if own == key),
            _ => false,
        };
        entry.children().find_map(|child| match child.id() {
            ObjectId::Constraint(member) if is_it(child.object()) => Some((name.clone(), member.name.clone())),
            _ => None,
        })
    };
    leaves(table).filter_map(own).collect()
}
