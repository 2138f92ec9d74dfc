//! A column's copy, and copies of what hangs on it.

use std::collections::BTreeSet;

use limosa_catalog::kind::column::Column;
use limosa_catalog::kind::constraint::{Constraint, ConstraintRule, Deferrability, Key};
use limosa_catalog::{Entry, Identifier, MemberName, Object, ObjectId, ObjectName, Rename, Renames};

use super::not_null::Refusing;
use super::refusal::Refusal;
use super::situation::{Situation, Table};
use crate::diff::{Style, key_index};

/// How much is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// What queries need: indexes. The rest is the old column's, which stays.
    Indexes,
    /// All that is to be the new column's own when the old one goes.
    All,
}

/// A copy of a column under another name.
pub(super) struct Copy {
    /// Adds the column, with its comment and privileges and nothing that looks at rows.
    pub(super) add: Vec<String>,
    /// Adds the rest once every row has its value, each by itself.
    pub(super) complete: Vec<String>,
    /// Gives the copies the names of what they stand for, once those are gone.
    pub(super) settle: Vec<String>,
}

/// What is copied, and to where.
pub(super) struct Copied<'a> {
    pub(super) table: &'a Table<'a>,
    pub(super) column: &'a Identifier,
    /// The copy.
    pub(super) name: &'a Identifier,
    /// The copy's facts, without anything that looks at rows.
    pub(super) facts: Column,
    pub(super) extent: Extent,
    /// Which operation it is, from 0.
    pub(super) place: usize,
}

impl Copied<'_> {
    /// Decides how.
    pub(super) fn plan(&self, situation: &Situation<'_>) -> Result<Copy, Refusal> {
        let catalog = situation.catalog;
        let Parts { renames, keys, settle } = self.parts(situation)?;
        let of = ObjectId::Table(self.table.name.clone());
        let column = Rename::Column { of, from: self.column.clone(), to: self.name.clone() };
        let all = Renames::together(renames.iter().cloned().chain([column]).collect());
        let renamed = catalog.renamed(&all, catalog);
        let copy = ObjectId::Column(self.table.column_name(self.name));
        let with_column = catalog.with_some_of(&renamed, |entry| {
            if *entry.id() == copy {
                return Some(Object::Column(Box::new(self.facts.clone())));
            }
            let is_remark = matches!(entry.object(), Object::Comment(_) | Object::Grant(_));
            let is_of_column = entry.parent().is_some_and(|parent| *parent.id() == copy);
            (is_remark && is_of_column).then(|| entry.object().clone())
        });
        let copies: BTreeSet<ObjectId> = renames.iter().map(|rename| all.id(&rename.holder())).collect();
        let whole = with_column.with_some_of(&renamed, |entry| {
            let owner = std::iter::successors(Some(*entry), Entry::parent).find(|at| copies.contains(at.id()))?;
            let mut object = entry.object().clone();
            if let (Object::Index(index), true) = (&mut object, owner.id() == entry.id()) {
                (index.clustered, index.invalid) = (false, false);
            }
            Some(object)
        });
        let mut complete = situation.difference(&with_column, &whole, Style::Online)?;
        complete.extend(keys);
        let (not_null, settled) = self.not_null(situation)?;
        complete.extend(not_null);
        Ok(Copy {
            add: situation.difference(catalog, &with_column, Style::Online)?,
            complete,
            settle: settle.into_iter().chain(settled).collect(),
        })
    }

    fn parts(&self, situation: &Situation<'_>) -> Result<Parts, Refusal> {
        let (entry, _) = self.table.column(self.column)?;
        let mut parts = Parts::default();
        let mut seen = BTreeSet::new();
        for (other, _) in entry.dependents() {
            let is_own = other.parent().is_some_and(|parent| *parent.id() == *self.table.entry.id());
            if !is_own || !seen.insert(other.id()) {
                continue;
            }
            if situation.is_interim(other.id()) {
                match self.extent {
                    Extent::Indexes => continue,
                    Extent::All => return Err(another_change(other.id())),
                }
            }
            if self.extent == Extent::All {
                for (needed, _) in other.depends_on() {
                    if let ObjectId::Column(needed) = needed.id()
                        && needed.name != *self.column
                    {
                        situation.refuse_changing(&self.table.name, std::slice::from_ref(&needed.name))?;
                    }
                }
            }
            match (other.object(), other.id()) {
                (Object::Index(index), ObjectId::Index(name)) => {
                    if index.partitioned {
                        self.refuse_partitioned(other.id())?;
                        continue;
                    }
                    let interim = situation.interim(&name.name, self.place + 1);
                    let copy = ObjectName { schema: name.schema.clone(), name: interim.clone() };
                    parts.settle.push(format!("ALTER INDEX {copy} RENAME TO {}", name.name));
                    if index.clustered {
                        parts.settle.push(format!("ALTER TABLE {} CLUSTER ON {}", self.table.name, name.name));
                    }
                    parts.renames.push(Rename::Object { from: other.id().clone(), to: interim });
                }
                (Object::Constraint(constraint), ObjectId::Constraint(name)) => {
                    self.constraint(constraint, name, other, situation, &mut parts)?;
                }
                (Object::Statistics(_), ObjectId::Statistics(name)) if self.extent == Extent::All => {
                    let interim = situation.interim(&name.name, self.place + 1);
                    let copy = ObjectName { schema: name.schema.clone(), name: interim.clone() };
                    parts.settle.push(format!("ALTER STATISTICS {copy} RENAME TO {}", name.name));
                    parts.renames.push(Rename::Object { from: other.id().clone(), to: interim });
                }
                _ => {}
            }
        }
        Ok(parts)
    }

    fn constraint(
        &self,
        constraint: &Constraint,
        name: &MemberName,
        entry: Entry<'_>,
        situation: &Situation<'_>,
        parts: &mut Parts,
    ) -> Result<(), Refusal> {
        let interim = situation.interim(&name.name, self.place + 1);
        let mut add_key = |key: &Key, deferred: bool| -> Result<(), Refusal> {
            if self.table.is_partitioned() {
                return self.refuse_partitioned(entry.id());
            }
            if key.without_overlaps || (deferred && self.extent == Extent::All) {
                return Err(in_the_way(entry.id(), "it cannot be built beside the old one"));
            }
            if !deferred {
                let renamed = |column: &Identifier| if column == self.column { self.name } else { column }.clone();
                let copy = Key {
                    columns: key.columns.iter().map(renamed).collect(),
                    include: key.include.iter().map(renamed).collect(),
                    ..key.clone()
                };
                parts.keys.push(key_index(name, &copy, &interim));
            }
            if self.extent == Extent::All {
                let kind = match constraint.rule {
                    ConstraintRule::PrimaryKey(_) => "PRIMARY KEY",
                    _ => "UNIQUE",
                };
                let table = &self.table.name;
                let own = &name.name;
                parts.settle.push(format!("ALTER TABLE {table} ADD CONSTRAINT {own} {kind} USING INDEX {interim}"));
                if key.clustered {
                    parts.settle.push(format!("ALTER TABLE {table} CLUSTER ON {own}"));
                }
            }
            Ok(())
        };
        let is_deferred = constraint.deferrability != Deferrability::NotDeferrable;
        match &constraint.rule {
            ConstraintRule::PrimaryKey(key) | ConstraintRule::Unique(key) => add_key(key, is_deferred),
            _ if self.extent == Extent::Indexes => Ok(()),
            ConstraintRule::Exclusion(_) => Err(in_the_way(entry.id(), "it cannot be built beside the old one")),
            ConstraintRule::Check(_) | ConstraintRule::ForeignKey(_) => {
                if self.table.is_partitioned() && matches!(constraint.rule, ConstraintRule::ForeignKey(_)) {
                    return self.refuse_partitioned(entry.id());
                }
                let table = &self.table.name;
                parts.settle.push(format!("ALTER TABLE {table} RENAME CONSTRAINT {interim} TO {}", name.name));
                parts.renames.push(Rename::Object { from: entry.id().clone(), to: interim });
                Ok(())
            }
        }
    }

    /// Queries do without the index meanwhile; what is to last cannot be done without.
    fn refuse_partitioned(&self, id: &ObjectId) -> Result<(), Refusal> {
        match self.extent {
            Extent::Indexes => Ok(()),
            Extent::All => Err(in_the_way(id, "its table is partitioned")),
        }
    }

    /// `NOT NULL` of the copy: the statements, and what gives it the old one's name afterwards.
    fn not_null(&self, situation: &Situation<'_>) -> Result<(Vec<String>, Vec<String>), Refusal> {
        let (_, old) = self.table.column(self.column)?;
        let own = old.not_null.as_ref().map(|rule| rule.name_on(&self.table.column_name(self.column)));
        let Some(own) = own.and_then(|own| Identifier::new(own).ok()).filter(|_| self.extent == Extent::All) else {
            return Ok(Default::default());
        };
        let interim = situation.interim(&own, self.place + 1);
        let column = self.table.column_name(self.name);
        let major = situation.catalog.major();
        let refusing = Refusing { column: &column, major, name: &interim, proof: &interim };
        let settle = format!("ALTER TABLE {} RENAME CONSTRAINT {interim} TO {own}", self.table.name);
        Ok((refusing.steps(), refusing.has_name().then_some(settle).into_iter().collect()))
    }
}

/// What is copied along with a column.
#[derive(Default)]
struct Parts {
    renames: Vec<Rename>,
    /// The indexes of keys.
    keys: Vec<String>,
    settle: Vec<String>,
}

fn another_change(id: &ObjectId) -> Refusal {
    Refusal::new(format!("{id} belongs to an online change that is open"), "contract that one first: `limosa contract`")
}

pub(super) fn in_the_way(id: &ObjectId, why: &str) -> Refusal {
    Refusal::new(format!("{id} is in the way: {why}"), "drop it in a migration before, and make it again in one behind")
}
