//! `ALTER … RENAME`, in an order in which each new name is free.

use std::collections::BTreeSet;

use limosa_catalog::{Catalog, ColumnName, Identifier, Literal, ObjectId, Rename, Renames};

use crate::diff::naming::spoken;
use crate::diff::slot::{Slot, slots};
use crate::diff::statement::Statement;

/// A name that something has or gets, in the space in which it has to be alone.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Space {
    Slot(Slot),
    Object(ObjectId),
    Column(ObjectId, Identifier),
    Label(ObjectId, String),
}

/// A rename that is still to be made.
struct Pending {
    rename: Rename,
    /// The name that it has meanwhile, where it had to make room for another.
    aside: Option<Identifier>,
}

/// One rename as it is made.
#[derive(Debug)]
pub(in crate::diff) struct RenameStep {
    /// What it is by then: what the others have renamed has its new name.
    pub(in crate::diff) now: Rename,
    /// The identity that it leads to.
    pub(in crate::diff) new_id: ObjectId,
    pub(in crate::diff) statement: Statement,
    /// It takes part in an exchange of names.
    pub(in crate::diff) swaps: bool,
}

/// The steps. Containers come first where nothing else demands another order; what swaps its name with others takes
/// another one for a moment.
pub(super) fn ordered(from: &Catalog, renames: &Renames) -> Vec<RenameStep> {
    let mut waiting: Vec<Pending> =
        renames.iter().map(|rename| Pending { rename: rename.clone(), aside: None }).collect();
    waiting.sort_by_key(|pending| level(&pending.rename));
    let mut done: Vec<Rename> = Vec::new();
    let mut steps = Vec::new();
    let mut swaps = false;
    while !waiting.is_empty() {
        let aside = waiting.iter().filter_map(|it| Some(renamed_to(&it.rename, it.aside.clone()?)));
        let so_far = Renames::of(from, done.iter().cloned().chain(aside).collect());
        let is_free = |pending: &Pending| {
            let wanted = spaces(from, &pending.rename, true);
            let holds = |other: &Pending| {
                other.rename != pending.rename
                    && other.aside.is_none()
                    && !spaces(from, &other.rename, false).is_disjoint(&wanted)
            };
            !waiting.iter().any(holds)
        };
        if let Some(place) = waiting.iter().position(is_free) {
            let Pending { rename, .. } = waiting.remove(place);
            steps.extend(step(&rename, &so_far, rename.to(), swaps));
            done.push(rename);
        } else if let Some(first) = waiting.iter_mut().find(|it| it.aside.is_none())
            && let Some(name) = aside_name(&first.rename)
        {
            swaps = true;
            steps.extend(step(&first.rename, &so_far, name.as_str(), swaps));
            first.aside = Some(name);
        } else {
            break;
        }
    }
    steps
}

fn step(rename: &Rename, so_far: &Renames, to: &str, swaps: bool) -> Option<RenameStep> {
    let statement = statement(rename, so_far, to)?;
    let now = so_far.moved(rename);
    let new_id = Renames::together(vec![now.clone()]).id(&now.holder());
    Some(RenameStep { now, new_id, statement, swaps })
}

fn level(rename: &Rename) -> u8 {
    match rename {
        Rename::Object { from: ObjectId::Schema(_), .. } => 0,
        Rename::Object { from, .. } if from.relation().is_none() => 1,
        Rename::Column { .. } => 2,
        Rename::Object { .. } | Rename::Label { .. } => 3,
    }
}

/// The names that it has, or gets, as they would be if nothing else were renamed.
fn spaces(from: &Catalog, rename: &Rename, after: bool) -> BTreeSet<Space> {
    match rename {
        Rename::Object { from: id, .. } => {
            let Some(entry) = from.entry(id) else { return BTreeSet::new() };
            if !after {
                let slots = slots(&entry).into_iter().map(Space::Slot);
                return slots.chain([Space::Object(id.clone())]).collect();
            }
            let alone = Renames::of(from, vec![rename.clone()]);
            let id = alone.id(id);
            let slots = renamed_slots(slots(&entry), &id).into_iter().map(Space::Slot);
            slots.chain([Space::Object(id)]).collect()
        }
        Rename::Column { of, from, to } => [Space::Column(of.clone(), if after { to } else { from }.clone())].into(),
        Rename::Label { of, from, to } => {
            [Space::Label(ObjectId::Enum(of.clone()), if after { to } else { from }.to_string())].into()
        }
    }
}

fn renamed_slots(slots: Vec<Slot>, id: &ObjectId) -> Vec<Slot> {
    let Some(own) = id.own_name() else { return slots };
    let renamed = |slot| match slot {
        Slot::Relation(mut name) => {
            name.name = own.clone();
            Slot::Relation(name)
        }
        Slot::Type(mut name) => {
            name.name = own.clone();
            Slot::Type(name)
        }
        Slot::Member(kind, relation, _) => Slot::Member(kind, relation, own.clone()),
        Slot::Routine(_) => Slot::Routine(id.clone()),
        Slot::PrimaryKey(relation) => Slot::PrimaryKey(relation),
    };
    slots.into_iter().filter(|slot| !matches!(slot, Slot::PrimaryKey(_))).map(renamed).collect()
}

fn aside_name(rename: &Rename) -> Option<Identifier> {
    let mut name = rename.old().to_owned();
    const SUFFIX: &str = "_renamed";
    while name.len() + SUFFIX.len() > 63 {
        name.pop()?;
    }
    Identifier::new(name + SUFFIX).ok()
}

fn renamed_to(rename: &Rename, name: Identifier) -> Rename {
    match rename.clone() {
        Rename::Object { from, .. } => Rename::Object { from, to: name },
        Rename::Column { of, from, .. } => Rename::Column { of, from, to: name },
        Rename::Label { of, from, .. } => Rename::Label { of, from, to: name.as_str().into() },
    }
}

/// The statement, with the names that everything has by then.
fn statement(rename: &Rename, so_far: &Renames, to: &str) -> Option<Statement> {
    let name = || Identifier::new(to).ok();
    let text = match rename {
        Rename::Object { from, .. } => {
            let to = name()?;
            match so_far.id(from) {
                ObjectId::Constraint(now) => {
                    format!("ALTER TABLE {} RENAME CONSTRAINT {} TO {to}", now.relation, now.name)
                }
                ObjectId::DomainConstraint(now) => {
                    format!("ALTER DOMAIN {} RENAME CONSTRAINT {} TO {to}", now.relation, now.name)
                }
                now => format!("ALTER {} RENAME TO {to}", spoken(&now)),
            }
        }
        Rename::Column { of, from, .. } => {
            let to = name()?;
            let column = match of {
                ObjectId::Table(relation)
                | ObjectId::ForeignTable(relation)
                | ObjectId::View(relation)
                | ObjectId::MaterializedView(relation)
                | ObjectId::CompositeType(relation) => ColumnName { relation: relation.clone(), name: from.clone() },
                _ => return None,
            };
            let ObjectId::Column(now) = so_far.id(&ObjectId::Column(column)) else { return None };
            let of = so_far.id(of);
            match of {
                // Tables that are made of the type follow.
                ObjectId::CompositeType(_) => {
                    format!("ALTER {} RENAME ATTRIBUTE {} TO {to} CASCADE", spoken(&of), now.name)
                }
                _ => format!("ALTER {} RENAME COLUMN {} TO {to}", spoken(&of), now.name),
            }
        }
        Rename::Label { of, from, .. } => {
            let of = so_far.id(&ObjectId::Enum(of.clone()));
            format!("ALTER {} RENAME VALUE {} TO {}", spoken(&of), Literal(from), Literal(to))
        }
    };
    Some(Statement::text(text))
}
