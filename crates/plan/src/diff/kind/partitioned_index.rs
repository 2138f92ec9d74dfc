//! Indexes of partitioned tables, and those of the partitions that belong to them.

use std::collections::BTreeMap;

use limosa_catalog::kind::column::made_up_name;
use limosa_catalog::kind::index::{Index, IndexedValue};
use limosa_catalog::{Entry, Identifier, Object, ObjectId, ObjectName};

use super::{Context, Statement};
use crate::diff::{Style, inheritance};

/// How the index of a partition comes about.
pub(super) enum Making {
    /// As any other; where it belongs to one of the whole, it is attached to that.
    Own,
    /// With its table, or with the index of the whole, under a name that the server makes up.
    Unasked,
}

/// How an index comes about. `entry` is in the catalog that is wanted.
pub(super) fn making(index: &Index, entry: Entry<'_>, context: &Context<'_>) -> Making {
    let Some(whole) = whole(index, context) else { return Making::Own };
    let table = ObjectId::Table(index.table.clone());
    let is_unasked = if entry.parent().is_some_and(|table| inheritance::joins(table, context)) {
        false
    } else if stays(whole, context) {
        !context.from.contains(&table)
    } else {
        is_short(root(whole, context), context)
    };
    if is_unasked { Making::Unasked } else { Making::Own }
}

/// Gives an index that came unasked the name that it shall have.
pub(super) fn rename(index: &Index, name: &ObjectName) -> Option<Statement> {
    let made_up = ObjectName { schema: name.schema.clone(), name: Identifier::new(made_up(index)).ok()? };
    (made_up != *name).then(|| Statement::text(format!("ALTER INDEX {made_up} RENAME TO {}", name.name)))
}

/// Whether one statement makes the index of a partitioned table and those of all partitions: they have the names that
/// the server makes up, and nobody waits for them.
pub(super) fn is_short(whole: Entry<'_>, context: &Context<'_>) -> bool {
    let Object::Index(index) = whole.object() else { return false };
    let Some(table) = whole.parent() else { return false };
    let mut indexes = BTreeMap::from([(&index.table, index_name(whole))]);
    let mut is_kept = false;
    for heir in inheritance::family(table).into_iter().skip(1) {
        let parents = inheritance::parents(heir.object());
        let belongs_to = parents.first().and_then(|parent| indexes.get(parent).cloned()).flatten();
        let own = heir.children().find_map(|part| match part.object() {
            Object::Index(own) if own.partition_of.is_some() && own.partition_of == belongs_to => Some((part, own)),
            _ => None,
        });
        // Foreign tables have no indexes.
        let Some((entry, own)) = own else {
            if matches!(heir.object(), Object::ForeignTable(_)) { continue } else { return false }
        };
        is_kept |= stays(entry, context);
        if !stays(entry, context) && index_name(entry).is_none_or(|name| name.name.as_str() != made_up(own)) {
            return false;
        }
        indexes.insert(&own.table, index_name(entry));
    }
    is_kept || context.options.style == Style::Offline || !context.from.contains(table.id())
}

/// What has to be there first: the whole's index for that of a partition, the partitions for that of the whole.
pub(super) fn also_needs(index: &Index, entry: Entry<'_>) -> Vec<ObjectId> {
    let whole = index.partition_of.iter().map(|whole| ObjectId::Index(whole.clone()));
    let family = entry.parent().filter(|_| index.partitioned).map(inheritance::family).unwrap_or_default();
    whole.chain(family.into_iter().skip(1).map(|table| table.id().clone())).collect()
}

/// The indexes of partitions that go with one of the whole; not where the partitions leave the whole before.
pub(in crate::diff) fn indexes_of_partitions(old: Entry<'_>, context: &Context<'_>) -> Vec<ObjectId> {
    let (Object::Index(index), Some(table)) = (old.object(), old.parent()) else { return Vec::new() };
    if !index.partitioned || inheritance::is_remade(&index.table, context) {
        return Vec::new();
    }
    let name = index_name(old);
    let parts = inheritance::family(table).into_iter().skip(1).flat_map(|table| table.children());
    let is_part = |part: &Entry<'_>| matches!(part.object(), Object::Index(own) if own.partition_of == name);
    parts.filter(is_part).map(|part| part.id().clone()).collect()
}

fn whole<'a>(index: &Index, context: &Context<'a>) -> Option<Entry<'a>> {
    context.to.entry(&ObjectId::Index(index.partition_of.clone()?))
}

fn root<'a>(mut index: Entry<'a>, context: &Context<'a>) -> Entry<'a> {
    while let Object::Index(own) = index.object()
        && let Some(next) = whole(own, context)
    {
        index = next;
    }
    index
}

fn stays(index: Entry<'_>, context: &Context<'_>) -> bool {
    context.from.entry(index.id()).is_some_and(|before| before.content_hash() == index.content_hash())
}

fn index_name(index: Entry<'_>) -> Option<ObjectName> {
    match index.id() {
        ObjectId::Index(name) => Some(name.clone()),
        _ => None,
    }
}

/// The name that the server makes up: after the columns, or the functions that expressions begin with.
fn made_up(index: &Index) -> String {
    let mut names: Vec<String> = Vec::new();
    let keys = index.keys.iter().map(|key| match &key.of {
        IndexedValue::Column(name) => name.as_str(),
        IndexedValue::Expression(expression) => {
            let call = expression.as_str().split_once('(').map(|(function, _)| function);
            let is_call = |name: &&str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
            call.and_then(|function| function.rsplit('.').next()).filter(is_call).unwrap_or("expr")
        }
    });
    for name in keys.chain(index.include.iter().map(Identifier::as_str)) {
        let numbered = (1..).map(|number: u32| format!("{name}{number}"));
        let free = [name.to_owned()].into_iter().chain(numbered).find(|name| !names.contains(name));
        names.extend(free);
    }
    made_up_name(index.table.name.as_str(), Some(&names.join("_")), "idx")
}
