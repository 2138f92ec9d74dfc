//! What becomes of each object.

use std::collections::{BTreeSet, HashMap};

use limosa_catalog::{DependencyKind, Entry, Object, ObjectId, ObjectKind};

use super::ignore::ignored;
use super::kind::{self, Alteration};
use super::{Context, Owners, aside};

/// What becomes of an object that does not simply stay.
#[derive(Debug, Clone)]
pub(super) enum Fate {
    /// It is only in the catalog that is wanted.
    Created,
    /// It is only in the catalog that is there.
    Dropped,
    /// It is altered in its place.
    Altered(Alteration),
    /// It goes and comes back, since what it rests on is changed in a way that its presence forbids.
    Recreated,
    /// A type that goes and comes back, and stands aside meanwhile, as columns hold it.
    SetAside,
}

/// The fates of all objects that do not stay as they are.
#[derive(Debug, Default)]
pub(super) struct Fates {
    fates: HashMap<ObjectId, Fate>,
    /// In the order in which they were found, so that nothing depends on hashing.
    order: Vec<ObjectId>,
    aside: BTreeSet<ObjectId>,
    retyped: BTreeSet<ObjectId>,
}

impl Fates {
    /// Compares two catalogs and follows what cannot stay in place.
    pub(super) fn of(context: &Context<'_>) -> Self {
        let mut fates = Self::default();
        let mut disturbed = Vec::new();
        let (mut old, mut new) = (context.from.iter().peekable(), context.to.iter().peekable());
        loop {
            let order = match (old.peek(), new.peek()) {
                (None, None) => break,
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (Some(old), Some(new)) => old.id().cmp(new.id()),
            };
            match order {
                std::cmp::Ordering::Less => {
                    if let Some(old) = old.next().filter(|old| is_compared(context, old)) {
                        fates.set(old.id(), Fate::Dropped);
                    }
                }
                std::cmp::Ordering::Greater => {
                    if let Some(new) = new.next().filter(|new| is_compared(context, new)) {
                        fates.set(new.id(), Fate::Created);
                        disturbed.extend(kind::disturbs(new, context));
                    }
                }
                std::cmp::Ordering::Equal => {
                    let (Some(old), Some(new)) = (old.next(), new.next()) else { break };
                    if old.content_hash() == new.content_hash() || !is_compared(context, &old) {
                        continue;
                    }
                    match kind::alter(old, new, context) {
                        Some(alteration) => {
                            disturbed.extend(alteration.disturbs.iter().cloned());
                            fates.set(old.id(), Fate::Altered(alteration));
                        }
                        None => disturbed.push(old.id().clone()),
                    }
                }
            }
        }
        for id in disturbed {
            fates.recreate(&id, context);
        }
        let dropped = fates.iter().filter(|(_, fate)| matches!(fate, Fate::Dropped)).map(|(id, _)| id.clone());
        for id in dropped.collect::<Vec<_>>() {
            fates.follow_dropped(&id, context);
        }
        fates
    }

    /// The fate of an object; `None` for one that stays as it is.
    pub(super) fn get(&self, id: &ObjectId) -> Option<&Fate> {
        self.fates.get(id)
    }

    /// All fates, in a fixed order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&ObjectId, &Fate)> {
        self.order.iter().filter_map(|id| Some((id, self.fates.get(id)?)))
    }

    /// Whether the object is taken away, for good or for a moment.
    pub(super) fn goes(&self, id: &ObjectId) -> bool {
        matches!(self.get(id), Some(Fate::Dropped | Fate::Recreated | Fate::SetAside))
    }

    /// Whether the object is made, for the first time or again.
    pub(super) fn comes(&self, id: &ObjectId) -> bool {
        matches!(self.get(id), Some(Fate::Created | Fate::Recreated | Fate::SetAside))
    }

    /// The parts of an object that goes which rest on something else that goes.
    pub(super) fn entangled(&self, whole: &ObjectId, context: &Context<'_>) -> Vec<ObjectId> {
        let can_go_alone = |id: &ObjectId| {
            let kinds = [ObjectKind::Constraint, ObjectKind::Index, ObjectKind::Policy, ObjectKind::Trigger];
            kinds.contains(&id.kind()) || matches!(id.kind(), ObjectKind::Rule | ObjectKind::ColumnDefault)
        };
        let own = context.from.entry(whole);
        let relation = own.and_then(|own| own.children().find_map(|part| part.id().relation().cloned()));
        let is_within = |id: &ObjectId| id == whole || (id.relation().is_some() && id.relation() == relation.as_ref());
        let parts = own.into_iter().flat_map(|whole| whole.children());
        let parts = parts.flat_map(|part| [part].into_iter().chain(part.children()));
        parts
            .filter(|part| can_go_alone(part.id()) && self.goes(part.id()))
            .filter(|part| part.depends_on().any(|(needed, _)| self.goes(needed.id()) && !is_within(needed.id())))
            .map(|part| part.id().clone())
            .collect()
    }

    fn set(&mut self, id: &ObjectId, fate: Fate) {
        if self.fates.insert(id.clone(), fate).is_none() {
            self.order.push(id.clone());
        }
    }

    /// An object that cannot stay takes along its parts and whatever rests on it, as far as that is there before and
    /// after.
    fn recreate(&mut self, id: &ObjectId, context: &Context<'_>) {
        let mut waiting = vec![id.clone()];
        while let Some(id) = waiting.pop() {
            let (Some(old), Some(_)) = (context.from.entry(&id), context.to.entry(&id)) else { continue };
            if matches!(self.get(&id), Some(Fate::Recreated | Fate::SetAside)) {
                continue;
            }
            let is_held = aside::is_type(&id) && aside::is_held(old);
            self.set(&id, if is_held { Fate::SetAside } else { Fate::Recreated });
            waiting.extend(old.children().filter(|part| goes_with_whole(part)).map(|part| part.id().clone()));
            waiting.extend(kind::indexes_of_partitions(old, context));
            let dependents = old.dependents().filter(|(_, how)| *how != DependencyKind::Extension);
            for (other, _) in dependents {
                match other.object() {
                    Object::Column(column) if is_held && column.generated.is_none() => {
                        waiting.extend(self.retype(other, &id, context));
                    }
                    Object::Table(_) if self.reattach(other, &id, context) => {}
                    _ => waiting.push(other.id().clone()),
                }
            }
        }
    }

    /// Keeps a partition, and its rows, over a change of the whole that makes a new table of it.
    fn reattach(&mut self, table: Entry<'_>, whole: &ObjectId, context: &Context<'_>) -> bool {
        let Some(mut alteration) = kind::reattach(table, whole, context) else { return false };
        match self.fates.get(table.id()) {
            Some(Fate::Altered(other)) if other.finish.is_empty() => {
                alteration.statements.extend(other.statements.iter().cloned());
            }
            None => {}
            Some(Fate::Altered(_)) => return true,
            Some(_) => return false,
        }
        self.set(table.id(), Fate::Altered(alteration));
        true
    }

    /// What rests on a dropped object and stays as it is rests on another one afterwards, of another kind and the same
    /// name: a table that becomes a view.
    fn follow_dropped(&mut self, id: &ObjectId, context: &Context<'_>) {
        let Some(old) = context.from.entry(id) else { return };
        // The parts of a table that becomes a foreign table are parts of another thing of the same name.
        let stays = |part: &Entry<'_>| goes_with_whole(part) && self.get(part.id()).is_none();
        for part in old.children().filter(stays).collect::<Vec<_>>() {
            self.recreate(part.id(), context);
        }
        for (other, how) in old.dependents() {
            match other.object() {
                Object::Column(column) if column.generated.is_none() && aside::stays(other.id(), id, context) => {
                    self.aside.insert(id.clone());
                    for id in self.retype(other, id, context) {
                        self.recreate(&id, context);
                    }
                }
                Object::Column(column) if column.generated.is_none() => {}
                Object::Table(_) | Object::Sequence(_) => {}
                _ if how != DependencyKind::Extension && self.get(other.id()).is_none() => {
                    self.recreate(other.id(), context);
                }
                _ => {}
            }
        }
    }

    /// Whether a dropped type stands aside first, as columns hold it until they hold another one of its name.
    pub(super) fn stands_aside(&self, id: &ObjectId) -> bool {
        self.aside.contains(id)
    }

    /// The column gets the type that takes the place of the one that was set aside. Gives what is in the way of that.
    fn retype(&mut self, column: Entry<'_>, data_type: &ObjectId, context: &Context<'_>) -> Vec<ObjectId> {
        let id = column.id();
        if !aside::stays(id, data_type, context) || !self.retyped.insert(id.clone()) {
            return Vec::new();
        }
        let Some(mut alteration) = kind::retype(column, context) else { return Vec::new() };
        match self.fates.get(id) {
            Some(Fate::Dropped | Fate::Created | Fate::Recreated | Fate::SetAside) => return Vec::new(),
            // Its other changes follow.
            Some(Fate::Altered(other)) => alteration.statements.extend(other.statements.iter().cloned()),
            None => {}
        }
        let disturbs = alteration.disturbs.clone();
        self.set(id, Fate::Altered(alteration));
        disturbs
    }
}

/// Whether an object disappears with the object of which it is a part. Schemas and foreign
/// servers are emptied before they are dropped.
pub(super) fn goes_with_whole(part: &Entry<'_>) -> bool {
    let is_emptied = |whole: &ObjectId| matches!(whole.kind(), ObjectKind::Schema | ObjectKind::Server);
    part.parent().is_some_and(|whole| !is_emptied(whole.id()) || is_remark(part.id()))
}

/// Facts about an object that are nothing without it.
fn is_remark(id: &ObjectId) -> bool {
    matches!(id.kind(), ObjectKind::Owner | ObjectKind::Comment | ObjectKind::Grant | ObjectKind::SecurityLabel)
}

/// Whether a difference in this object counts.
pub(super) fn is_compared(context: &Context<'_>, entry: &Entry<'_>) -> bool {
    let counts = match entry.id().kind() {
        ObjectKind::Owner => context.options.owners == Owners::Compare,
        ObjectKind::Grant | ObjectKind::DefaultPrivilege => context.options.privileges,
        _ => true,
    };
    counts && ignored(&context.options.ignore, entry).is_none()
}
