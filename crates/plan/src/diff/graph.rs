//! Actions, and which has to come before which.

use std::collections::{BTreeSet, HashMap};

use limosa_catalog::{Entry, ObjectId, ObjectKind};

use super::fate::{Fate, Fates, goes_with_whole};
use super::kind::{self, Part};
use super::slot::slots;
use super::statement::Statement;
use super::{Context, DiffError, Owners};

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
    creates: HashMap<ObjectId, usize>,
    alters: HashMap<ObjectId, usize>,
}

impl Graph {
    pub(super) fn of(context: &Context<'_>, fates: &Fates) -> Result<Self, DiffError> {
        let mut graph = Self::default();
        let explicit = super::slot::foreign_keys_in_circles(context, fates);
        for (id, fate) in fates.iter() {
            match fate {
                Fate::Created => graph.create(id, context, fates)?,
                Fate::Dropped => graph.remove(id, Verb::Drop, context, fates, &explicit)?,
                Fate::Recreated => {
                    graph.remove(id, Verb::Remove, context, fates, &explicit)?;
                    graph.create(id, context, fates)?;
                }
                Fate::Altered(alteration) => {
                    let at = graph.add(id, Verb::Alter, alteration.statements.clone());
                    graph.alters.insert(id.clone(), at);
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
        let Part { statements, finish } = kind::create(new, context)?;
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
        if (goes_along && !explicit.contains(id)) || kind::goes_with_owner(old, context, fates) {
            return Ok(());
        }
        let at = self.add(id, verb, kind::drop(old, context)?);
        self.removes.insert(id.clone(), at);
        Ok(())
    }

    /// The action that takes an object away: its own, or that of what takes it along.
    fn removal(&self, entry: &Entry<'_>) -> Option<usize> {
        let mut at = Some(*entry);
        while let Some(entry) = at {
            if let Some(action) = self.removes.get(entry.id()) {
                return Some(*action);
            }
            at = entry.parent().filter(|_| goes_with_whole(&entry));
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
                && let Some(removal) = self.removal(&old)
            {
                holders.extend(slots(&old).into_iter().map(|slot| (slot, removal)));
            }
        }
        for (id, _) in fates.iter() {
            if let Some(new) = context.to.entry(id) {
                self.connect_new(&new, fates, &holders);
            }
            if let Some(old) = context.from.entry(id) {
                self.connect_old(&old, fates);
            }
        }
    }

    /// What an object needs in the catalog that is wanted is there before it is made or altered.
    fn connect_new(&mut self, new: &Entry<'_>, fates: &Fates, holders: &HashMap<super::slot::Slot, usize>) {
        let own = if fates.comes(new.id()) { self.making(new) } else { self.alters.get(new.id()).copied() };
        let Some(own) = own else { return };
        let finish = self.finish_of(own);
        if let Some(whole) = new.parent() {
            let whole = self.making(&whole);
            self.before(whole, Some(own));
        }
        for (needed, how) in new.depends_on() {
            let late = kind::is_needed_late(new, &needed, how);
            let at = if late { finish } else { Some(own) };
            let making = self.making(&needed);
            self.before(making, at);
            if let (Some(altering), Some(at)) = (self.alters.get(needed.id()).copied(), at)
                && altering != at
            {
                let edges = if fates.comes(new.id()) { &mut self.firm } else { &mut self.soft };
                edges.insert((altering, at));
            }
        }
        if fates.comes(new.id()) {
            for slot in slots(new) {
                self.before(holders.get(&slot).copied(), Some(own));
            }
        }
    }

    /// What rests on an object in the catalog that is there is gone, or rests on it no more, before it is taken away.
    fn connect_old(&mut self, old: &Entry<'_>, fates: &Fates) {
        let removal = if fates.goes(old.id()) { self.removal(old) } else { None };
        let altering = self.alters.get(old.id()).copied();
        for (other, _) in old.dependents() {
            let gone = if fates.goes(other.id()) { self.removal(&other) } else { None };
            let changed = self.alters.get(other.id()).copied();
            self.before(gone.or(changed), removal);
            self.before(gone, altering);
        }
        if let Some(whole) = old.parent().filter(|whole| fates.goes(whole.id())) {
            let whole = self.removal(&whole);
            self.before(removal, whole);
        }
        // What comes back is made after it was taken away.
        if fates.comes(old.id()) {
            let making = self.creates.get(old.id()).copied();
            self.before(removal, making);
        }
    }

    fn finish_of(&self, create: usize) -> Option<usize> {
        let next = create + 1;
        self.actions.get(next).filter(|action| action.verb == Verb::Finish).map(|_| next)
    }
}

impl Action {
    /// Its place where the graph leaves a choice: what has to make room first, then what is new, by kind and name, then
    /// what goes for good, with the latest kinds first.
    pub(super) fn rank(&self) -> (u8, usize, &ObjectId) {
        let kind = ObjectKind::ALL.iter().position(|kind| *kind == self.id.kind()).unwrap_or_default();
        match self.verb {
            Verb::Remove => (0, usize::MAX - kind, &self.id),
            Verb::Create | Verb::Alter | Verb::Finish => (1, kind, &self.id),
            Verb::Drop => (2, usize::MAX - kind, &self.id),
        }
    }
}
