//! Tables and what inherits from them: children and partitions.

use limosa_catalog::kind::Table;
use limosa_catalog::{Catalog, ColumnName, Entry, Object, ObjectId, ObjectName};

use super::Context;
use super::hazard::Hazard;

/// The tables that a table inherits from, or of which it is a partition.
pub(super) fn parents(table: &Object) -> Vec<&ObjectName> {
    let (partition_of, inherits) = match table {
        Object::Table(table) => (table.partition_of.as_deref(), &table.inherits),
        Object::ForeignTable(table) => (table.partition_of.as_deref(), &table.inherits),
        _ => return Vec::new(),
    };
    partition_of.map(|partition| &partition.parent).into_iter().chain(inherits).collect()
}

/// The tables that a table inherits from, over all generations.
pub(super) fn ancestors(entry: Entry<'_>) -> Vec<&ObjectName> {
    let mut ancestors = parents(entry.object());
    let mut at = 0;
    while let Some(name) = ancestors.get(at).copied() {
        at += 1;
        let further = table(name, entry.catalog()).map(|table| parents(table.object())).unwrap_or_default();
        let further: Vec<_> = further.into_iter().filter(|name| !ancestors.contains(name)).collect();
        ancestors.extend(further);
    }
    ancestors
}

/// Whether a table loses all that it has from parents, for good or for a moment: none of them stays. `table` is in the
/// catalog that is there.
pub(super) fn leaves(table: Entry<'_>, context: &Context<'_>) -> bool {
    let after = context.to.entry(table.id()).map(|after| parents(after.object()));
    after.is_some_and(|after| !has_in_common(&parents(table.object()), &after, context))
}

/// Whether a table gets its parents later: it is there before, without any of them. `table` is in the catalog that is
/// wanted.
pub(super) fn joins(table: Entry<'_>, context: &Context<'_>) -> bool {
    let before = context.from.entry(table.id()).map(|before| parents(before.object()));
    before.is_some_and(|before| !has_in_common(&before, &parents(table.object()), context))
}

fn has_in_common(before: &[&ObjectName], after: &[&ObjectName], context: &Context<'_>) -> bool {
    before.iter().any(|parent| after.contains(parent) && !is_remade(parent, context))
}

/// Whether a partitioned table has to be made anew: it is partitioned otherwise, or by a column of another type.
/// Its partitions leave it meanwhile.
pub(super) fn is_remade(name: &ObjectName, context: &Context<'_>) -> bool {
    let id = ObjectId::Table(name.clone());
    let (Some(Object::Table(old)), Some(Object::Table(new))) = (context.from.get(&id), context.to.get(&id)) else {
        return false;
    };
    old.partition_by != new.partition_by || {
        let columns = context.from.entry(&id).into_iter().flat_map(|table| table.children());
        columns.into_iter().any(|column| match (column.id(), column.object(), context.to.get(column.id())) {
            (ObjectId::Column(name), Object::Column(before), Some(Object::Column(after))) => {
                is_in_key(old, name) && (&before.data_type, &before.collation) != (&after.data_type, &after.collation)
            }
            _ => false,
        })
    }
}

/// Whether a table is partitioned by a column, alone or in an expression.
fn is_in_key(table: &Table, column: &ColumnName) -> bool {
    let name = column.name.as_str();
    let is_word = |key: &str| key.split(|sign: char| !sign.is_alphanumeric() && sign != '_').any(|word| word == name);
    table
        .partition_by
        .as_ref()
        .map(|key| key.as_str())
        .is_some_and(|key| is_word(key) || key.contains(&column.name.to_string()))
}

/// A table or foreign table.
pub(super) fn table<'a>(name: &ObjectName, catalog: &'a Catalog) -> Option<Entry<'a>> {
    let entry = catalog.entry(&ObjectId::Table(name.clone()));
    entry.or_else(|| catalog.entry(&ObjectId::ForeignTable(name.clone())))
}

/// The columns of the same name that a column is inherited from.
pub(super) fn origins<'a>(name: &ColumnName, column: Entry<'_>, catalog: &'a Catalog) -> Vec<Entry<'a>> {
    let parents = column.parent().map(|table| parents(table.object())).unwrap_or_default();
    let of = |parent: &ObjectName| ObjectId::Column(ColumnName { relation: parent.clone(), name: name.name.clone() });
    parents.into_iter().filter_map(|parent| catalog.entry(&of(parent))).collect()
}

/// The table and everything that inherits from it, over all generations.
pub(super) fn family<'a>(table: Entry<'a>) -> Vec<Entry<'a>> {
    let mut family = vec![table];
    let mut at = 0;
    while let Some(member) = family.get(at).copied() {
        at += 1;
        let is_known = |family: &[Entry<'_>], other: &Entry<'_>| family.iter().any(|known| known.id() == other.id());
        for (other, _) in member.dependents() {
            let is_heir = parents(other.object()).into_iter().any(|parent| is_named(member.id(), parent));
            if is_heir && !is_known(&family, &other) {
                family.push(other);
            }
        }
    }
    family
}

fn is_named(id: &ObjectId, name: &ObjectName) -> bool {
    matches!(id, ObjectId::Table(own) | ObjectId::ForeignTable(own) if own == name)
}

/// Which tables are written anew together with one: itself and its heirs, as far as they hold rows of their own.
pub(super) fn rewrites(name: &ObjectName, catalog: &Catalog) -> Vec<Hazard> {
    let family = table(name, catalog).map(family).unwrap_or_default();
    let holds_rows = |entry: &Entry<'_>| matches!(entry.object(), Object::Table(table) if table.partition_by.is_none());
    family.into_iter().filter(holds_rows).map(|table| Hazard::RewritesTable(table.id().clone())).collect()
}
