//! The tables of a script or a catalog in one form, so that a rule about them is written once.

mod catalog;
mod constraint;
mod data_type;
mod enum_type;
mod function;
mod policy;
mod script;

use limosa_catalog::{Identifier, ObjectId, QualifiedName};
use limosa_syntax::{Generation, Span};

pub(crate) use catalog::{qualified, tables_of_catalog};
pub(crate) use constraint::{Constraint, ForeignKey, Index, Key, Rule};
pub(crate) use data_type::DataType;
pub(crate) use enum_type::{EnumType, enums_of_catalog, enums_of_script, of_enums};
pub(crate) use function::{Function, functions_of_catalog, functions_of_script};
pub(crate) use policy::{Policy, of_policies, policies_of_catalog, policies_of_script};
pub(crate) use script::tables_of_script;

/// Asks about each table that scripts make or change, and each of catalogs.
macro_rules! of_tables {
    ($check:path) => {
        &[
            $crate::rule::On::Script(|script, found| script.tables().iter().for_each(|table| $check(table, found))),
            $crate::rule::On::Catalog(|view, found| view.tables().iter().for_each(|table| $check(table, found))),
        ]
    };
}
pub(crate) use of_tables;

/// Where something is that both scripts and catalogs hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Site<'a> {
    /// A place of the script.
    Script(Span),
    /// An object of the catalog.
    Catalog(&'a ObjectId),
}

/// A table: all that a catalog has of it, or what a script says of it.
#[derive(Debug, Clone)]
pub(crate) struct Table<'a> {
    pub(crate) site: Site<'a>,
    /// With its schema, where that is known.
    pub(crate) name: QualifiedName,
    /// Whether the name is the script's own, or the catalog's.
    pub(crate) is_named_here: bool,
    /// Whether nothing is left out: the script makes it, and takes nothing over from another relation.
    pub(crate) whole: bool,
    /// Whether it is part of another table, whose definition it follows.
    pub(crate) is_partition: bool,
    /// Whether its rows are on another server.
    pub(crate) foreign: bool,
    pub(crate) columns: Vec<Column<'a>>,
    pub(crate) constraints: Vec<Constraint<'a>>,
    pub(crate) indexes: Vec<Index<'a>>,
    /// `ENABLE ROW LEVEL SECURITY`
    pub(crate) row_security: bool,
    /// `FORCE ROW LEVEL SECURITY`
    pub(crate) force_row_security: bool,
    /// How many policies it has.
    pub(crate) policies: usize,
}

/// A column.
#[derive(Debug, Clone)]
pub(crate) struct Column<'a> {
    pub(crate) site: Site<'a>,
    pub(crate) name: Identifier,
    /// Whether the name is the script's own, or the catalog's.
    pub(crate) is_named_here: bool,
    /// Its type; `None` where the script does not say.
    pub(crate) data_type: Option<DataType>,
    /// `NOT NULL`, or in the primary key; `None` where the script does not say.
    pub(crate) not_null: Option<bool>,
    /// The default value.
    pub(crate) default: Option<String>,
    pub(crate) generation: Option<Generation>,
}

impl<'a> Table<'a> {
    pub(crate) fn column(&self, name: &Identifier) -> Option<&Column<'a>> {
        self.columns.iter().find(|column| column.name == *name)
    }

    /// The columns of the primary key.
    pub(crate) fn primary_key(&self) -> Option<&[Identifier]> {
        self.constraints.iter().find_map(|constraint| match &constraint.rule {
            Rule::PrimaryKey(columns) => Some(columns.as_slice()),
            _ => None,
        })
    }

    /// The foreign keys, with the constraints that hold them.
    pub(crate) fn foreign_keys(&self) -> impl Iterator<Item = (&Constraint<'a>, &ForeignKey)> {
        self.constraints.iter().filter_map(|constraint| match &constraint.rule {
            Rule::ForeignKey(key) => Some((constraint, key)),
            _ => None,
        })
    }

    /// The name for messages, in backticks.
    pub(crate) fn shown(&self) -> String {
        crate::found::shown(&self.name)
    }

    /// A column's name for messages, in backticks.
    pub(crate) fn shown_column(&self, column: &Identifier) -> String {
        shown_column(&self.name, column)
    }
}

/// A column's name for messages, in backticks.
pub(crate) fn shown_column(table: &QualifiedName, column: &Identifier) -> String {
    let table = crate::found::shown(table);
    format!("{}.{}`", table.trim_end_matches('`'), column.for_people())
}

/// Names with commas between them, in one pair of backticks.
pub(crate) fn shown_columns(columns: &[Identifier]) -> String {
    let names: Vec<String> = columns.iter().map(|column| column.for_people().to_string()).collect();
    format!("`{}`", names.join(", "))
}
