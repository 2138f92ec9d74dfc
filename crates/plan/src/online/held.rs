//! What the server would keep from going, since others rest on it: contract would come to nothing.

use std::collections::BTreeSet;

use limosa_catalog::{DependencyKind, Entry, Object, ObjectId};
use limosa_syntax::{Command, Directive, ObjectAction, ObjectChange, TableAction};

use super::dependents::can_be_made_again;
use super::refusal::Refusal;
use super::situation::{Situation, Work};
use crate::diff::Style;

/// So many are named.
const NAMED: usize = 5;

/// Refuses to let these go where something rests on them that stays, and that the migration does not drop before.
pub(super) fn refuse_held<'a>(
    situation: &Situation<'a>,
    goes: impl IntoIterator<Item = Entry<'a>>,
) -> Result<(), Refusal> {
    let gone = gone(goes);
    let holders = holders(situation, &gone);
    if holders.is_empty() {
        return Ok(());
    }
    let stands_in = |entry: &Entry<'_>| {
        let ObjectId::View(name) = entry.id() else { return None };
        situation.settings.new_names.iter().find(|(new, _)| new == name)
    };
    if let Some((name, version)) = holders.iter().find_map(stands_in) {
        return Err(Refusal::new(
            format!("until the contract of {version}, {} is a view that reads it", name.name.for_people()),
            format!("contract that one first: `limosa contract {version}`"),
        ));
    }
    let all = along(&holders);
    let catalog = situation.catalog;
    let make_way = situation.difference(catalog, &catalog.without(|entry| all.contains(entry.id())), Style::Offline)?;
    let (rests, it) = if holders.len() == 1 { ("rests", "it") } else { ("rest", "them") };
    Err(Refusal::new(
        format!("{} {rests} on it, and PostgreSQL keeps it for that", listed(holders.iter().map(|it| it.id()))),
        format!(
            "let the migration drop {it} before (`{}`) and make again behind what is to stay, without what goes; or \
             say CASCADE, which drops {it} for good",
            make_way.join("; ")
        ),
    ))
}

/// What is worth knowing of `CASCADE`.
pub(super) fn taken_along<'a>(situation: &Situation<'a>, goes: impl IntoIterator<Item = Entry<'a>>) -> Option<String> {
    let holders = holders(situation, &gone(goes));
    let all = along(&holders);
    let whole = all.iter().filter(|id| situation.catalog.entry(id).is_some_and(is_by_itself));
    (!holders.is_empty()).then(|| format!("CASCADE takes {} along with contract", listed(whole)))
}

/// Whether it is told of by itself, and no part of what is told of.
fn is_by_itself(entry: Entry<'_>) -> bool {
    can_be_made_again(entry.object())
        || matches!(entry.object(), Object::Table(_) | Object::Column(_) | Object::Constraint(_))
}

fn listed<'i>(ids: impl IntoIterator<Item = &'i ObjectId>) -> String {
    let mut names: Vec<String> = ids.into_iter().map(ToString::to_string).collect();
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", names.join(", "))
}

/// What goes without a word being said of it: parts, and what the server drops along.
fn gone<'a>(goes: impl IntoIterator<Item = Entry<'a>>) -> Vec<Entry<'a>> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    let mut waiting: Vec<Entry<'a>> = goes.into_iter().collect();
    while let Some(next) = waiting.pop() {
        if !seen.insert(next.id()) {
            continue;
        }
        found.push(next);
        waiting.extend(next.children());
        let is_dropped_along = |kind: DependencyKind| kind == DependencyKind::Auto;
        waiting.extend(next.dependents().filter(|(_, kind)| is_dropped_along(*kind)).map(|(other, _)| other));
    }
    found
}

/// What rests on these, and stays.
fn holders<'a>(situation: &Situation<'a>, gone: &[Entry<'a>]) -> Vec<Entry<'a>> {
    let ids: BTreeSet<&ObjectId> = gone.iter().map(Entry::id).collect();
    let mut found: Vec<Entry<'a>> = Vec::new();
    for (other, kind) in gone.iter().flat_map(Entry::dependents) {
        let is_part = || itself_and_parents(other).any(|entry| ids.contains(entry.id()));
        // What depends on a type or in a default may have been given another one by a statement before.
        let counts = can_be_made_again(other.object())
            || matches!(other.object(), Object::Constraint(_))
            || matches!(other.object(), Object::Column(column) if column.generated.is_some());
        if kind == DependencyKind::Normal
            && counts
            && !is_part()
            && !makes_way(situation, other)
            && found.iter().all(|it| it.id() != other.id())
        {
            found.push(other);
        }
    }
    found.sort_by_key(|it| it.id());
    found
}

fn itself_and_parents(entry: Entry<'_>) -> impl Iterator<Item = Entry<'_>> {
    std::iter::successors(Some(entry), Entry::parent)
}

/// Whether the statements before, or changes that are contracted before, drop it, or may have changed what it says.
fn makes_way(situation: &Situation<'_>, entry: Entry<'_>) -> bool {
    // A table's second name reads all of its columns until the table is called so.
    let is_second_name =
        situation.settings.new_names.iter().any(|(name, _)| *entry.id() == ObjectId::View(name.clone()));
    let ends = |name: &str| !is_second_name && situation.settings.ending.contains(&name.to_lowercase());
    situation.is_interim(entry.id())
        || itself_and_parents(entry).any(|at| situation.is_dropped(at.id()))
        || entry.id().own_name().is_some_and(|name| situation.speaks_of(name.as_str()) || ends(name.as_str()))
}

/// These, and all that rests on them.
fn along<'a>(holders: &[Entry<'a>]) -> BTreeSet<ObjectId> {
    let mut found = BTreeSet::new();
    let mut waiting = holders.to_vec();
    while let Some(next) = waiting.pop() {
        if found.insert(next.id().clone()) {
            waiting.extend(next.dependents().map(|(other, _)| other));
        }
    }
    found
}

/// The names of what a statement drops or changes, in a way of which it is not known here what comes of it.
pub(super) fn spoken_of(work: &Work<'_>) -> Vec<String> {
    if work.directives.iter().any(|directive| matches!(directive, Directive::Phase(_))) {
        let is_part = |sign: char| sign.is_alphanumeric() || sign == '_';
        return work.text.split(|sign| !is_part(sign)).map(str::to_lowercase).collect();
    }
    let name = |it: &limosa_catalog::Identifier| it.as_str().to_lowercase();
    match &work.command {
        Command::CreateView { name: view, .. } => vec![name(&view.name)],
        Command::DropRelations { names, .. } => names.iter().map(|it| name(&it.name)).collect(),
        Command::AlterTable { actions, .. } => {
            let computed = |action: &TableAction| match action {
                TableAction::DropExpression(column) => Some(name(column)),
                _ => None,
            };
            actions.iter().filter_map(computed).collect()
        }
        _ => match ObjectChange::of(&work.text) {
            Some(change) if !matches!(change.action, ObjectAction::Create) => {
                change.names.iter().map(|it| name(&it.name)).collect()
            }
            _ => Vec::new(),
        },
    }
}
