//! What reads a column, and has to make way while that becomes another one.

use std::collections::BTreeSet;

use limosa_catalog::{Catalog, Entry, Object, ObjectId};

use super::ahead::{Filled, ahead, calls, made_ahead};
use super::copy::in_the_way;
use super::phases::{Ahead, Growth, Made};
use super::refusal::Refusal;
use super::situation::Situation;
use super::table::Table;
use crate::diff::Style;

/// What becomes of all that reads a column and cannot have it changed under it.
#[derive(Default)]
pub(super) struct Dependents {
    /// Drops it.
    pub(super) make_way: Vec<String>,
    /// Makes it again, or gives it its place that was made ahead.
    pub(super) make_again: Vec<String>,
    /// The statements that make it again, as it is printed.
    pub(super) printed: Vec<String>,
    /// Makes what holds rows, before the old goes.
    pub(super) ahead: Vec<Ahead>,
    /// What comes on disk for it.
    pub(super) growth: Vec<Growth>,
}

/// The statements that drop what reads the column and cannot have it changed under it, and that make it again.
pub(super) fn dependents(
    situation: &Situation<'_>,
    table: &Table<'_>,
    column: Entry<'_>,
) -> Result<Dependents, Refusal> {
    let mut gone: BTreeSet<&ObjectId> = BTreeSet::new();
    let mut waiting: Vec<Entry<'_>> = Vec::new();
    for (other, _) in column.dependents().filter(|(other, _)| stays(situation, other)) {
        let is_own = other.parent().is_some_and(|parent| *parent.id() == *table.entry.id());
        match other.object() {
            Object::Constraint(_) if !is_own => {
                return Err(Refusal::new(
                    format!("{} refers to it", other.id()),
                    "a key that others refer to changes with them: `limosa rekey`",
                ));
            }
            Object::Column(_) => return Err(in_the_way(other.id(), "it is computed from the column")),
            // A list of columns, or a condition on rows, is bound to the column.
            Object::PublicationTable(_) => waiting.push(other),
            object if can_be_made_again(object) => waiting.push(other),
            _ => {}
        }
    }
    // All that is made ahead, whichever column of the migration it reads, gets its place together.
    let readers = readers(situation.retyped(), |other| stays(situation, other));
    let views = made_ahead(&readers, situation.catalog);
    waiting.extend(views.iter().filter_map(|id| situation.catalog.entry(id)));
    while let Some(entry) = waiting.pop() {
        if !gone.insert(entry.id()) {
            continue;
        }
        for (other, _) in entry.dependents().filter(|(other, _)| stays(situation, other)) {
            match other.object() {
                Object::Table(_) | Object::Column(_) => {
                    return Err(in_the_way(other.id(), "it rests on what reads the column"));
                }
                object if can_be_made_again(object) => waiting.push(other),
                _ => {}
            }
        }
    }
    if gone.is_empty() {
        return Ok(Dependents::default());
    }
    // They are made again as they are printed now.
    situation.refuse_waiting_columns(&gone)?;
    let catalog = situation.catalog;
    let without = catalog.without(|entry| gone.contains(entry.id()));
    let make_way = situation.difference(catalog, &without, Style::Offline)?;
    if views.is_empty() {
        let make_again = situation.difference(&without, catalog, Style::Offline)?;
        return Ok(Dependents { make_way, printed: make_again.clone(), make_again, ..Dependents::default() });
    }
    let ahead = all_ahead(situation, &views, &without)?;
    let rest = catalog.without(|entry| gone.contains(entry.id()) && !views.contains(entry.id()));
    let again = situation.difference(&rest, catalog, Style::Offline)?;
    let printed = ahead.iter().map(|ahead| ahead.sql.clone()).chain(again.iter().cloned()).collect();
    let settle = ahead.iter().filter_map(|ahead| ahead.makes.as_ref()).map(Made::settle);
    let make_again = settle.chain(again).collect();
    views.iter().for_each(|id| situation.carries(id));
    Ok(Dependents { make_way, make_again, printed, growth: growth(&ahead), ahead })
}

/// What comes on disk for what is made ahead, until the old one goes.
pub(super) fn growth(ahead: &[Ahead]) -> Vec<Growth> {
    let made = ahead.iter().filter_map(|ahead| ahead.makes.as_ref());
    made.filter(|made| matches!(made.away, Some(("INDEX" | "MATERIALIZED VIEW", _))))
        .map(|made| Growth::Like(made.name.clone()))
        .collect()
}

/// Whether a materialized view reads the column: the server changes no type under that, not even where it would look at
/// no row.
pub(super) fn has_rows_of_others(situation: &Situation<'_>, column: Entry<'_>) -> bool {
    let seen = readers(vec![column], |other| !situation.is_interim(other.id()));
    seen.iter().any(|id| matches!(id, ObjectId::MaterializedView(_)))
}

/// Whether it is still there when the column becomes another one: what the migration drops itself is gone by then, and
/// what is made ahead makes way once.
fn stays(situation: &Situation<'_>, entry: &Entry<'_>) -> bool {
    let is_of_others =
        matches!(entry.object(), Object::View(_) | Object::MaterializedView(_)) && situation.is_interim(entry.id());
    !situation.is_dropped(entry.id()) && !situation.is_carried(entry.id()) && !is_of_others
}

/// Whether an object holds nothing of its own, so that it can be dropped and made again.
pub(super) fn can_be_made_again(object: &Object) -> bool {
    matches!(
        object,
        Object::View(_)
            | Object::MaterializedView(_)
            | Object::Policy(_)
            | Object::Trigger(_)
            | Object::Rule(_)
            | Object::Function(_)
            | Object::Procedure(_)
    )
}

/// What can be made again and reads one of the columns, directly or through others of the kind, as far as it counts.
#[must_use]
pub fn readers<'a>(columns: Vec<Entry<'a>>, counts: impl Fn(&Entry<'a>) -> bool) -> BTreeSet<&'a ObjectId> {
    let mut found = BTreeSet::new();
    let mut waiting = columns;
    while let Some(entry) = waiting.pop() {
        for (other, _) in entry.dependents() {
            if can_be_made_again(other.object()) && counts(&other) && found.insert(other.id()) {
                waiting.push(other);
            }
        }
    }
    found
}

/// The statements that make these with all that is part of them.
fn all_ahead(situation: &Situation<'_>, views: &BTreeSet<&ObjectId>, without: &Catalog) -> Result<Vec<Ahead>, Refusal> {
    if let Some(id) = views.iter().find(|id| !matches!(id, ObjectId::View(_) | ObjectId::MaterializedView(_))) {
        return Err(calls(id));
    }
    let is_part =
        |entry: Entry<'_>| std::iter::successors(Some(entry), Entry::parent).any(|at| views.contains(at.id()));
    let with = without.with_some_of(situation.catalog, |entry| is_part(*entry).then(|| entry.object().clone()));
    let statements = situation.difference(without, &with, Style::Offline)?;
    statements.iter().map(|sql| ahead(situation, sql, Filled::AsTheOld)).collect()
}
