//! Names that only one object can have at a time.

use std::collections::{BTreeMap, BTreeSet};

use limosa_catalog::kind::constraint::ConstraintRule;
use limosa_catalog::{Catalog, Entry, Identifier, Object, ObjectId, ObjectKind, ObjectName};

use super::Context;
use super::fate::Fates;

/// A name in the space in which it has to be alone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Slot {
    /// Tables, views, sequences, indexes, composite types: everything in `pg_class`.
    Relation(ObjectName),
    /// Types, and the row types of relations.
    Type(ObjectName),
    /// Functions, procedures and aggregates of the same arguments.
    Routine(ObjectId),
    /// Constraints of one relation, triggers of one relation …: the kinds that share a space, and the relation.
    Member(ObjectKind, ObjectName, Identifier),
    /// The one primary key of a table.
    PrimaryKey(ObjectName),
}

/// The names that an object holds, its own identity aside.
pub(super) fn slots(entry: &Entry<'_>) -> Vec<Slot> {
    match entry.id() {
        ObjectId::Table(name)
        | ObjectId::ForeignTable(name)
        | ObjectId::View(name)
        | ObjectId::MaterializedView(name)
        | ObjectId::CompositeType(name) => vec![Slot::Relation(name.clone()), Slot::Type(name.clone())],
        ObjectId::Sequence(name) | ObjectId::Index(name) => vec![Slot::Relation(name.clone())],
        ObjectId::Enum(name) | ObjectId::Domain(name) | ObjectId::Range(name) | ObjectId::BaseType(name) => {
            vec![Slot::Type(name.clone())]
        }
        ObjectId::Constraint(name) => {
            let has_index = matches!(
                entry.object(),
                Object::Constraint(constraint) if matches!(
                    constraint.rule,
                    ConstraintRule::PrimaryKey(_) | ConstraintRule::Unique(_) | ConstraintRule::Exclusion(_)
                )
            );
            let index = ObjectName { schema: name.relation.schema.clone(), name: name.name.clone() };
            let mut slots = vec![Slot::Member(ObjectKind::Constraint, name.relation.clone(), name.name.clone())];
            slots.extend(has_index.then_some(Slot::Relation(index)));
            slots.extend(is_primary_key(entry).then(|| Slot::PrimaryKey(name.relation.clone())));
            slots
        }
        ObjectId::Column(_) => match entry.object() {
            Object::Column(column) => {
                column.identity.iter().map(|identity| Slot::Relation(identity.sequence.clone())).collect()
            }
            _ => Vec::new(),
        },
        ObjectId::Function(name) | ObjectId::Procedure(name) | ObjectId::Aggregate(name) => {
            vec![Slot::Routine(ObjectId::Function(name.clone()))]
        }
        _ => Vec::new(),
    }
}

/// Whether a name is taken by a table, view, index or the like.
pub(super) fn is_relation(catalog: &Catalog, name: &ObjectName) -> bool {
    let holds = |id: &ObjectId| catalog.contains(id);
    let by_index = |entry: Entry<'_>| slots(&entry).contains(&Slot::Relation(name.clone()));
    [ObjectId::Table, ObjectId::ForeignTable, ObjectId::View, ObjectId::MaterializedView, ObjectId::CompositeType]
        .iter()
        .any(|of| holds(&of(name.clone())))
        || holds(&ObjectId::Sequence(name.clone()))
        || holds(&ObjectId::Index(name.clone()))
        || catalog.of_kind(ObjectKind::Constraint).any(by_index)
}

fn is_primary_key(entry: &Entry<'_>) -> bool {
    matches!(entry.object(), Object::Constraint(constraint) if matches!(constraint.rule, ConstraintRule::PrimaryKey(_)))
}

/// Foreign keys between tables that are all dropped and refer to each other in a circle. Each table would have to be
/// dropped before the next, so these keys are dropped first, by statements of their own.
pub(super) fn foreign_keys_in_circles(context: &Context<'_>, fates: &Fates) -> BTreeSet<ObjectId> {
    let mut keys: Vec<(ObjectId, ObjectName, ObjectName)> = Vec::new();
    for entry in context.from.of_kind(ObjectKind::Constraint) {
        if let (ObjectId::Constraint(name), Object::Constraint(constraint)) = (entry.id(), entry.object())
            && let ConstraintRule::ForeignKey(key) = &constraint.rule
            && key.references != name.relation
            && fates.goes(&ObjectId::Table(name.relation.clone()))
            && fates.goes(&ObjectId::Table(key.references.clone()))
        {
            keys.push((entry.id().clone(), name.relation.clone(), key.references.clone()));
        }
    }
    // What is not in a circle falls away when tables without a key, or to which none leads, are taken off again and
    // again.
    loop {
        let mut leads: BTreeMap<&ObjectName, (usize, usize)> = BTreeMap::new();
        for (_, from, to) in &keys {
            leads.entry(from).or_default().0 += 1;
            leads.entry(to).or_default().1 += 1;
        }
        let ends: BTreeSet<ObjectName> = leads
            .iter()
            .filter(|(_, (out, back))| *out == 0 || *back == 0)
            .map(|(table, _)| (*table).clone())
            .collect();
        if ends.is_empty() {
            break;
        }
        keys.retain(|(_, from, to)| !ends.contains(from) && !ends.contains(to));
    }
    keys.into_iter().map(|(id, ..)| id).collect()
}
