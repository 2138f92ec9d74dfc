//! What reads a column, and has to make way while that becomes another one.

use std::collections::BTreeSet;

use limosa_catalog::{Entry, Object, ObjectId};

use super::copy::in_the_way;
use super::refusal::Refusal;
use super::situation::Situation;
use super::table::Table;
use crate::diff::Style;

/// The statements that drop what reads the column and cannot have it changed under it, and that make it again.
pub(super) fn dependents(
    situation: &Situation<'_>,
    table: &Table<'_>,
    column: Entry<'_>,
) -> Result<(Vec<String>, Vec<String>), Refusal> {
    let mut gone: BTreeSet<&ObjectId> = BTreeSet::new();
    let mut waiting: Vec<Entry<'_>> = Vec::new();
    // What the migration drops itself is gone by then.
    let stays = |other: &Entry<'_>| !situation.is_dropped(other.id());
    for (other, _) in column.dependents().filter(|(other, _)| stays(other)) {
        let is_own = other.parent().is_some_and(|parent| *parent.id() == *table.entry.id());
        match other.object() {
            Object::Constraint(_) if !is_own => {
                return Err(Refusal::new(
                    format!("{} refers to it", other.id()),
                    "a key that others refer to changes with them: `limosa rekey`",
                ));
            }
            Object::Column(_) => return Err(in_the_way(other.id(), "it is computed from the column")),
            Object::View(_) | Object::Policy(_) | Object::Trigger(_) | Object::Rule(_) => waiting.push(other),
            // A list of columns, or a condition on rows, is bound to the column.
            Object::PublicationTable(_) => waiting.push(other),
            Object::Function(_) | Object::Procedure(_) => waiting.push(other),
            Object::MaterializedView(_) => return Err(in_the_way(other.id(), "its rows would have to be made anew")),
            _ => {}
        }
    }
    while let Some(entry) = waiting.pop() {
        if !gone.insert(entry.id()) {
            continue;
        }
        for (other, _) in entry.dependents().filter(|(other, _)| stays(other)) {
            match other.object() {
                Object::View(_) | Object::Policy(_) | Object::Trigger(_) | Object::Rule(_) | Object::Function(_) => {
                    waiting.push(other);
                }
                Object::MaterializedView(_) | Object::Table(_) | Object::Column(_) => {
                    return Err(in_the_way(other.id(), "it rests on what reads the column"));
                }
                _ => {}
            }
        }
    }
    if gone.is_empty() {
        return Ok(Default::default());
    }
    // They are made again as they are printed now.
    situation.refuse_waiting_columns(&gone)?;
    let without = situation.catalog.without(|entry| gone.contains(entry.id()));
    Ok((
        situation.difference(situation.catalog, &without, Style::Offline)?,
        situation.difference(&without, situation.catalog, Style::Offline)?,
    ))
}
