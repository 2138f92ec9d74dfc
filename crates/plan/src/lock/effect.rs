//! What a statement locks, by name.

use std::collections::{BTreeMap, BTreeSet};

use limosa_catalog::{QualifiedName, ServerMajor};
use limosa_syntax::{Command, RelationKind, TableAction, TableRule};

use super::facts::{LockFact, Part, Work, lock_facts};
use super::form::StatementForm;
use super::known::Known;
use super::mode::{KeptOut, LockMode};
use super::recognise::{Place, Use, recognise};
use crate::HazardKind;

/// The locks that one statement takes, and what it does meanwhile.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatementLocks {
    /// The forms that it was recognised as.
    pub forms: Vec<StatementForm>,
    /// By relation, the strongest first. Relations that the same run makes are left out: nobody else has them yet.
    pub locks: Vec<RelationLock>,
    /// Parts played by relations that only a catalog could name, and perhaps by none.
    pub unnamed: Vec<Part>,
    /// Whether it may do more than what was recognised.
    pub more: bool,
    /// What it risks, and for which relation.
    pub hazards: Vec<(HazardKind, QualifiedName)>,
}

/// A lock on one relation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelationLock {
    /// On what.
    pub relation: LockedRelation,
    /// How.
    pub mode: LockMode,
    /// What is done with its rows while the lock is held.
    pub work: Work,
    /// Whether its indexes are built anew as well.
    pub rebuilds_indexes: bool,
}

/// A relation as far as it can be named.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum LockedRelation {
    /// By its name, with its schema where that is known.
    Named(QualifiedName),
    /// The table of an index, or of statistics, which is not known.
    TableOf(QualifiedName),
}

impl StatementLocks {
    /// What a statement locks on a server of this major version, after the statements that `known` has taken in.
    #[must_use]
    pub fn of(command: &Command, known: &Known, major: ServerMajor) -> Self {
        let recognised = recognise(known, command);
        let mut found = Found { known, locks: BTreeMap::new(), unnamed: BTreeSet::new() };
        let mut more = recognised.more;
        for form in &recognised.uses {
            match lock_facts(form.form, major) {
                Some(facts) => found.add(form, facts),
                // The server will refuse it.
                None => more = true,
            }
        }
        for (table, mode) in recognised.asked {
            found.lock(LockedRelation::Named(table), mode, Work::None);
        }
        let mut locks: Vec<RelationLock> = found.locks.into_values().collect();
        locks.sort_by(|one, other| other.mode.cmp(&one.mode).then_with(|| one.relation.cmp(&other.relation)));
        let mut forms: Vec<StatementForm> = recognised.uses.iter().map(|it| it.form).collect();
        forms.sort_unstable();
        forms.dedup();
        let hazards = hazards(command, known, &forms, &locks);
        Self { forms, locks, unnamed: found.unnamed.into_iter().collect(), more, hazards }
    }

    /// Whether writers of some relation have to wait for it, if only for a moment.
    #[must_use]
    pub fn keeps_writers_out(&self) -> bool {
        self.locks.first().is_some_and(|lock| lock.mode.keeps_out() >= KeptOut::Writers)
    }

    /// The locks that hold others up, the weaker ones left out.
    pub fn notable(&self) -> impl Iterator<Item = &RelationLock> {
        self.locks.iter().filter(|lock| lock.mode.keeps_out() > KeptOut::Nobody)
    }
}

struct Found<'k> {
    known: &'k Known,
    locks: BTreeMap<LockedRelation, RelationLock>,
    unnamed: BTreeSet<Part>,
}

impl Found<'_> {
    fn add(&mut self, form: &Use, facts: &[LockFact]) {
        for fact in facts {
            if fact.part == Part::Indexes {
                continue;
            }
            let work = work(form.form, *fact);
            for relation in self.relations(form, fact.part) {
                self.lock(relation, fact.mode, work);
            }
        }
        let rebuilds = facts.iter().any(|fact| fact.part == Part::Indexes && fact.work == Work::Writes);
        for place in &form.subjects.subject {
            if let Some(lock) = self.locks.get_mut(&LockedRelation::of(place)) {
                lock.rebuilds_indexes |= rebuilds;
            }
        }
    }

    fn lock(&mut self, relation: LockedRelation, mode: LockMode, work: Work) {
        if matches!(&relation, LockedRelation::Named(name) if self.known.is_new(name)) {
            return;
        }
        let new = RelationLock { relation: relation.clone(), mode, work, rebuilds_indexes: false };
        let lock = self.locks.entry(relation).or_insert(new);
        lock.mode = lock.mode.max(mode);
        lock.work = lock.work.max(work);
    }

    /// The relations that play a part.
    fn relations(&mut self, form: &Use, part: Part) -> Vec<LockedRelation> {
        let subjects = &form.subjects;
        let named = |names: &[QualifiedName]| names.iter().cloned().map(LockedRelation::Named).collect::<Vec<_>>();
        let of_subjects = |ask: &dyn Fn(&QualifiedName) -> Vec<QualifiedName>| {
            let names = subjects.subject.iter().filter_map(|place| match place {
                Place::Named(name) => Some(name),
                Place::TableOf(_) => None,
            });
            names.flat_map(|name| named(&ask(name))).collect::<Vec<_>>()
        };
        let known = self.known;
        let found: Vec<LockedRelation> = match part {
            Part::Subject => subjects.subject.iter().map(LockedRelation::of).collect(),
            Part::Partition => named(&subjects.partition),
            Part::Parent => named(&subjects.parent),
            Part::View if subjects.view.is_empty() => of_subjects(&|name| known.views_of(name)),
            Part::View => named(&subjects.view),
            Part::Sequence => named(&subjects.sequence),
            Part::Index => named(&subjects.index),
            Part::Indexes => Vec::new(),
            Part::Partitions if subjects.only => return Vec::new(),
            Part::Partitions => of_subjects(&|name| known.descendants(name)),
            Part::DefaultPartition => of_subjects(&|name| known.default_partition(name)),
            Part::Referencing => of_subjects(&|name| known.referencing(name)),
            Part::Referenced => match &subjects.referenced {
                Some(tables) => return named(tables),
                None => of_subjects(&|name| known.referenced_by(name)),
            },
        };
        let depends = matches!(part, Part::Partitions | Part::DefaultPartition | Part::Referencing | Part::Referenced);
        let is_new = subjects.subject.iter().all(|place| matches!(place, Place::Named(name) if known.is_new(name)));
        if depends && !known.is_complete() && !is_new {
            self.unnamed.insert(part);
        }
        found
    }
}

impl LockedRelation {
    fn of(place: &Place) -> Self {
        match place {
            Place::Named(name) => Self::Named(name.clone()),
            Place::TableOf(index) => Self::TableOf(index.clone()),
        }
    }
}

/// How much a query reads depends on its plan, which the text does not show.
fn work(form: StatementForm, fact: LockFact) -> Work {
    match form {
        StatementForm::Select | StatementForm::SelectForUpdate => Work::None,
        _ => fact.work,
    }
}

fn hazards(
    command: &Command,
    known: &Known,
    forms: &[StatementForm],
    locks: &[RelationLock],
) -> Vec<(HazardKind, QualifiedName)> {
    let mut hazards: Vec<(HazardKind, QualifiedName)> =
        lost(command, known).into_iter().map(|name| (HazardKind::DeletesData, name)).collect();
    let builds_index = [StatementForm::CreateIndex, StatementForm::ReindexTable, StatementForm::ReindexIndex];
    for lock in locks {
        let LockedRelation::Named(name) = &lock.relation else { continue };
        let keeps_writers_out = lock.mode.keeps_out() >= KeptOut::Writers;
        let kind = match lock.work {
            // It is an index that is written, whose table is in the list by itself.
            Work::Writes if forms.iter().all(|form| builds_index.contains(form)) => continue,
            Work::Writes => HazardKind::RewritesTable,
            Work::Reads if keeps_writers_out && forms.iter().all(|form| builds_index.contains(form)) => {
                HazardKind::BlocksWrites
            }
            Work::Reads if keeps_writers_out => HazardKind::ScansTable,
            _ => continue,
        };
        hazards.push((kind, name.clone()));
    }
    if let Command::AlterTable { table, actions, .. } = command {
        let table = known.resolve(table);
        if actions.iter().any(|action| may_not_fit(action, forms)) && !known.is_new(&table) {
            hazards.push((HazardKind::MayNotFit, table));
        }
    }
    hazards
}

/// The relations whose rows, or values of a column, go away.
fn lost(command: &Command, known: &Known) -> Vec<QualifiedName> {
    let resolved = |names: &[QualifiedName]| names.iter().map(|name| known.resolve(name)).collect::<Vec<_>>();
    let mut lost = match command {
        Command::DropRelations { kind: RelationKind::Table, names, .. } => resolved(names),
        Command::Truncate { tables, .. } => resolved(tables),
        Command::Change { table, deletes: true, every_row: true, .. } => vec![known.resolve(table)],
        Command::DropSchema { names, cascade: true } => {
            names.iter().flat_map(|schema| known.tables_in(schema)).collect()
        }
        Command::AlterTable { table, view: false, actions, .. } => {
            let drops = actions.iter().any(|action| matches!(action, TableAction::DropColumn(_)));
            if drops { vec![known.resolve(table)] } else { Vec::new() }
        }
        Command::Block(commands) => commands.iter().flat_map(|command| self::lost(command, known)).collect(),
        _ => Vec::new(),
    };
    lost.retain(|name| !known.is_new(name));
    lost
}

/// Whether an action fails where rows that are there are not as it wants them.
fn may_not_fit(action: &TableAction, forms: &[StatementForm]) -> bool {
    match action {
        TableAction::SetNotNull(_) => forms.contains(&StatementForm::SetNotNull),
        TableAction::ValidateConstraint(_) => true,
        TableAction::AddColumn(column) => column.not_null && column.default.is_none() && column.generation.is_none(),
        TableAction::AddConstraint(constraint) => {
            !constraint.unchecked && !matches!(constraint.rule, TableRule::KeyUsingIndex { primary: false, .. })
        }
        _ => false,
    }
}
