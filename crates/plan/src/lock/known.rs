//! What is known of relations before a statement.

mod catalog;
mod change;
mod volatile;

use std::collections::{BTreeMap, BTreeSet};

use limosa_catalog::{Identifier, QualifiedName};
use limosa_syntax::{CheckExpression, DefaultValue};

/// The relations that statements meet: those of a catalog, changed by the statements before.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Whether what is not here is not there.
    complete: bool,
    /// Where names without a schema are looked for, and new ones go.
    search_path: Vec<Identifier>,
    relations: BTreeMap<QualifiedName, Relation>,
    /// The table of each index.
    indexes: BTreeMap<QualifiedName, Index>,
    /// The table of each statistics object.
    statistics: BTreeMap<QualifiedName, QualifiedName>,
    /// Domains with constraints.
    checked_domains: BTreeSet<QualifiedName>,
    /// Of the functions by a name, whether any is volatile.
    functions: BTreeMap<QualifiedName, bool>,
}

/// One relation.
#[derive(Debug, Clone, Default)]
pub(super) struct Relation {
    pub(super) kind: Kind,
    /// Whether the statements before have made it, so that nobody else has it yet.
    pub(super) new: bool,
    pub(super) columns: BTreeMap<Identifier, Column>,
    pub(super) constraints: BTreeMap<Identifier, Constraint>,
    /// The table of which it is a partition, or from which it inherits.
    pub(super) parents: Vec<QualifiedName>,
    pub(super) default_partition: bool,
    /// Its rows are in its partitions.
    pub(super) partitioned: bool,
    /// What a view reads.
    pub(super) reads: Vec<QualifiedName>,
}

/// The kinds of relation that are told apart here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Kind {
    #[default]
    Table,
    View,
    Sequence,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Column {
    pub(super) data_type: String,
    pub(super) not_null: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Constraint {
    pub(super) rule: Rule,
    pub(super) valid: bool,
}

#[derive(Debug, Clone)]
pub(super) enum Rule {
    Key(Vec<Identifier>),
    Check(CheckExpression),
    ForeignKey { columns: Vec<Identifier>, references: QualifiedName },
    Exclusion,
    NotNull(Identifier),
}

#[derive(Debug, Clone)]
pub(super) struct Index {
    pub(super) table: QualifiedName,
    pub(super) columns: Vec<Identifier>,
}

impl Known {
    /// Nothing but where names without a schema are looked for.
    #[must_use]
    pub fn nothing(search_path: Vec<Identifier>) -> Self {
        Self { search_path, ..Self::default() }
    }

    /// A database that is yet to be made: nothing is there.
    #[must_use]
    pub fn empty() -> Self {
        let search_path = Identifier::new("public").into_iter().collect();
        Self { complete: true, search_path, ..Self::default() }
    }

    /// The same, with all that is known as it is after the statements were committed: others have it.
    #[must_use]
    pub fn deployed(mut self) -> Self {
        for relation in self.relations.values_mut() {
            relation.new = false;
        }
        self
    }

    /// Whether all relations of the database are known, so that nothing but what is named here can be locked.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// The name with its schema: where the relation is, or where one of that name would go. A name stays as it is where
    /// neither is known.
    pub(super) fn resolve(&self, name: &QualifiedName) -> QualifiedName {
        let with = |schema: &Identifier| QualifiedName { schema: Some(schema.clone()), name: name.name.clone() };
        if name.schema.is_some() {
            return name.clone();
        }
        let is_there = |it: &QualifiedName| self.relations.contains_key(it) || self.indexes.contains_key(it);
        let found = self.search_path.iter().map(with).find(is_there);
        found.or_else(|| self.search_path.first().map(with)).unwrap_or_else(|| name.clone())
    }

    pub(super) fn relation(&self, name: &QualifiedName) -> Option<&Relation> {
        self.relations.get(name)
    }

    pub(super) fn index(&self, name: &QualifiedName) -> Option<&Index> {
        self.indexes.get(name)
    }

    pub(super) fn table_of_statistics(&self, name: &QualifiedName) -> Option<&QualifiedName> {
        let is_it = |it: &QualifiedName| it.name == name.name && (name.schema.is_none() || name.schema == it.schema);
        self.statistics.iter().find(|(it, _)| is_it(it)).map(|(_, table)| table)
    }

    pub(super) fn is_new(&self, name: &QualifiedName) -> bool {
        self.relation(name).is_some_and(|relation| relation.new)
    }

    /// Partitions and inheriting tables, those of these included.
    pub(super) fn descendants(&self, of: &QualifiedName) -> Vec<QualifiedName> {
        let mut found = vec![of.clone()];
        let mut at = 0;
        while let Some(parent) = found.get(at).cloned() {
            let children = self.relations.iter().filter(|(_, relation)| relation.parents.contains(&parent));
            let new: Vec<_> = children.map(|(name, _)| name.clone()).filter(|name| !found.contains(name)).collect();
            found.extend(new);
            at += 1;
        }
        found.remove(0);
        found
    }

    pub(super) fn default_partition(&self, of: &QualifiedName) -> Vec<QualifiedName> {
        let is_default = |relation: &Relation| relation.default_partition && relation.parents.contains(of);
        self.relations.iter().filter(|(_, relation)| is_default(relation)).map(|(name, _)| name.clone()).collect()
    }

    /// The tables to which its foreign keys refer.
    pub(super) fn referenced_by(&self, table: &QualifiedName) -> Vec<QualifiedName> {
        let constraints = self.relation(table).into_iter().flat_map(|relation| relation.constraints.values());
        let mut found: Vec<_> = constraints
            .filter_map(|constraint| match &constraint.rule {
                Rule::ForeignKey { references, .. } if references != table => Some(references.clone()),
                _ => None,
            })
            .collect();
        found.sort();
        found.dedup();
        found
    }

    /// The tables whose foreign keys refer to it.
    pub(super) fn referencing(&self, table: &QualifiedName) -> Vec<QualifiedName> {
        let refers = |relation: &Relation| {
            relation.constraints.values().any(
                |constraint| matches!(&constraint.rule, Rule::ForeignKey { references, .. } if references == table),
            )
        };
        let others = self.relations.iter().filter(|(name, relation)| *name != table && refers(relation));
        others.map(|(name, _)| name.clone()).collect()
    }

    pub(super) fn is_indexed(&self, table: &QualifiedName, column: &Identifier) -> bool {
        self.indexes.values().any(|index| index.table == *table && index.columns.contains(column))
    }

    /// The views that read it.
    pub(super) fn views_of(&self, table: &QualifiedName) -> Vec<QualifiedName> {
        let views = self.relations.iter().filter(|(_, relation)| relation.reads.contains(table));
        views.map(|(name, _)| name.clone()).collect()
    }

    /// What a view reads.
    pub(super) fn read_by(&self, view: &QualifiedName) -> Vec<QualifiedName> {
        self.relation(view).map(|relation| relation.reads.clone()).unwrap_or_default()
    }

    pub(super) fn tables_in(&self, schema: &Identifier) -> Vec<QualifiedName> {
        let is_in = |name: &&QualifiedName| name.schema.as_ref() == Some(schema);
        self.relations.keys().filter(is_in).cloned().collect()
    }

    /// The tables with rows and a column of a type.
    pub(super) fn tables_with(&self, data_type: &QualifiedName) -> Vec<QualifiedName> {
        let has = |relation: &Relation| {
            !relation.partitioned && relation.columns.values().any(|column| self.is_type(&column.data_type, data_type))
        };
        self.relations.iter().filter(|(_, relation)| has(relation)).map(|(name, _)| name.clone()).collect()
    }

    pub(super) fn is_checked_domain(&self, written: &str) -> bool {
        self.checked_domains.iter().any(|domain| self.is_type(written, domain))
    }

    /// Whether a type as it is written is this one.
    fn is_type(&self, written: &str, data_type: &QualifiedName) -> bool {
        let plain = written.replace('"', "");
        let name = data_type.name.as_str();
        match (plain.split_once('.'), &data_type.schema) {
            (Some((schema, of)), Some(known)) => schema == known.as_str() && of == name,
            (Some((_, of)), None) => of == name,
            (None, _) => plain == name,
        }
    }

    /// Whether a default value may differ from row to row. A function that is not known is taken to be volatile.
    pub(super) fn is_volatile(&self, default: &DefaultValue) -> bool {
        default.calls.iter().any(|call| {
            let is_own = |(name, _): &(&QualifiedName, &bool)| {
                name.name == call.name && (call.schema.is_none() || call.schema == name.schema)
            };
            match self.functions.iter().find(is_own) {
                Some((_, volatile)) => *volatile,
                None => {
                    let name = call.name.as_str();
                    !volatile::STEADY.contains(&name)
                }
            }
        })
    }
}
