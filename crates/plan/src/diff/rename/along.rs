//! Renames that come along with others.
//!
//! When a table gets another name, its indexes, constraints and serial sequences keep theirs, which were made of the
//! old one; a schema file that speaks of the new table makes up new ones. When a column gets another name, those of
//! views that show it keep theirs, and a file that says `SELECT name` gives them the new one. None of these can lose
//! anything by a rename, so they follow.

use std::collections::BTreeSet;

use limosa_catalog::kind::column::Inheritance;
use limosa_catalog::kind::composite_type::Attribute;
use limosa_catalog::kind::constraint::ConstraintRule;
use limosa_catalog::{Catalog, Entry, Object, ObjectId, ObjectKind, ObjectName, Rename, Renames};

/// What follows is looked for again while something is found: a view's column follows a table's, and another view's
/// column that one.
const ROUNDS: usize = 20;

/// Kinds whose objects follow what they are part of: none of them holds data that a rename could mistake for another's.
const FOLLOWERS: &[ObjectKind] = &[
    ObjectKind::Constraint,
    ObjectKind::DomainConstraint,
    ObjectKind::Index,
    ObjectKind::Sequence,
    ObjectKind::Statistics,
    ObjectKind::Trigger,
    ObjectKind::Rule,
    ObjectKind::Policy,
];

/// The renames with all that come along.
pub(super) fn with_followers(from: &Catalog, to: &Catalog, accepted: &[Rename]) -> Renames {
    let mut renames = Renames::of(from, accepted.to_vec());
    if renames.is_empty() {
        return renames;
    }
    for _ in 0..ROUNDS {
        let now = from.renamed(&renames, to);
        let mut found = view_columns(from, to, &renames);
        found.extend(members(from, &now, to, &renames));
        found.retain(|new| !renames.all().any(|old| old == new));
        if found.is_empty() {
            break;
        }
        let mut all: Vec<Rename> = renames.iter().cloned().collect();
        all.extend(found);
        renames = Renames::of(from, all);
    }
    renames
}

/// Columns of views that have the old name of something, at the place where the wanted view has the new one.
fn view_columns(from: &Catalog, to: &Catalog, renames: &Renames) -> Vec<Rename> {
    let columns = |object: &Object| match object {
        Object::View(view) => Some(view.columns.clone()),
        Object::MaterializedView(view) => Some(view.columns.clone()),
        _ => None,
    };
    let mut found = Vec::new();
    let views = from.of_kind(ObjectKind::View).chain(from.of_kind(ObjectKind::MaterializedView));
    for view in views {
        let wanted = to.get(&renames.id(view.id())).and_then(columns);
        let (Some(old), Some(new)) = (columns(view.object()), wanted) else { continue };
        let has = |list: &[Attribute], name| list.iter().any(|attribute| attribute.name == name);
        for (one, other) in old.iter().zip(&new) {
            let follows = renames.iter().any(
                |rename| matches!(rename, Rename::Column { from, to, .. } if *from == one.name && *to == other.name),
            );
            if follows && !has(&new, one.name.clone()) && !has(&old, other.name.clone()) {
                let of = view.id().clone();
                found.push(Rename::Column { of, from: one.name.clone(), to: other.name.clone() });
            }
        }
    }
    found
}

/// Parts of what is renamed that would be dropped, and made again under another name.
fn members(from: &Catalog, now: &Catalog, to: &Catalog, renames: &Renames) -> Vec<Rename> {
    let changed: BTreeSet<ObjectName> = renames.all().filter_map(|rename| relation(rename, renames)).collect();
    let mut found = Vec::new();
    let mut taken = BTreeSet::new();
    for kind in FOLLOWERS {
        let is_member = |entry: &Entry<'_>| holder(entry).is_some_and(|holder| changed.contains(holder));
        let gone: Vec<Entry<'_>> =
            now.of_kind(*kind).filter(|it| is_member(it) && !is_inherited(it) && !to.contains(it.id())).collect();
        let come: Vec<Entry<'_>> =
            to.of_kind(*kind).filter(|entry| is_member(entry) && !now.contains(entry.id())).collect();
        for old in &gone {
            let is_same = |new: &&Entry<'_>| holder(old) == holder(new) && is_renamed(now, to, old, new);
            let mut same: Vec<&Entry<'_>> =
                come.iter().filter(|new| !taken.contains(new.id())).filter(is_same).collect();
            // Of several that are the same, the one whose name is made as the old one's was.
            same.sort_by_key(|new| !is_made_alike(old.id(), new.id(), renames));
            let Some(new) = same.first() else { continue };
            // Identities before any rename.
            let Some(before) = from.of_kind(*kind).find(|entry| renames.id(entry.id()) == *old.id()) else { continue };
            if let Some(name) = new.id().own_name() {
                taken.insert(new.id().clone());
                found.push(Rename::Object { from: before.id().clone(), to: name.clone() });
            }
        }
    }
    found
}

/// Whether it is renamed with the parent table's.
fn is_inherited(entry: &Entry<'_>) -> bool {
    match entry.object() {
        Object::Constraint(constraint) => {
            constraint.inheritance != Inheritance::Own && matches!(constraint.rule, ConstraintRule::Check(_))
        }
        Object::Trigger(trigger) => trigger.inherited,
        _ => false,
    }
}

/// The relation or domain that a rename is about, under its new name.
fn relation(rename: &Rename, renames: &Renames) -> Option<ObjectName> {
    let of = match rename {
        Rename::Object { from, .. } => from,
        Rename::Column { of, .. } => of,
        Rename::Label { .. } => return None,
    };
    match renames.id(of) {
        ObjectId::Table(name)
        | ObjectId::ForeignTable(name)
        | ObjectId::View(name)
        | ObjectId::MaterializedView(name)
        | ObjectId::Domain(name) => Some(name),
        other => other.relation().cloned(),
    }
}

/// What a member hangs on.
pub(super) fn holder<'a>(entry: &Entry<'a>) -> Option<&'a ObjectName> {
    match entry.object() {
        Object::Index(index) => Some(&index.table),
        Object::Statistics(statistics) => Some(&statistics.table),
        Object::Sequence(sequence) => sequence.owned_by.as_ref().map(|column| &column.relation),
        _ => entry.id().relation(),
    }
}

/// Whether the one, under the other's name, is the other.
pub(super) fn is_renamed(now: &Catalog, to: &Catalog, old: &Entry<'_>, new: &Entry<'_>) -> bool {
    let Some(name) = new.id().own_name() else { return false };
    let alone = Renames::of(now, vec![Rename::Object { from: old.id().clone(), to: name.clone() }]);
    if alone.id(old.id()) != *new.id() {
        return false;
    }
    // The statement that makes one of these holds its name.
    let holds_its_name = matches!(old.id().kind(), ObjectKind::Trigger | ObjectKind::Rule | ObjectKind::Statistics);
    let is_same = |object: limosa_catalog::Object| object.differing_fields(new.object()).is_empty();
    old.content_hash() == new.content_hash()
        || (holds_its_name && now.renamed_object(old.id(), &alone, to).is_some_and(is_same))
}

/// Whether the new name is the old one with a renamed thing's new name in place of its old one.
fn is_made_alike(old: &ObjectId, new: &ObjectId, renames: &Renames) -> bool {
    let (Some(old), Some(new)) = (old.own_name(), new.own_name()) else { return false };
    renames.iter().any(|rename| old.as_str().replacen(rename.old(), rename.to(), 1) == new.as_str())
}
