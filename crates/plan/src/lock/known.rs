//! What is known of relations before a statement.

mod catalog;
mod change;
mod constrain;
mod links;
mod volatile;

use std::collections::{BTreeMap, BTreeSet};

use limosa_catalog::{Identifier, QualifiedName};
use limosa_syntax::CheckExpression;

use links::Links;

/// The relations that statements meet: those of a catalog, changed by the statements before.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Whether what is not here is not there.
    complete: bool,
    /// Where names without a schema are looked for, and new ones go.
    search_path: Vec<Identifier>,
    relations: BTreeMap<QualifiedName, Relation>,
    /// Those that the statements before have made, so that nobody else has them yet.
    new: BTreeSet<QualifiedName>,
    links: Links,
    /// The table of each index.
    indexes: BTreeMap<QualifiedName, Index>,
    /// The indexes of each table.
    of_table: BTreeMap<QualifiedName, BTreeSet<QualifiedName>>,
    /// The table of each statistics object.
    statistics: BTreeMap<QualifiedName, QualifiedName>,
    /// Whether each domain has constraints.
    domains: BTreeMap<QualifiedName, bool>,
    /// The functions by their names: the schema of each, and whether it is volatile.
    functions: BTreeMap<Identifier, Vec<(Option<Identifier>, bool)>>,
}

/// One relation.
#[derive(Debug, Clone, Default)]
pub(super) struct Relation {
    pub(super) kind: Kind,
    /// Whether it is seen by the session alone that has made it.
    pub(super) temporary: bool,
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
    /// Whether it holds every row, and its keys are all columns.
    pub(super) full: bool,
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
        for name in std::mem::take(&mut self.new) {
            if self.relation(&name).is_some_and(|relation| relation.temporary) {
                self.forget(&name);
            }
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
    #[must_use]
    pub fn resolve(&self, name: &QualifiedName) -> QualifiedName {
        let with = |schema: &Identifier| QualifiedName { schema: Some(schema.clone()), name: name.name.clone() };
        if name.schema.is_some() {
            return name.clone();
        }
        let is_there = |it: &QualifiedName| self.relations.contains_key(it) || self.indexes.contains_key(it);
        let found = self.search_path.iter().map(with).find(is_there);
        found.or_else(|| self.search_path.first().map(with)).unwrap_or_else(|| name.clone())
    }

    /// The relations that statements have made.
    pub fn new_relations(&self) -> impl Iterator<Item = &QualifiedName> {
        self.new.iter()
    }

    /// Takes relations that are there as made by the same run, so that nobody else has them yet.
    pub fn mark_new<'a>(&mut self, names: impl IntoIterator<Item = &'a QualifiedName>) {
        let there = names.into_iter().filter(|name| self.relations.contains_key(name));
        self.new.extend(there.cloned());
    }

    /// Whether a relation is known. The name has its schema.
    #[must_use]
    pub fn has_relation(&self, name: &QualifiedName) -> bool {
        self.relations.contains_key(name)
    }

    /// Whether the rows of a table are in its partitions.
    #[must_use]
    pub fn is_partitioned(&self, table: &QualifiedName) -> bool {
        self.relation(table).is_some_and(|relation| relation.partitioned)
    }

    /// The type of a column, as it was written or as the catalog writes it; `None` where it is not known.
    #[must_use]
    pub fn column_type(&self, table: &QualifiedName, column: &Identifier) -> Option<&str> {
        self.relation(table)?.columns.get(column).map(|column| column.data_type.as_str())
    }

    /// Whether a column holds no nulls; `None` where it is not known.
    #[must_use]
    pub fn is_not_null(&self, table: &QualifiedName, column: &Identifier) -> Option<bool> {
        self.relation(table)?.columns.get(column).map(|column| column.not_null)
    }

    /// Whether a constraint of a table is known as a primary key or `UNIQUE`.
    #[must_use]
    pub fn is_key(&self, table: &QualifiedName, constraint: &Identifier) -> bool {
        let constraint = self.relation(table).and_then(|relation| relation.constraints.get(constraint));
        constraint.is_some_and(|constraint| matches!(constraint.rule, Rule::Key(_)))
    }

    /// The columns of a table that are known.
    pub fn columns(&self, table: &QualifiedName) -> impl Iterator<Item = &Identifier> {
        self.relation(table).into_iter().flat_map(|relation| relation.columns.keys())
    }

    /// The table of an index.
    #[must_use]
    pub fn table_of_index(&self, index: &QualifiedName) -> Option<&QualifiedName> {
        self.index(index).map(|index| &index.table)
    }

    /// The indexes of a table, with the columns that are keys by themselves.
    pub fn indexes_of(&self, table: &QualifiedName) -> impl Iterator<Item = (&QualifiedName, &[Identifier])> {
        let names = self.of_table.get(table).into_iter().flatten();
        names.filter_map(|name| self.index(name).map(|index| (name, index.columns.as_slice())))
    }

    /// Whether an index, or a key, holds every row of a table and begins with these columns, in any order.
    #[must_use]
    pub fn has_index_on(&self, table: &QualifiedName, columns: &[Identifier]) -> bool {
        let begins = |keys: &[Identifier]| {
            keys.get(..columns.len()).is_some_and(|keys| columns.iter().all(|column| keys.contains(column)))
        };
        let names = self.of_table.get(table).into_iter().flatten();
        names.filter_map(|name| self.index(name)).any(|index| index.full && begins(&index.columns))
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

    /// Whether the statements before have made it, so that nobody else has it yet. The name has its schema.
    #[must_use]
    pub fn is_new(&self, name: &QualifiedName) -> bool {
        self.new.contains(name)
    }

    /// Partitions and inheriting tables, those of these included.
    #[must_use]
    pub fn descendants(&self, of: &QualifiedName) -> Vec<QualifiedName> {
        let mut seen = BTreeSet::from([of]);
        let mut found = Vec::new();
        let mut next: Vec<&QualifiedName> = self.links.children(of).collect();
        while !next.is_empty() {
            let level: Vec<&QualifiedName> = next.into_iter().filter(|name| seen.insert(name)).collect();
            next = level.iter().flat_map(|name| self.links.children(name)).collect();
            found.extend(level.into_iter().cloned());
        }
        found
    }

    /// The tables of which it is a partition, or from which it inherits.
    #[must_use]
    pub fn parents(&self, table: &QualifiedName) -> &[QualifiedName] {
        self.relation(table).map_or(&[], |relation| &relation.parents)
    }

    /// Whether a `CHECK` that holds for all of its rows is known of a table.
    #[must_use]
    pub fn has_valid_check(&self, table: &QualifiedName) -> bool {
        let is_check = |constraint: &Constraint| constraint.valid && matches!(constraint.rule, Rule::Check(_));
        self.relation(table).is_some_and(|relation| relation.constraints.values().any(is_check))
    }

    /// The partition for rows that fit nowhere else, if there is one.
    #[must_use]
    pub fn default_partition(&self, of: &QualifiedName) -> Vec<QualifiedName> {
        let is_default = |name: &&QualifiedName| self.relation(name).is_some_and(|it| it.default_partition);
        self.links.children(of).filter(is_default).cloned().collect()
    }

    /// The tables to which its foreign keys refer.
    #[must_use]
    pub fn referenced_by(&self, table: &QualifiedName) -> Vec<QualifiedName> {
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
    #[must_use]
    pub fn referencing(&self, table: &QualifiedName) -> Vec<QualifiedName> {
        self.links.referencing(table).filter(|name| *name != table).cloned().collect()
    }

    /// Whether a column is in any index of its table.
    #[must_use]
    pub fn is_indexed(&self, table: &QualifiedName, column: &Identifier) -> bool {
        self.indexes_of(table).any(|(_, columns)| columns.contains(column))
    }

    /// The views that read it.
    #[must_use]
    pub fn views_of(&self, table: &QualifiedName) -> Vec<QualifiedName> {
        self.links.readers(table).cloned().collect()
    }

    /// What a view reads.
    pub(super) fn read_by(&self, view: &QualifiedName) -> Vec<QualifiedName> {
        self.relation(view).map(|relation| relation.reads.clone()).unwrap_or_default()
    }

    /// The relations that are known in a schema.
    #[must_use]
    pub fn tables_in(&self, schema: &Identifier) -> Vec<QualifiedName> {
        let is_in = |name: &&QualifiedName| name.schema.as_ref() == Some(schema);
        self.relations.keys().filter(is_in).cloned().collect()
    }

    /// The tables with rows and a column of a type.
    #[must_use]
    pub fn tables_with(&self, data_type: &QualifiedName) -> Vec<QualifiedName> {
        let has = |relation: &Relation| {
            !relation.partitioned && relation.columns.values().any(|column| self.is_type(&column.data_type, data_type))
        };
        self.relations.iter().filter(|(_, relation)| has(relation)).map(|(name, _)| name.clone()).collect()
    }

    /// Whether a type as it is written is a domain with constraints.
    #[must_use]
    pub fn is_checked_domain(&self, written: &str) -> bool {
        self.domains.iter().any(|(domain, checked)| *checked && self.is_type(written, domain))
    }

    /// Whether a domain is known. The name has its schema.
    #[must_use]
    pub fn has_domain(&self, name: &QualifiedName) -> bool {
        self.domains.contains_key(name)
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
}
