//! Constraints and indexes.

use limosa_catalog::kind::constraint::ReferentialAction;
use limosa_catalog::{Identifier, QualifiedName};

use super::Site;

/// A constraint other than `NOT NULL`.
#[derive(Debug, Clone)]
pub(crate) struct Constraint<'a> {
    pub(crate) site: Site<'a>,
    /// Its name; `None` where the script leaves it to the server.
    pub(crate) name: Option<Identifier>,
    pub(crate) rule: Rule,
}

/// What a constraint demands.
#[derive(Debug, Clone)]
pub(crate) enum Rule {
    PrimaryKey(Vec<Identifier>),
    Unique {
        columns: Vec<Identifier>,
        nulls_not_distinct: bool,
    },
    /// The expression; of a script, the whole definition.
    Check(String),
    ForeignKey(ForeignKey),
    Exclusion,
}

/// A foreign key.
#[derive(Debug, Clone)]
pub(crate) struct ForeignKey {
    pub(crate) columns: Vec<Identifier>,
    /// The table that is referenced, with its schema where that is known.
    pub(crate) references: QualifiedName,
    /// Its columns; none where the script means the primary key.
    pub(crate) referenced_columns: Vec<Identifier>,
    /// `None` where the script does not say.
    pub(crate) on_delete: Option<ReferentialAction>,
    /// The columns that `SET NULL` or `SET DEFAULT` upon deletion sets, where not all.
    pub(crate) on_delete_columns: Vec<Identifier>,
    /// `None` where the script does not say.
    pub(crate) on_update: Option<ReferentialAction>,
}

/// An index, those of keys aside.
#[derive(Debug, Clone)]
pub(crate) struct Index<'a> {
    pub(crate) site: Site<'a>,
    /// Its name; `None` where the script leaves it to the server.
    pub(crate) name: Option<Identifier>,
    pub(crate) unique: bool,
    pub(crate) nulls_not_distinct: bool,
    /// The access method.
    pub(crate) method: String,
    pub(crate) keys: Vec<Key>,
    /// The rows that it covers, where not all.
    pub(crate) predicate: Option<String>,
    /// Not used by queries: its build was broken off.
    pub(crate) invalid: bool,
    /// Part of the index of a partitioned table.
    pub(crate) is_partition: bool,
}

/// A key of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Key {
    Column(Identifier),
    /// An expression; its text is empty where the script's was not kept.
    Expression(String),
}

impl Index<'_> {
    /// The columns, where all keys are columns.
    pub(crate) fn columns(&self) -> Option<Vec<Identifier>> {
        let column = |key: &Key| match key {
            Key::Column(column) => Some(column.clone()),
            Key::Expression(_) => None,
        };
        self.keys.iter().map(column).collect()
    }
}
