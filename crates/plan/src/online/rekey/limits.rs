//! What keeps a column from getting other values.

use std::collections::BTreeSet;

use limosa_catalog::kind::column::Column;
use limosa_catalog::kind::constraint::ConstraintRule;
use limosa_catalog::kind::index::IndexedValue;
use limosa_catalog::{ColumnName, Entry, Identifier, Object, ObjectId};

use super::super::copy::in_the_way;
use super::super::dependents::can_be_made_again;
use super::super::op::{may_be_written, may_have_a_copy};
use super::super::refusal::Refusal;
use super::super::situation::object_for_people;
use super::super::table::Table;
use super::member::Member;
use super::readers::drops;

/// Refuses a column that cannot stand beside its copy, and a key that does not tell rows apart.
pub(super) fn may_change(table: &Table<'_>, column: &Identifier, facts: &Column, is_key: bool) -> Result<(), Refusal> {
    let has_default = table.default_of(column).is_some() || facts.identity.is_some();
    if !is_key && has_default {
        return Err(Refusal::new(
            format!("{} has a default, which is an id of before", column.for_people()),
            "drop its default in a migration before",
        ));
    }
    // Both ids of a new row are its own, so an identity may number them.
    may_have_a_copy(table, column)?;
    may_be_written(column, facts)?;
    if !is_key {
        return Ok(());
    }
    if table.is_partitioned() {
        return Err(Refusal::new(
            format!("{} is partitioned, and its key cannot be built beside the old one", table.name.name.for_people()),
            "there is no way online: a table of its own has to be filled",
        ));
    }
    let alone = |columns: &[Identifier]| matches!(columns, [only] if only == column);
    let tells_apart = table.entry.children().any(|child| match child.object() {
        Object::Constraint(constraint) => match &constraint.rule {
            ConstraintRule::PrimaryKey(key) | ConstraintRule::Unique(key) => alone(&key.columns),
            _ => false,
        },
        Object::Index(index) => {
            let only =
                matches!(index.keys.as_slice(), [key] if matches!(&key.of, IndexedValue::Column(it) if it == column));
            index.unique && index.predicate.is_none() && !index.invalid && only
        }
        _ => false,
    });
    if tells_apart && facts.not_null.is_some() {
        return Ok(());
    }
    let (people, column) = (object_for_people(&table.name), column.for_people());
    Err(Refusal::new(
        format!("{column} alone is not a key of {people}: it is no primary key, and not unique and NOT NULL"),
        "make it unique and NOT NULL in a migration before",
    ))
}

/// Refuses what reads the column, would not survive, and is not dropped before and made again behind.
pub(super) fn dependents(
    member: &Member<'_>,
    columns: &BTreeSet<ColumnName>,
    before: &[String],
) -> Result<(), Refusal> {
    if let Object::Table(facts) = member.table.entry.object()
        && let Some(index) = &facts.replica_identity_index
    {
        let is_on_it = member.entry.dependents().any(|(other, _)| other.id().own_name() == Some(index));
        if is_on_it {
            let id = member.table.entry.id();
            return Err(Refusal::new(
                format!("rows of {id} are identified by {} for logical replication", index.for_people()),
                "set another replica identity in a migration before",
            ));
        }
    }
    let mut seen = BTreeSet::new();
    let mut waiting = vec![member.entry];
    while let Some(entry) = waiting.pop() {
        for (other, _) in entry.dependents() {
            if !seen.insert(other.id()) {
                continue;
            }
            match other.object() {
                object if can_be_made_again(object) && drops(before, other) => waiting.push(other),
                object if can_be_made_again(object) => {
                    return Err(Refusal::new(
                        format!("{} reads it, and is not named", other.id()),
                        "drop it before the key changes and make it again behind; `limosa rekey` writes that",
                    ));
                }
                Object::PublicationTable(_) => return Err(in_the_way(other.id(), "it names the column")),
                Object::Column(_) if !is_partition_of(other, columns) => {
                    return Err(in_the_way(other.id(), "it is computed from the column"));
                }
                Object::Table(_) | Object::Domain(_) if entry.id() != member.entry.id() => {
                    return Err(in_the_way(other.id(), "it rests on what reads the column"));
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// Whether it is the same column in a partition.
fn is_partition_of(entry: Entry<'_>, columns: &BTreeSet<ColumnName>) -> bool {
    match entry.id() {
        ObjectId::Column(name) => columns.iter().any(|column| column.name == name.name),
        _ => false,
    }
}
