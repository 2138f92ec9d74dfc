//! Making tables again that are gone.

use std::collections::HashSet;

use limosa_catalog::kind::constraint::ConstraintRule;
use limosa_catalog::{Catalog, Entry, Object, ObjectId, ObjectKind, ObjectName};
use limosa_plan::{DiffOptions, IgnoreRule, Owners, Style, diff};

use super::super::error::BackupError;
use super::super::table::for_people;

/// The statements that make tables as they were, with all that they need and that is gone as well.
pub(super) fn make_again(now: &Catalog, then: &Catalog, gone: &[ObjectName]) -> Result<Vec<String>, BackupError> {
    let needed = needed(now, then, gone);
    let keep = |entry: Entry<'_>| {
        let mut at = Some(entry);
        while let Some(entry) = at {
            if needed.contains(entry.id()) {
                return true;
            }
            at = entry.parent();
        }
        false
    };
    // What something needed is part of has to stay in sight, too.
    let mut around: HashSet<ObjectId> = HashSet::new();
    for id in &needed {
        let mut at = then.entry(id).and_then(|entry| entry.parent());
        while let Some(entry) = at {
            around.insert(entry.id().clone());
            at = entry.parent();
        }
    }
    let ignore = now
        .iter()
        .chain(then.iter())
        .filter(|entry| !keep(*entry) && !around.contains(entry.id()))
        // One rule for what is ignored with all its parts.
        .filter(|entry| entry.parent().is_none_or(|parent| around.contains(parent.id())))
        .map(|entry| IgnoreRule { object: entry.id().to_string(), reason: "not part of the backup".to_owned() })
        .collect();
    statements(now, then, DiffOptions { style: Style::Offline, ignore, ..DiffOptions::default() })
}

/// The statements that make everything, where there is nothing yet. Owners and privileges are left to whoever restores:
/// the roles may be those of another server.
pub(super) fn make_all(now: &Catalog, then: &Catalog) -> Result<Vec<String>, BackupError> {
    let options =
        DiffOptions { style: Style::Offline, owners: Owners::Ignore, privileges: false, ..Default::default() };
    statements(now, then, options)
}

fn statements(now: &Catalog, then: &Catalog, options: DiffOptions) -> Result<Vec<String>, BackupError> {
    let difference = diff(now, then, &options).map_err(|error| BackupError::CannotRestore {
        what: format!("the tables that are gone cannot be made again: {error}"),
        help: "make them by hand, as `limosa diff` shows them, and restore again".to_owned(),
    })?;
    Ok(difference.statements.iter().map(ToString::to_string).collect())
}

/// The tables, and what is gone of all that they and their parts rest on.
fn needed(now: &Catalog, then: &Catalog, gone: &[ObjectName]) -> HashSet<ObjectId> {
    let mut needed = HashSet::new();
    let mut next: Vec<ObjectId> = gone.iter().map(|name| ObjectId::Table(name.clone())).collect();
    while let Some(id) = next.pop() {
        let Some(entry) = then.entry(&id) else { continue };
        if !needed.insert(id) {
            continue;
        }
        if let ObjectId::Table(whole) = entry.id() {
            next.extend(partitions(then, whole).filter(|part| !now.contains(part)));
        }
        let mut parts = vec![entry];
        while let Some(part) = parts.pop() {
            parts.extend(part.children());
            let missing = part.depends_on().map(|(on, _)| on).filter(|on| !now.contains(on.id()));
            next.extend(missing.map(|on| on.id().clone()));
            // Sequences of columns, which the column's default rests on, belong to it.
            let owned = part.dependents().map(|(by, _)| by).filter(|by| matches!(by.id(), ObjectId::Sequence(_)));
            next.extend(owned.filter(|by| !now.contains(by.id())).map(|by| by.id().clone()));
        }
    }
    needed
}

/// The foreign keys that led to a table from others which are still there, and went with it.
pub(super) fn keys_gone(now: &Catalog, then: &Catalog, gone: &ObjectName) -> Vec<String> {
    let is_there = |name: &ObjectName| now.contains(&ObjectId::Table(name.clone()));
    let key = |entry: Entry<'_>| match (entry.id(), entry.object()) {
        (ObjectId::Constraint(id), Object::Constraint(constraint)) => match &constraint.rule {
            ConstraintRule::ForeignKey(key) if key.references == *gone && is_there(&id.relation) => {
                let is_back = now.contains(entry.id());
                (!is_back).then(|| format!("{} of {}", id.name.for_people(), for_people(&id.relation)))
            }
            _ => None,
        },
        _ => None,
    };
    then.of_kind(ObjectKind::Constraint).filter_map(key).collect()
}

/// The partitions of a table.
fn partitions<'a>(catalog: &'a Catalog, whole: &'a ObjectName) -> impl Iterator<Item = ObjectId> + use<'a> {
    let is_part = |entry: &Entry<'_>| match entry.object() {
        Object::Table(table) => table.partition_of.as_ref().is_some_and(|place| place.parent == *whole),
        _ => false,
    };
    catalog.of_kind(ObjectKind::Table).filter(is_part).map(|entry| entry.id().clone())
}
