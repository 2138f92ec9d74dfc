//! What might be a rename: something goes, and something of the same content comes.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet};

use limosa_catalog::kind::Column;
use limosa_catalog::kind::column::Inheritance;
use limosa_catalog::{Catalog, ColumnName, Entry, Identifier, Object, ObjectId, ObjectKind, ObjectName, Rename};

use super::along::{holder, is_renamed};
use super::subject::columns;
use crate::diff::Context;
use crate::diff::fate::is_compared;

/// Something that may have been renamed. Nothing is done about it unless somebody says that it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenameCandidate {
    /// From which name to which.
    pub rename: Rename,
    /// Why it may be: `both are text`.
    pub why: String,
}

/// How many of a table's columns have to be the same for it to be offered, in percent.
const ALIKE: usize = 60;

/// How many pairs are looked at; where more is dropped and made at once, nobody renamed it piece by piece.
const MOST_PAIRS: usize = 40_000;

/// What might be renamed on the way from one catalog to the other, the likeliest first for each name; no name is
/// offered twice.
pub(in crate::diff) fn candidates(context: &Context<'_>) -> Vec<RenameCandidate> {
    let differing = Differing::of(context);
    let mut found = Vec::new();
    found.extend(schemas(&differing));
    found.extend(tables(&differing));
    found.extend(table_columns(context, &differing));
    found.extend(attributes(&differing));
    found.extend(labels(&differing));
    found.extend(others(context, &differing));
    found
}

/// What the catalogs do not share.
struct Differing<'a> {
    gone: BTreeMap<ObjectKind, Vec<Entry<'a>>>,
    come: BTreeMap<ObjectKind, Vec<Entry<'a>>>,
    changed: Vec<(Entry<'a>, Entry<'a>)>,
}

impl<'a> Differing<'a> {
    fn of(context: &Context<'a>) -> Self {
        let (mut gone, mut come) = (BTreeMap::<_, Vec<_>>::new(), BTreeMap::<_, Vec<_>>::new());
        let mut changed = Vec::new();
        let (mut old, mut new) = (context.from.iter().peekable(), context.to.iter().peekable());
        loop {
            let order = match (old.peek(), new.peek()) {
                (None, None) => return Self { gone, come, changed },
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(old), Some(new)) => old.id().cmp(new.id()),
            };
            let old = if order.is_le() { old.next() } else { None };
            let new = if order.is_ge() { new.next() } else { None };
            match (old, new) {
                (Some(old), None) if is_compared(context, &old) => gone.entry(old.id().kind()).or_default().push(old),
                (None, Some(new)) if is_compared(context, &new) => come.entry(new.id().kind()).or_default().push(new),
                (Some(old), Some(new)) if old.content_hash() != new.content_hash() && is_compared(context, &old) => {
                    changed.push((old, new));
                }
                _ => {}
            }
        }
    }

    fn gone(&self, kind: ObjectKind) -> &[Entry<'a>] {
        self.gone.get(&kind).map(Vec::as_slice).unwrap_or_default()
    }

    fn come(&self, kind: ObjectKind) -> &[Entry<'a>] {
        self.come.get(&kind).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Pairs what goes with what comes by likeness, the likeliest first; each is in one pair at the most.
fn paired<T: Clone>(gone: &[T], come: &[T], likeness: impl Fn(&T, &T) -> Option<usize>) -> Vec<(T, T)> {
    let mut pairs: Vec<(usize, usize, usize)> = Vec::new();
    if gone.len().saturating_mul(come.len()) > MOST_PAIRS {
        return Vec::new();
    }
    for (at, old) in gone.iter().enumerate() {
        for (with, new) in come.iter().enumerate() {
            pairs.extend(likeness(old, new).map(|likeness| (likeness, at, with)));
        }
    }
    pairs.sort_by_key(|(likeness, at, with)| (Reverse(*likeness), *at, *with));
    let (mut left, mut right) = (BTreeSet::new(), BTreeSet::new());
    let mut found = Vec::new();
    for (_, at, with) in pairs {
        if !left.contains(&at) && !right.contains(&with) {
            left.insert(at);
            right.insert(with);
            found.extend(gone.get(at).cloned().zip(come.get(with).cloned()));
        }
    }
    found
}

fn object(old: &Entry<'_>, new: &Entry<'_>, why: String) -> Option<RenameCandidate> {
    let to = new.id().own_name()?.clone();
    Some(RenameCandidate { rename: Rename::Object { from: old.id().clone(), to }, why })
}

/// A schema of which most relations are in the other one under the same names.
fn schemas(differing: &Differing<'_>) -> Vec<RenameCandidate> {
    let inside = |schema: &Entry<'_>| -> BTreeSet<(ObjectKind, String)> {
        let named = schema.children().filter_map(|part| Some((part.id().kind(), part.id().own_name()?.to_string())));
        named.collect()
    };
    let likeness = |old: &Entry<'_>, new: &Entry<'_>| alike(&inside(old), &inside(new));
    let pairs = paired(differing.gone(ObjectKind::Schema), differing.come(ObjectKind::Schema), likeness);
    pairs.iter().filter_map(|(old, new)| object(old, new, "both hold objects of the same names".to_owned())).collect()
}

/// How much of two sets is in both, in percent, where it is enough.
fn alike<T: Ord>(old: &BTreeSet<T>, new: &BTreeSet<T>) -> Option<usize> {
    let shared = old.intersection(new).count();
    let percent = shared * 100 / old.len().max(new.len()).max(1);
    (percent >= ALIKE).then_some(percent)
}

/// A table of which most columns are in the other one, with the same types.
fn tables(differing: &Differing<'_>) -> Vec<RenameCandidate> {
    let mut found = Vec::new();
    for kind in [ObjectKind::Table, ObjectKind::ForeignTable] {
        let columns = |table: &Entry<'_>| -> BTreeSet<(Identifier, String)> {
            let column = |part: Entry<'_>| match (part.id(), part.object()) {
                (ObjectId::Column(name), Object::Column(column)) => {
                    Some((name.name.clone(), column.data_type.to_string()))
                }
                _ => None,
            };
            table.children().filter_map(column).collect()
        };
        let likeness = |old: &Entry<'_>, new: &Entry<'_>| {
            let same_place = old.id().schema() == new.id().schema();
            same_place.then(|| alike(&columns(old), &columns(new))).flatten()
        };
        for (old, new) in paired(differing.gone(kind), differing.come(kind), likeness) {
            let (before, after) = (columns(&old), columns(&new));
            let shared = before.intersection(&after).count();
            let why = if before == after {
                "both have the same columns".to_owned()
            } else {
                format!("{shared} of {} columns are the same", before.len().max(after.len()))
            };
            found.extend(object(&old, &new, why));
        }
    }
    found
}

/// A column of a table that stays, of the same type as one that is new there.
fn table_columns(context: &Context<'_>, differing: &Differing<'_>) -> Vec<RenameCandidate> {
    let Context { from, to, .. } = context;
    let by_table = |columns: &[Entry<'_>]| {
        let mut by_table: BTreeMap<ObjectName, Vec<(ColumnName, Column)>> = BTreeMap::new();
        for entry in columns {
            if let (ObjectId::Column(name), Object::Column(column)) = (entry.id(), entry.object())
                && column.inheritance != Inheritance::Inherited
            {
                let columns = by_table.entry(name.relation.clone()).or_default();
                columns.push((name.clone(), (**column).clone()));
            }
        }
        by_table
    };
    let come = by_table(differing.come(ObjectKind::Column));
    let mut found = Vec::new();
    for (table, gone) in by_table(differing.gone(ObjectKind::Column)) {
        let Some(come) = come.get(&table) else { continue };
        let of = match (ObjectId::Table(table.clone()), ObjectId::ForeignTable(table)) {
            (table, _) if from.contains(&table) && to.contains(&table) => table,
            (_, table) if from.contains(&table) && to.contains(&table) => table,
            _ => continue,
        };
        let default =
            |catalog: &Catalog, name: &ColumnName| catalog.get(&ObjectId::ColumnDefault(name.clone())).cloned();
        let likeness = |(old_name, old): &(ColumnName, Column), (new_name, new): &(ColumnName, Column)| {
            if old.data_type != new.data_type || old.generated.is_some() != new.generated.is_some() {
                return None;
            }
            let same_default = default(from, old_name) == default(to, new_name);
            let points = [
                (same_default, 2),
                (old.not_null.is_some() == new.not_null.is_some(), 2),
                (old.position == new.position, 3),
                (shares_a_word(old_name.name.as_str(), new_name.name.as_str()), 4),
            ];
            Some(1 + points.iter().filter(|(holds, _)| *holds).map(|(_, points)| points).sum::<usize>())
        };
        for ((old_name, old), (new_name, _)) in paired(&gone, come, likeness) {
            let rename = Rename::Column { of: of.clone(), from: old_name.name, to: new_name.name };
            found.push(RenameCandidate { rename, why: format!("both are {}", old.data_type) });
        }
    }
    found
}

fn shares_a_word(old: &str, new: &str) -> bool {
    let (old, new) = (old.to_lowercase(), new.to_lowercase());
    let words = |text: &str| text.split('_').filter(|word| word.len() > 1).map(str::to_owned).collect::<BTreeSet<_>>();
    !words(&old).is_disjoint(&words(&new)) || old.contains(&new) || new.contains(&old)
}

/// A column of a view or an attribute of a type that has another name at the same place.
fn attributes(differing: &Differing<'_>) -> Vec<RenameCandidate> {
    let mut found = Vec::new();
    for (old, new) in &differing.changed {
        let (before, after) = (columns(old.object()), columns(new.object()));
        for (one, other) in before.iter().zip(after) {
            let stays = after.iter().any(|it| it.name == one.name) || before.iter().any(|it| it.name == other.name);
            if !stays && one.data_type == other.data_type {
                let of = old.id().clone();
                let rename = Rename::Column { of, from: one.name.clone(), to: other.name.clone() };
                found.push(RenameCandidate { rename, why: format!("both are {}", one.data_type) });
            }
        }
    }
    found
}

/// A value of an enumerated type that has another name at the same place.
fn labels(differing: &Differing<'_>) -> Vec<RenameCandidate> {
    let mut found = Vec::new();
    for (old, new) in &differing.changed {
        let (ObjectId::Enum(of), Object::Enum(old), Object::Enum(new)) = (old.id(), old.object(), new.object()) else {
            continue;
        };
        if old.labels.len() != new.labels.len() {
            continue;
        }
        for (one, other) in old.labels.iter().zip(&new.labels) {
            if !old.labels.contains(other) && !new.labels.contains(one) {
                let rename = Rename::Label { of: of.clone(), from: (**one).into(), to: (**other).into() };
                found.push(RenameCandidate { rename, why: "both stand at the same place".to_owned() });
            }
        }
    }
    found
}

/// Anything else whose fields are the same but for its name.
fn others(context: &Context<'_>, differing: &Differing<'_>) -> Vec<RenameCandidate> {
    let apart = [ObjectKind::Schema, ObjectKind::Table, ObjectKind::ForeignTable, ObjectKind::Column];
    let Context { from, to, .. } = context;
    let mut found = Vec::new();
    for kind in ObjectKind::ALL.iter().filter(|kind| !apart.contains(kind)) {
        let stays = |entry: &Entry<'_>, other: &Catalog| {
            entry.id().own_name().is_some() && entry.parent().is_none_or(|whole| other.contains(whole.id()))
        };
        let gone: Vec<_> = differing.gone(*kind).iter().copied().filter(|entry| stays(entry, to)).collect();
        let come: Vec<_> = differing.come(*kind).iter().copied().filter(|entry| stays(entry, from)).collect();
        let likeness = |old: &Entry<'_>, new: &Entry<'_>| {
            let same_place = old.id().schema() == new.id().schema() && holder(old) == holder(new);
            (same_place && is_renamed(from, to, old, new)).then(|| {
                let name = |entry: &Entry<'_>| entry.id().own_name().map(Identifier::to_string).unwrap_or_default();
                usize::from(shares_a_word(&name(old), &name(new)))
            })
        };
        for (old, new) in paired(&gone, &come, likeness) {
            found.extend(object(&old, &new, "they differ in nothing but their names".to_owned()));
        }
    }
    found
}

impl RenameCandidate {
    /// The same in the catalog that the renames lead to, for a person who reads: what to type.
    #[must_use]
    pub fn option(&self) -> String {
        let option = format!("{}:{}", self.rename.words().replace(' ', "-"), self.rename.as_option());
        let quote = option.contains(|sign: char| !sign.is_alphanumeric() && !"_.:=-".contains(sign));
        let option = if quote { format!("'{}'", option.replace('\'', "'\\''")) } else { option };
        format!("--accept-rename {option}")
    }

    /// Whether the object would be dropped if it is not taken for renamed.
    pub(crate) fn is_about(&self, id: &ObjectId) -> bool {
        self.rename.holder() == *id
    }
}

#[cfg(test)]
mod tests {
    use super::shares_a_word;

    #[test]
    fn names_share_words() {
        assert!(shares_a_word("full_name", "name"));
        assert!(shares_a_word("encrypted_public_key", "public_key"));
        assert!(!shares_a_word("server_url", "colour"));
    }
}
