//! Actions, and which has to come before which.

use std::collections::{BTreeSet, HashMap};

use limosa_catalog::kind::column::Inheritance;
use limosa_catalog::kind::constraint::ConstraintRule;
use limosa_catalog::{DependencyKind, Entry, MemberName, Object, ObjectId, ObjectKind, ObjectName};

use super::fate::{Fate, Fates, goes_with_whole};
use super::inheritance;
use super::kind::{self, Part};
use super::slot::slots;
use super::statement::Statement;
use super::{Context, DiffError, Owners, aside};

/// What is done with an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Verb {
    /// It is dropped, and comes back later.
    Remove,
    /// It is made.
    Create,
    /// It is altered.
    Alter,
    /// What could not be said when it was made: the column that owns a sequence.
    Finish,
    /// It is dropped for good.
    Drop,
}

/// A node of the graph.
#[derive(Debug)]
pub(super) struct Action {
    pub(super) id: ObjectId,
    pub(super) verb: Verb,
    pub(super) statements: Vec<Statement>,
}

/// Actions with their order.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) actions: Vec<Action>,
    /// `(before, after)`.
    pub(super) firm: BTreeSet<(usize, usize)>,
    /// Edges that are given up where they would make a circle.
    pub(super) soft: BTreeSet<(usize, usize)>,
    removes: HashMap<ObjectId, usize>,
    /// Where a type gets out of the way; it is removed later.
    asides: HashMap<ObjectId, usize>,
    /// Where types that stand aside are removed.
    last: BTreeSet<usize>,
    creates: HashMap<ObjectId, usize>,
    alters: HashMap<ObjectId, usize>,
}

impl Graph {
    /// `explicit` are parts that get a statement of their own, though they would go with their whole.
    pub(super) fn of(context: &Context<'_>, fates: &Fates, explicit: &BTreeSet<ObjectId>) -> Result<Self, DiffError> {
        let mut graph = Self::default();
        for (id, fate) in fates.iter() {
            match fate {
                Fate::Created => graph.create(id, context, fates)?,
                Fate::Dropped if fates.stands_aside(id) => graph.set_aside(id, context),
                Fate::Dropped => graph.remove(id, Verb::Drop, context, fates, explicit)?,
                Fate::Recreated => {
                    graph.remove(id, Verb::Remove, context, fates, explicit)?;
                    graph.create(id, context, fates)?;
                }
                Fate::SetAside => {
                    graph.set_aside(id, context);
                    graph.create(id, context, fates)?;
                }
                Fate::Altered(alteration) => {
                    let at = graph.add(id, Verb::Alter, alteration.statements.clone());
                    graph.alters.insert(id.clone(), at);
                    if !alteration.finish.is_empty() {
                        let last = graph.add(id, Verb::Finish, alteration.finish.clone());
                        graph.firm.insert((at, last));
                    }
                }
            }
        }
        graph.connect(context, fates);
        Ok(graph)
    }

    fn add(&mut self, id: &ObjectId, verb: Verb, statements: Vec<Statement>) -> usize {
        self.actions.push(Action { id: id.clone(), verb, statements });
        self.actions.len() - 1
    }

    fn create(&mut self, id: &ObjectId, context: &Context<'_>, fates: &Fates) -> Result<(), DiffError> {
        let keeps_owner = id.kind() == ObjectKind::Owner && context.options.owners == Owners::Keep;
        let side = if keeps_owner { context.from } else { context.to };
        let Some(new) = side.entry(id) else { return Ok(()) };
        // A part that the whole's own statement makes has no action of its own.
        if kind::is_made_with_whole(new) && new.parent().is_some_and(|whole| fates.comes(whole.id())) {
            return Ok(());
        }
        let Part { mut statements, finish } = kind::create(new, context)?;
        statements.extend(kind::withhold(new, context));
        let at = self.add(id, Verb::Create, statements);
        self.creates.insert(id.clone(), at);
        if !finish.is_empty() {
            let last = self.add(id, Verb::Finish, finish);
            self.firm.insert((at, last));
        }
        Ok(())
    }

    fn remove(
        &mut self,
        id: &ObjectId,
        verb: Verb,
        context: &Context<'_>,
        fates: &Fates,
        explicit: &BTreeSet<ObjectId>,
    ) -> Result<(), DiffError> {
        let Some(old) = context.from.entry(id) else { return Ok(()) };
        let goes_along = goes_with_whole(&old) && old.parent().is_some_and(|whole| fates.goes(whole.id()));
        if (goes_along && !explicit.contains(id)) || owner(&old, context, fates).is_some() {
            return Ok(());
        }
        let at = self.add(id, verb, kind::drop(old, context)?);
        self.removes.insert(id.clone(), at);
        Ok(())
    }

    fn set_aside(&mut self, id: &ObjectId, context: &Context<'_>) {
        let Some(old) = context.from.entry(id) else { return };
        let aside = self.add(id, Verb::Remove, aside::set_aside(old, context));
        let last = self.add(id, Verb::Drop, aside::drop_aside(old, context));
        self.asides.insert(id.clone(), aside);
        self.removes.insert(id.clone(), last);
        self.last.insert(last);
        self.firm.insert((aside, last));
    }

    /// The action that takes an object away: its own, or that of what takes it along.
    fn removal(&self, entry: &Entry<'_>, context: &Context<'_>, fates: &Fates) -> Option<usize> {
        let mut at = Some(*entry);
        while let Some(entry) = at {
            if let Some(action) = self.removes.get(entry.id()) {
                return Some(*action);
            }
            let whole = entry.parent().filter(|_| goes_with_whole(&entry));
            at = whole.or_else(|| owner(&entry, context, fates));
        }
        None
    }

    /// The action that makes an object: its own, or that of the whole it is made with.
    fn making(&self, entry: &Entry<'_>) -> Option<usize> {
        self.creates.get(entry.id()).copied().or_else(|| {
            let whole = entry.parent().filter(|_| kind::is_made_with_whole(*entry))?;
            self.making(&whole)
        })
    }

    /// The action after which another object can use this one. A base type can only be named at first, by the functions
    /// that it needs to be finished.
    fn ready(&self, needed: &Entry<'_>, user: &Entry<'_>) -> Option<usize> {
        let making = self.making(needed)?;
        let is_finished_first =
            needed.id().kind() == ObjectKind::BaseType && !needed.depends_on().any(|(own, _)| own.id() == user.id());
        Some(if is_finished_first { self.finish_of(making).unwrap_or(making) } else { making })
    }

    fn before(&mut self, first: Option<usize>, then: Option<usize>) {
        if let (Some(first), Some(then)) = (first, then)
            && first != then
        {
            self.firm.insert((first, then));
        }
    }

    fn connect(&mut self, context: &Context<'_>, fates: &Fates) {
        let mut holders: HashMap<super::slot::Slot, usize> = HashMap::new();
        for (id, _) in fates.iter() {
            if let Some(old) = context.from.entry(id).filter(|old| fates.goes(old.id()))
                && let Some(removal) = self.asides.get(id).copied().or_else(|| self.removal(&old, context, fates))
            {
                holders.extend(slots(&old).into_iter().map(|slot| (slot, removal)));
            } else if let (Some(old), Some(new)) = (context.from.entry(id), context.to.entry(id))
                && let Some(altering) = self.alters.get(id)
            {
                let kept = slots(&new);
                let given_up = slots(&old).into_iter().filter(|slot| !kept.contains(slot));
                holders.extend(given_up.map(|slot| (slot, *altering)));
            }
        }
        for (id, _) in fates.iter() {
            self.connect_foreign_key(id, context, fates);
            self.connect_descent(id, context, fates);
            if let Some(new) = context.to.entry(id) {
                self.connect_new(&new, context, fates, &holders);
            }
            if let Some(old) = context.from.entry(id) {
                self.connect_old(&old, context, fates);
            }
        }
        self.order_overloads();
        self.soft.extend(super::mention::order(context, &self.creates, &self.alters, &self.removes));
    }

    /// Functions of one name go before others of that name come, so that no call can mean either.
    fn order_overloads(&mut self) {
        let name = |id: &ObjectId| match id {
            ObjectId::Function(name) | ObjectId::Procedure(name) | ObjectId::Aggregate(name) => {
                Some((name.schema.clone(), name.name.clone()))
            }
            _ => None,
        };
        let mut gone: HashMap<_, Vec<usize>> = HashMap::new();
        for (id, at) in &self.removes {
            gone.entry(name(id)).or_default().push(*at);
        }
        gone.remove(&None);
        for (id, at) in &self.creates {
            let others = gone.get(&name(id)).into_iter().flatten();
            self.soft.extend(others.map(|other| (*other, *at)));
        }
    }

    /// What an object needs in the catalog that is wanted is there before it is made or altered.
    fn connect_new(
        &mut self,
        new: &Entry<'_>,
        context: &Context<'_>,
        fates: &Fates,
        holders: &HashMap<super::slot::Slot, usize>,
    ) {
        let own = if fates.comes(new.id()) { self.making(new) } else { self.alters.get(new.id()).copied() };
        let Some(own) = own else { return };
        let finish = self.finish_of(own);
        if let Some(whole) = new.parent() {
            let whole = self.ready(&whole, new);
            self.before(whole, Some(own));
        }
        let unrecorded = kind::also_needs(*new, context).into_iter().filter_map(|id| context.to.entry(&id));
        let needs: Vec<_> = new.depends_on().chain(unrecorded.map(|entry| (entry, DependencyKind::Normal))).collect();
        for (needed, how) in needs {
            let late = kind::is_needed_late(new, &needed, how);
            let at = finish.filter(|_| late).or(Some(own));
            let making = self.ready(&needed, new);
            self.before(making, at);
            if let (Some(altering), Some(at)) = (self.alters.get(needed.id()).copied(), at)
                && altering != at
                && needed.id().kind() != ObjectKind::Sequence
            {
                let edges = if fates.comes(new.id()) { &mut self.firm } else { &mut self.soft };
                edges.insert((altering, at));
            }
        }
        // A sequence can be owned by a column only when it has the same owner as the table.
        if let (Object::Sequence(sequence), Some(finish)) = (new.object(), finish)
            && let Some(column) = &sequence.owned_by
            && let Some(table) = inheritance::table(&column.relation, context.from)
        {
            let owner = |of: &ObjectId| ObjectId::Owner(of.clone().into());
            let own = self.creates.get(&owner(new.id())).copied();
            self.before(own, Some(finish));
            self.before(self.alters.get(&owner(table.id())).copied(), Some(finish));
        }
        // A parent's that is not valid would be handed down as it is.
        for parent in merged_from(new) {
            let making = self.creates.get(&parent);
            self.soft.extend(making.map(|making| (own, *making)));
        }
        for slot in slots(new) {
            self.before(holders.get(&slot).copied(), Some(own));
        }
    }

    /// What rests on an object in the catalog that is there is gone, or rests on it no more, before it is taken away.
    fn connect_old(&mut self, old: &Entry<'_>, context: &Context<'_>, fates: &Fates) {
        for (other, _) in old.dependents() {
            self.connect_dependent(old, &other, context, fates);
        }
        // The index of a partitioned table is made after the partitions, and is no part of them.
        let needs = kind::also_needs(*old, context).into_iter().filter(|id| id.kind() != ObjectKind::Table);
        for needed in needs.collect::<Vec<_>>().iter().filter_map(|id| context.from.entry(id)) {
            self.connect_dependent(&needed, old, context, fates);
        }
        let removal = if fates.goes(old.id()) { self.removal(old, context, fates) } else { None };
        // What a parent has too can be dropped when it is the table's own alone.
        for parent in merged_from(old) {
            let parents = context.from.entry(&parent).and_then(|parent| self.removal(&parent, context, fates));
            self.soft.extend(parents.zip(removal).filter(|(parents, own)| parents != own));
        }
        if let Some(whole) = old.parent().filter(|whole| fates.goes(whole.id())) {
            let whole = self.removal(&whole, context, fates);
            self.before(removal, whole);
        }
        // What comes back is made after it was taken away.
        if fates.comes(old.id()) {
            let making = self.creates.get(old.id()).copied();
            self.before(self.asides.get(old.id()).copied().or(removal), making);
        }
    }

    fn connect_dependent(&mut self, old: &Entry<'_>, other: &Entry<'_>, context: &Context<'_>, fates: &Fates) {
        let removal = if fates.goes(old.id()) { self.removal(old, context, fates) } else { None };
        let altering = self.alters.get(old.id()).copied();
        let gone = if fates.goes(other.id()) { self.removal(other, context, fates) } else { None };
        let changed = self.alters.get(other.id()).copied();
        self.before(gone.or(changed), removal);
        // A type that stands aside is in nobody's way.
        let gone = gone.filter(|gone| !self.last.contains(gone));
        // A sequence is altered under whatever uses it.
        let gone_before = gone.filter(|_| old.id().kind() != ObjectKind::Sequence);
        self.before(gone_before, altering);
        // What is set aside has another name, by which its dependents cannot be dropped; dependents that stand aside
        // have to do so as long as they are made from it.
        if let Some(aside) = self.asides.get(old.id()).copied() {
            self.before(gone, Some(aside));
        }
        // A column that gets another type does so before its old one is altered.
        if let (Some(changed), Some(altering)) = (changed, altering)
            && changed != altering
            && aside::is_type(old.id())
            && !aside::stays(other.id(), old.id(), context)
        {
            self.soft.insert((changed, altering));
        }
    }

    /// A foreign key takes the oldest of the unique indexes that fit, so those that go are gone before it is made.
    fn connect_foreign_key(&mut self, id: &ObjectId, context: &Context<'_>, fates: &Fates) {
        let making = self.creates.get(id).copied();
        let (Some(making), Some(Object::Constraint(constraint))) = (making, context.to.get(id)) else { return };
        let ConstraintRule::ForeignKey(key) = &constraint.rule else { return };
        let Some(table) = context.from.entry(&ObjectId::Table(key.references.clone())) else { return };
        let keys = table.children().filter(|part| matches!(part.object(), Object::Constraint(_) | Object::Index(_)));
        for key in keys.filter(|key| fates.goes(key.id())) {
            if let Some(removal) = self.removal(&key, context, fates) {
                self.soft.insert((removal, making));
            }
        }
    }

    /// A table leaves its parents before their columns or its own change, and joins others afterwards.
    fn connect_descent(&mut self, id: &ObjectId, context: &Context<'_>, fates: &Fates) {
        let (Some(altering), Some(old), Some(new)) =
            (self.alters.get(id).copied(), context.from.entry(id), context.to.entry(id))
        else {
            return;
        };
        let (old_parents, new_parents) = (inheritance::parents(old.object()), inheritance::parents(new.object()));
        let finish = self.finish_of(altering);
        if old_parents == new_parents && finish.is_none() {
            return;
        }
        let tables = |names: &[&ObjectName], catalog| -> Vec<_> {
            names.iter().filter_map(|name| inheritance::table(name, catalog)).collect()
        };
        let gone = [tables(&old_parents, context.from), vec![old]].concat();
        let left = gone.into_iter().flat_map(|table| table.children());
        let above = inheritance::ancestors(new);
        let found = [tables(&above, context.from), tables(&above, context.to), vec![old, new]].concat();
        let joined: Vec<_> = found.into_iter().flat_map(|table| table.children()).collect();
        for part in left.filter(is_inheritable) {
            let removal = if fates.goes(part.id()) { self.removal(&part, context, fates) } else { None };
            let changes = [removal, self.alters.get(part.id()).copied()];
            self.soft.extend(changes.into_iter().flatten().map(|change| (altering, change)));
        }
        for part in joined.into_iter().filter(is_inheritable) {
            let removal = if fates.goes(part.id()) { self.removal(&part, context, fates) } else { None };
            let changes = [removal, self.alters.get(part.id()).copied(), self.creates.get(part.id()).copied()];
            let changes = changes.into_iter().flatten().filter(|change| *change != altering);
            self.soft.extend(changes.zip(finish.into_iter().cycle()));
        }
    }

    fn finish_of(&self, create: usize) -> Option<usize> {
        let next = create + 1;
        self.actions.get(next).filter(|action| action.verb == Verb::Finish).map(|_| next)
    }
}

/// The constraints of parents that a constraint has been merged with.
fn merged_from(constraint: &Entry<'_>) -> Vec<ObjectId> {
    match (constraint.id(), constraint.object()) {
        (ObjectId::Constraint(name), Object::Constraint(own)) if own.inheritance == Inheritance::Merged => {
            let parents = constraint.parent().map(|table| inheritance::parents(table.object())).unwrap_or_default();
            let of = |parent: &ObjectName| MemberName { relation: parent.clone(), name: name.name.clone() };
            parents.into_iter().map(|parent| ObjectId::Constraint(of(parent))).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether a part of a table has to be the same in what inherits from it.
fn is_inheritable(part: &Entry<'_>) -> bool {
    matches!(part.object(), Object::Column(_) | Object::Constraint(_) | Object::Index(_))
}

/// What owns an object, if it goes and takes the object along.
fn owner<'a>(old: &Entry<'_>, context: &Context<'a>, fates: &Fates) -> Option<Entry<'a>> {
    let owner = context.from.entry(&kind::goes_with(*old, context)?)?;
    let goes = fates.goes(owner.id()) || owner.parent().is_some_and(|whole| fates.goes(whole.id()));
    goes.then_some(owner)
}

impl Action {
    /// Its place where the graph leaves a choice: what has to make room first, then what is new, by kind and name, then
    /// what goes for good, with the latest kinds first.
    pub(super) fn rank(&self) -> (u8, usize, &ObjectId) {
        let kind = ObjectKind::ALL.iter().position(|kind| *kind == self.id.kind()).unwrap_or_default();
        // Nothing that the plan does shall fire an event trigger that it makes or drops.
        let is_watching = self.id.kind() == ObjectKind::EventTrigger;
        match self.verb {
            Verb::Drop if is_watching => (0, 0, &self.id),
            Verb::Create | Verb::Alter if is_watching => (3, 0, &self.id),
            // Views and functions that use a cast do not say so.
            Verb::Create if self.id.kind() == ObjectKind::Cast => (1, 0, &self.id),
            Verb::Remove => (0, usize::MAX - kind, &self.id),
            Verb::Create | Verb::Alter | Verb::Finish => (1, kind, &self.id),
            Verb::Drop => (2, usize::MAX - kind, &self.id),
        }
    }
}
