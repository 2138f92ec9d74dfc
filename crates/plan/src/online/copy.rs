//! Columns' copies, and copies of what hangs on them.

use std::collections::{BTreeMap, BTreeSet};

use limosa_catalog::kind::column::{Column, Inheritance};
use limosa_catalog::kind::constraint::{Constraint, ConstraintRule, Deferrability, ForeignKey, Key};
use limosa_catalog::kind::table::ReplicaIdentity;
use limosa_catalog::{ColumnName, Entry, Identifier, MemberName, Object, ObjectId, ObjectName, Rename, Renames};

use super::domain::empty_at_first;
use super::family;
use super::not_null::{self, Refusing, index_remark, remark_again};
use super::partitions::take_over_foreign_keys;
use super::phases::{Growth, OnlineStep};
use super::refusal::Refusal;
use super::situation::Situation;
use super::table::Table;
use crate::diff::{Style, constraint_definition, key_index};

/// How much is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// What queries need: indexes. The rest is the old column's, which stays.
    Indexes,
    /// All that is to be the new column's own when the old one goes.
    All,
}

/// Copies of columns under other names.
pub(super) struct Copy {
    /// Adds the columns, with their comments and privileges and nothing that looks at rows.
    pub(super) add: Vec<String>,
    /// Adds the rest once every row has its value, each by itself.
    pub(super) complete: Vec<OnlineStep>,
    /// Gives the copies the names of what they stand for, once those are gone.
    pub(super) settle: Vec<String>,
    /// What comes on disk.
    pub(super) growth: Vec<Growth>,
}

/// A column that is copied, and to where.
pub(super) struct CopiedColumn<'a> {
    pub(super) table: &'a Table<'a>,
    pub(super) column: &'a Identifier,
    /// The copy.
    pub(super) name: &'a Identifier,
    /// The copy's facts, without anything that looks at rows.
    pub(super) facts: Column,
}

impl CopiedColumn<'_> {
    fn rename(&self) -> Rename {
        let of = ObjectId::Table(self.table.name.clone());
        Rename::Column { of, from: self.column.clone(), to: self.name.clone() }
    }

    fn copy_name(&self) -> ColumnName {
        self.table.column_name(self.name)
    }
}

/// What is copied together: what hangs on several of the columns is copied once.
pub(super) struct Copied<'a> {
    pub(super) columns: Vec<CopiedColumn<'a>>,
    pub(super) extent: Extent,
    /// What the copy of something else than a column is called meanwhile.
    pub(super) interim: &'a dyn Fn(&Identifier) -> Identifier,
    /// Foreign keys that the copies are to do without.
    pub(super) without: &'a BTreeSet<ObjectId>,
}

impl Copied<'_> {
    /// Decides how.
    pub(super) fn plan(&self, situation: &Situation<'_>) -> Result<Copy, Refusal> {
        let catalog = situation.catalog;
        let Parts { renames, keys, foreign_keys, settle, growth } = self.parts(situation)?;
        let columns = self.columns.iter().map(CopiedColumn::rename);
        let all = Renames::together(renames.iter().cloned().chain(columns).collect());
        let renamed = catalog.renamed(&all, catalog);
        let facts: BTreeMap<ObjectId, &Column> =
            self.columns.iter().map(|it| (ObjectId::Column(it.copy_name()), &it.facts)).collect();
        let with_columns = catalog.with_some_of(&renamed, |entry| {
            if let Some(facts) = facts.get(entry.id()) {
                return Some(Object::Column(Box::new((*facts).clone())));
            }
            let is_remark = matches!(entry.object(), Object::Comment(_) | Object::Grant(_));
            let is_of_column = entry.parent().is_some_and(|parent| facts.contains_key(parent.id()));
            (is_remark && is_of_column).then(|| entry.object().clone())
        });
        let copies: BTreeSet<ObjectId> = renames.iter().map(|rename| all.id(&rename.holder())).collect();
        let whole = with_columns.with_some_of(&renamed, |entry| {
            let owner = std::iter::successors(Some(*entry), Entry::parent).find(|at| copies.contains(at.id()))?;
            let mut object = entry.object().clone();
            if let (Object::Index(index), true) = (&mut object, owner.id() == entry.id()) {
                (index.clustered, index.invalid) = (false, false);
            }
            Some(object)
        });
        // Foreign keys need the indexes of keys.
        let mut complete: Vec<OnlineStep> = keys.into_iter().map(OnlineStep::Alone).collect();
        complete.extend(situation.difference(&with_columns, &whole, Style::Online)?.into_iter().map(OnlineStep::Alone));
        complete.extend(foreign_keys);
        let mut settle = settle;
        for column in &self.columns {
            let (steps, settled) = self.not_null(column, situation)?;
            complete.extend(steps.into_iter().map(OnlineStep::Alone));
            settle.extend(settled);
        }
        let rows = self.columns.iter().map(|column| Growth::Rows(column.table.name.clone()));
        let growth = rows.chain(growth).collect();
        let mut add = situation.difference(catalog, &with_columns, Style::Online)?;
        for column in &self.columns {
            let Some(empty) = empty_at_first(situation, column.facts.data_type.as_str())? else { continue };
            let (table, copy) = (&column.table.name, column.name);
            let begin = format!("ALTER TABLE {table} ADD COLUMN {copy} ");
            add.iter_mut().filter(|sql| sql.starts_with(&begin)).for_each(|sql| sql.push_str(empty));
            if self.extent == Extent::All {
                settle.push(format!("ALTER TABLE {table} ALTER COLUMN {} DROP DEFAULT", column.column));
            }
        }
        Ok(Copy { add, complete, settle, growth })
    }

    fn parts(&self, situation: &Situation<'_>) -> Result<Parts, Refusal> {
        let mut parts = Parts::default();
        let mut seen = BTreeSet::new();
        for column in &self.columns {
            let (entry, _) = column.table.column(column.column)?;
            for (other, _) in entry.dependents() {
                let is_own = other.parent().is_some_and(|parent| *parent.id() == *column.table.entry.id());
                let stays = !self.without.contains(other.id()) && !situation.is_dropped(other.id());
                if is_own && stays && seen.insert(other.id()) {
                    self.part(column, other, situation, &mut parts)?;
                }
            }
        }
        Ok(parts)
    }

    fn part(
        &self,
        column: &CopiedColumn<'_>,
        other: Entry<'_>,
        situation: &Situation<'_>,
        parts: &mut Parts,
    ) -> Result<(), Refusal> {
        let table = &column.table.name;
        if situation.is_interim(other.id()) {
            return match self.extent {
                Extent::Indexes => Ok(()),
                Extent::All => Err(another_change(other.id())),
            };
        }
        if self.extent == Extent::All {
            for (needed, _) in other.depends_on() {
                if let ObjectId::Column(needed) = needed.id()
                    && needed.relation == *table
                    && self.name_of(table, &needed.name) == needed.name
                {
                    situation.refuse_changing(table, std::slice::from_ref(&needed.name))?;
                }
            }
        }
        match (other.object(), other.id()) {
            (Object::Index(index), ObjectId::Index(name)) => {
                if index.partitioned && !self.has_partitions_of(column.table) {
                    return match self.extent {
                        // Queries do without it meanwhile.
                        Extent::Indexes => Ok(()),
                        Extent::All => Err(in_the_way(other.id(), "its table is partitioned")),
                    };
                }
                let interim = (self.interim)(&name.name);
                let copy = ObjectName { schema: name.schema.clone(), name: interim.clone() };
                parts.growth.push(Growth::Like(name.clone()));
                let own = situation.name_left(other.id()).unwrap_or_else(|| name.name.clone());
                parts.settle.push(format!("ALTER INDEX {copy} RENAME TO {own}"));
                if index.clustered {
                    parts.settle.push(format!("ALTER TABLE {table} CLUSTER ON {own}"));
                }
                parts.settle.extend(tells_rows_apart(column.table, &name.name, &own));
                parts.renames.push(Rename::Object { from: other.id().clone(), to: interim });
                Ok(())
            }
            (Object::Constraint(constraint), ObjectId::Constraint(name)) => {
                let own = situation.name_left(other.id()).unwrap_or_else(|| name.name.clone());
                self.constraint(column.table, constraint, (name, &own), other, parts)?;
                let is_renamed = matches!(constraint.rule, ConstraintRule::Check(_));
                if self.extent == Extent::All && !is_renamed {
                    parts.settle.extend(remarks_again(situation, other)?);
                    let index = ObjectName { schema: table.schema.clone(), name: name.name.clone() };
                    parts.settle.extend(index_remark(situation.catalog, &index, &own));
                }
                Ok(())
            }
            (Object::Statistics(_), ObjectId::Statistics(name)) if self.extent == Extent::All => {
                let interim = (self.interim)(&name.name);
                let copy = ObjectName { schema: name.schema.clone(), name: interim.clone() };
                parts.settle.push(format!("ALTER STATISTICS {copy} RENAME TO {}", name.name));
                parts.renames.push(Rename::Object { from: other.id().clone(), to: interim });
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn constraint(
        &self,
        table: &Table<'_>,
        constraint: &Constraint,
        (name, left): (&MemberName, &Identifier),
        entry: Entry<'_>,
        parts: &mut Parts,
    ) -> Result<(), Refusal> {
        // What a partition has of the whole comes and goes with it.
        if constraint.inheritance == Inheritance::Inherited {
            return Ok(());
        }
        let is_deferred = constraint.deferrability != Deferrability::NotDeferrable;
        match &constraint.rule {
            ConstraintRule::PrimaryKey(key) | ConstraintRule::Unique(key) => {
                self.key(table, (constraint, key), (name, left), entry, is_deferred, parts)
            }
            _ if self.extent == Extent::Indexes => Ok(()),
            ConstraintRule::Exclusion(_) => Err(in_the_way(entry.id(), "it cannot be built beside the old one")),
            ConstraintRule::ForeignKey(key) => {
                self.foreign_key(table, (constraint, key), (name, left), parts);
                Ok(())
            }
            ConstraintRule::Check(_) => {
                let interim = (self.interim)(&name.name);
                let table = &table.name;
                parts.settle.push(format!("ALTER TABLE {table} RENAME CONSTRAINT {interim} TO {left}"));
                parts.renames.push(Rename::Object { from: entry.id().clone(), to: interim });
                Ok(())
            }
        }
    }

    fn key(
        &self,
        table: &Table<'_>,
        (constraint, key): (&Constraint, &Key),
        (name, left): (&MemberName, &Identifier),
        entry: Entry<'_>,
        is_deferred: bool,
        parts: &mut Parts,
    ) -> Result<(), Refusal> {
        if table.is_partitioned() {
            return match self.extent {
                Extent::Indexes => Ok(()),
                Extent::All => Err(in_the_way(entry.id(), "its table is partitioned")),
            };
        }
        if key.without_overlaps || (is_deferred && self.extent == Extent::All) {
            return Err(in_the_way(entry.id(), "it cannot be built beside the old one"));
        }
        let interim = (self.interim)(&name.name);
        if !is_deferred {
            let copy = Key {
                columns: self.names_of(&table.name, &key.columns),
                include: self.names_of(&table.name, &key.include),
                ..key.clone()
            };
            parts.keys.push(key_index(name, &copy, &interim));
            parts.growth.push(Growth::Like(ObjectName { schema: table.name.schema.clone(), name: name.name.clone() }));
        }
        if self.extent == Extent::All {
            let kind = match constraint.rule {
                ConstraintRule::PrimaryKey(_) => "PRIMARY KEY",
                _ => "UNIQUE",
            };
            let (identity, table, own) = (tells_rows_apart(table, &name.name, left), &table.name, left);
            parts.settle.push(format!("ALTER TABLE {table} ADD CONSTRAINT {own} {kind} USING INDEX {interim}"));
            if key.clustered {
                parts.settle.push(format!("ALTER TABLE {table} CLUSTER ON {own}"));
            }
            parts.settle.extend(identity);
        }
        Ok(())
    }

    /// Rows are looked at while the tables are in use. No version before 18 takes `NOT VALID` for a partitioned table,
    /// so each partition gets its own foreign key, which that of the whole then takes over without looking again.
    fn foreign_key(
        &self,
        table: &Table<'_>,
        (constraint, key): (&Constraint, &ForeignKey),
        (name, left): (&MemberName, &Identifier),
        parts: &mut Parts,
    ) {
        let copy = Constraint {
            rule: ConstraintRule::ForeignKey(ForeignKey {
                columns: self.names_of(&name.relation, &key.columns),
                referenced_columns: self.names_of(&key.references, &key.referenced_columns),
                on_delete_columns: self.names_of(&name.relation, &key.on_delete_columns),
                ..key.clone()
            }),
            ..constraint.clone()
        };
        let definition = constraint_definition(&copy);
        let mut add = |table: &ObjectName, (own, left): (&Identifier, &Identifier), in_steps: bool, is_whole: bool| {
            let interim = (self.interim)(own);
            let tail = if in_steps { " NOT VALID" } else { "" };
            let sql = format!("ALTER TABLE {table} ADD CONSTRAINT {interim} {definition}{tail}");
            parts.foreign_keys.push(match is_whole {
                true => take_over_foreign_keys(&key.references, sql),
                false => OnlineStep::Alone(sql),
            });
            if in_steps && !constraint.not_valid {
                parts
                    .foreign_keys
                    .push(OnlineStep::Alone(format!("ALTER TABLE {table} VALIDATE CONSTRAINT {interim}")));
            }
            parts.settle.push(format!("ALTER TABLE {table} RENAME CONSTRAINT {interim} TO {left}"));
        };
        for (partition, own) in family::foreign_keys_of_partitions(table.entry, key) {
            add(&partition, (&own, &own), !constraint.not_enforced, false);
        }
        let is_whole = table.is_partitioned();
        add(&name.relation, (&name.name, left), !is_whole && !constraint.not_enforced, is_whole);
    }

    /// Whether the columns of all partitions of a table are copied along.
    fn has_partitions_of(&self, table: &Table<'_>) -> bool {
        let is_there = |name: &ObjectName| self.columns.iter().any(|it| it.table.name == *name);
        family::partitions(table.entry).iter().all(|(name, _)| is_there(name))
    }

    /// What a column of a table is called among the copies.
    fn name_of(&self, table: &ObjectName, column: &Identifier) -> Identifier {
        let copied = self.columns.iter().find(|it| it.table.name == *table && it.column == column);
        copied.map_or(column, |it| it.name).clone()
    }

    fn names_of(&self, table: &ObjectName, columns: &[Identifier]) -> Vec<Identifier> {
        columns.iter().map(|column| self.name_of(table, column)).collect()
    }

    /// `NOT NULL` of a copy: the statements, and what gives it the old one's name afterwards.
    fn not_null(
        &self,
        copied: &CopiedColumn<'_>,
        situation: &Situation<'_>,
    ) -> Result<(Vec<String>, Vec<String>), Refusal> {
        let (table, column) = (copied.table, copied.column);
        let (_, old) = table.column(column)?;
        let is_to_go = situation.is_to_allow_null(&table.column_name(column));
        let own = old.not_null.as_ref().filter(|_| old.inheritance != Inheritance::Inherited && !is_to_go);
        let named = own.and_then(|rule| Some((rule, Identifier::new(rule.name_on(&table.column_name(column))).ok()?)));
        let Some((rule, own)) = named.filter(|_| self.extent == Extent::All) else {
            return Ok(Default::default());
        };
        let interim = (self.interim)(&own);
        let column = copied.copy_name();
        let major = situation.catalog.major();
        let refusing = Refusing { column: &column, major, name: &interim, proof: &interim };
        let settle = format!("ALTER TABLE {} RENAME CONSTRAINT {interim} TO {own}", table.name);
        let remark = remark_again(situation.catalog, &table.column_name(copied.column), &own);
        let settled = refusing.has_name().then_some(settle).into_iter().chain(remark).collect();
        Ok((refusing.steps_of(not_null::Extent::of(rule)), settled))
    }
}

/// What is copied along with a column.
#[derive(Default)]
struct Parts {
    renames: Vec<Rename>,
    /// The indexes of keys.
    keys: Vec<String>,
    foreign_keys: Vec<OnlineStep>,
    settle: Vec<String>,
    growth: Vec<Growth>,
}

/// What is said of a constraint, for the one that takes its place.
fn remarks_again(situation: &Situation<'_>, constraint: Entry<'_>) -> Result<Vec<String>, Refusal> {
    let said = constraint.children().filter(|part| matches!(part.object(), Object::Comment(_)));
    let said: BTreeSet<ObjectId> = said.map(|part| part.id().clone()).collect();
    if said.is_empty() {
        return Ok(Vec::new());
    }
    let without = situation.catalog.without(|entry| said.contains(entry.id()));
    situation.difference(&situation.as_left(without), &situation.as_left(situation.catalog.clone()), Style::Online)
}

/// Lets those to whom the table is replicated tell its rows apart by an index again, where they did by the old one.
fn tells_rows_apart(table: &Table<'_>, index: &Identifier, left: &Identifier) -> Option<String> {
    let Object::Table(facts) = table.entry.object() else { return None };
    let is_it =
        facts.replica_identity == ReplicaIdentity::Index && facts.replica_identity_index.as_ref() == Some(index);
    is_it.then(|| format!("ALTER TABLE {} REPLICA IDENTITY USING INDEX {left}", table.name))
}

fn another_change(id: &ObjectId) -> Refusal {
    Refusal::new(format!("{id} belongs to an online change that is open"), "contract that one first: `limosa contract`")
}

pub(super) fn in_the_way(id: &ObjectId, why: &str) -> Refusal {
    Refusal::new(format!("{id} is in the way: {why}"), "drop it in a migration before, and make it again in one behind")
}
