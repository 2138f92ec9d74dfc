//! Columns and constraints that are added to what is known.

use limosa_catalog::{Identifier, QualifiedName};
use limosa_syntax::{ColumnDefinition, Generation, TableConstraint, TableRule};

use super::{Column, Constraint, Index, Known, Relation, Rule};

/// A name that the server makes up is cut to this many bytes.
const LONGEST_NAME: usize = 63;

impl Known {
    /// Changes a relation, if it is known, and what leads to it.
    pub(super) fn change(&mut self, name: &QualifiedName, change: impl FnOnce(&mut Relation)) {
        if let Some(mut relation) = self.relations.remove(name) {
            self.links.remove(name, &relation);
            change(&mut relation);
            self.put(name.clone(), relation);
        }
    }

    /// Takes in a relation.
    pub(super) fn put(&mut self, name: QualifiedName, relation: Relation) {
        self.links.add(&name, &relation);
        self.relations.insert(name, relation);
    }

    /// Takes in an index.
    pub(super) fn put_index(&mut self, name: QualifiedName, index: Index) {
        self.forget_index(&name);
        self.of_table.entry(index.table.clone()).or_default().insert(name.clone());
        self.indexes.insert(name, index);
    }

    pub(super) fn forget_index(&mut self, name: &QualifiedName) -> Option<Index> {
        let index = self.indexes.remove(name)?;
        if let Some(names) = self.of_table.get_mut(&index.table) {
            names.remove(name);
        }
        Some(index)
    }

    pub(super) fn add_column(&mut self, table: &QualifiedName, column: &ColumnDefinition) {
        let not_null = column.not_null || column.generation == Some(Generation::Sequence);
        if let Some(relation) = self.relations.get_mut(table) {
            let known = Column { data_type: column.data_type.clone(), not_null };
            relation.columns.insert(column.name.clone(), known);
        }
        let columns = vec![column.name.clone()];
        if let Some(check) = &column.check {
            self.constrain(table, None, Rule::Check(check.clone()), true, "check");
        }
        if column.unique {
            let suffix = if column.primary { "pkey" } else { "key" };
            self.constrain(table, None, Rule::Key(columns.clone()), true, suffix);
        }
        if let Some(references) = &column.references {
            let references = self.resolve(references);
            self.constrain(table, None, Rule::ForeignKey { columns, references }, true, "fkey");
        }
    }

    pub(super) fn add_constraint(&mut self, table: &QualifiedName, constraint: &TableConstraint) {
        let (rule, suffix) = match &constraint.rule {
            TableRule::Key { columns, primary } => {
                if *primary {
                    self.set_not_null(table, columns);
                }
                (Rule::Key(columns.clone()), if *primary { "pkey" } else { "key" })
            }
            TableRule::KeyUsingIndex { index, primary } => {
                let of = QualifiedName { schema: table.schema.clone(), name: index.clone() };
                // The index takes the name of the constraint.
                let columns = self.forget_index(&of).map(|index| index.columns).unwrap_or_default();
                if *primary {
                    self.set_not_null(table, &columns);
                }
                let name = constraint.name.clone().or_else(|| Some(index.clone()));
                return self.constrain(table, name, Rule::Key(columns), true, "key");
            }
            TableRule::Check(check) => (Rule::Check(check.clone()), "check"),
            TableRule::ForeignKey { columns, references, .. } => {
                (Rule::ForeignKey { columns: columns.clone(), references: self.resolve(references) }, "fkey")
            }
            TableRule::Exclusion => (Rule::Exclusion, "excl"),
            TableRule::NotNull(column) => {
                if !constraint.unchecked {
                    self.set_not_null(table, std::slice::from_ref(column));
                }
                (Rule::NotNull(column.clone()), "not_null")
            }
        };
        self.constrain(table, constraint.name.clone(), rule, !constraint.unchecked, suffix);
    }

    /// Adds a constraint, under the name that the server would choose where none is given.
    fn constrain(&mut self, table: &QualifiedName, name: Option<Identifier>, rule: Rule, valid: bool, suffix: &str) {
        let Some(relation) = self.relation(table) else { return };
        let Some(name) = name.or_else(|| made_up(table, relation, &rule, suffix)) else { return };
        if let Rule::Key(columns) = &rule {
            let index = QualifiedName { schema: table.schema.clone(), name: name.clone() };
            self.put_index(index, Index { table: table.clone(), columns: columns.clone(), full: true });
        }
        self.change(table, |relation| drop(relation.constraints.insert(name, Constraint { rule, valid })));
    }

    pub(super) fn set_not_null(&mut self, table: &QualifiedName, columns: &[Identifier]) {
        if let Some(relation) = self.relations.get_mut(table) {
            for column in columns {
                relation.columns.entry(column.clone()).or_default().not_null = true;
            }
        }
    }
}

/// `table_columns_suffix`; a primary key has no columns in its name, a check has one if it mentions just one. A number
/// follows where the name is taken.
fn made_up(table: &QualifiedName, relation: &Relation, rule: &Rule, suffix: &str) -> Option<Identifier> {
    let columns: Vec<&Identifier> = match rule {
        Rule::Key(_) if suffix == "pkey" => Vec::new(),
        Rule::Key(columns) | Rule::ForeignKey { columns, .. } => columns.iter().collect(),
        Rule::NotNull(column) => vec![column],
        Rule::Check(check) => {
            let mut mentioned: Vec<_> =
                check.names.iter().filter(|name| relation.columns.contains_key(*name)).collect();
            mentioned.dedup();
            if mentioned.len() == 1 { mentioned } else { Vec::new() }
        }
        Rule::Exclusion => Vec::new(),
    };
    let columns: Vec<&str> = columns.iter().map(|it| it.as_str()).collect();
    let name = |number: usize| {
        let number = if number == 0 { String::new() } else { number.to_string() };
        let (mut table, mut columns) = (table.name.as_str().to_owned(), columns.join("_"));
        let parts = if columns.is_empty() { 1 } else { 2 };
        // The longer of the two parts loses its end.
        while table.len() + columns.len() + suffix.len() + number.len() + parts > LONGEST_NAME {
            let longer = if table.len() > columns.len() { &mut table } else { &mut columns };
            longer.pop()?;
        }
        let middle = if columns.is_empty() { String::new() } else { format!("_{columns}") };
        Identifier::new(format!("{table}{middle}_{suffix}{number}")).ok()
    };
    (0..=relation.constraints.len()).find_map(|number| name(number).filter(|it| !relation.constraints.contains_key(it)))
}
