//! What a statement changes in what is known.

use limosa_catalog::{Identifier, QualifiedName};
use limosa_syntax::{
    CheckExpression, ColumnDefinition, Command, Generation, NewTable, TableAction, TableConstraint, TableRule,
};

use super::{Column, Constraint, Index, Kind, Known, Relation, Rule};

impl Known {
    /// Takes a statement as done.
    pub fn apply(&mut self, command: &Command) {
        match command {
            Command::CreateTable(table) => self.create_table(table),
            Command::CreateTableAs { name, .. } => self.add(name, Kind::Table),
            Command::CreateView { name, reads, .. } => {
                self.add(name, Kind::View);
                let (name, reads) = (self.resolve_new(name), reads.iter().map(|read| self.resolve(read)).collect());
                if let Some(view) = self.relations.get_mut(&name) {
                    view.reads = reads;
                }
            }
            Command::CreateSequence { name, .. } => self.add(name, Kind::Sequence),
            Command::CreateIndex { name, table, columns, expressions, predicate, .. } => {
                let table = self.resolve(table);
                let made_up = || Identifier::new(format!("{}_{}_idx", table.name.as_str(), joined(columns))).ok();
                if let Some(name) = name.clone().or_else(made_up) {
                    let index = QualifiedName { schema: table.schema.clone(), name };
                    let full = predicate.is_none() && !expressions;
                    self.indexes.insert(index, Index { table, columns: columns.clone(), full });
                }
            }
            Command::AlterTable { table, actions, .. } => {
                let mut table = self.resolve(table);
                if !self.complete {
                    // It is there, or the server will refuse the statement; what is said of it now is known from here on.
                    self.relations.entry(table.clone()).or_default();
                }
                for action in actions {
                    self.alter(&mut table, action);
                }
            }
            Command::DropRelations { names, .. } => {
                for name in names.iter().map(|name| self.resolve(name)).collect::<Vec<_>>() {
                    self.relations.remove(&name);
                    self.indexes.retain(|_, index| index.table != name);
                }
            }
            Command::DropIndex { names, .. } => {
                for name in names.iter().map(|name| self.resolve(name)).collect::<Vec<_>>() {
                    self.indexes.remove(&name);
                }
            }
            Command::CreateStatistics { name: Some(name), tables } => {
                if let [table] = tables.as_slice() {
                    let (name, table) = (self.resolve_new(name), self.resolve(table));
                    self.statistics.insert(name, table);
                }
            }
            Command::Block(commands) => {
                for command in commands {
                    self.apply(command);
                }
            }
            _ => {}
        }
    }

    /// A new relation takes the place of one that is there only where that is new as well: `IF NOT EXISTS` and
    /// `OR REPLACE` leave others what they are.
    fn add(&mut self, name: &QualifiedName, kind: Kind) {
        let name = self.resolve_new(name);
        self.relations.entry(name).or_insert(Relation { kind, new: true, ..Relation::default() });
    }

    fn resolve_new(&self, name: &QualifiedName) -> QualifiedName {
        let schema = name.schema.clone().or_else(|| self.search_path.first().cloned());
        QualifiedName { schema, name: name.name.clone() }
    }

    fn create_table(&mut self, table: &NewTable) {
        let name = self.resolve_new(&table.name);
        if self.relations.contains_key(&name) {
            return;
        }
        let parents = table.partition_of.iter().chain(&table.inherits).map(|parent| self.resolve(parent)).collect();
        let relation = Relation {
            new: true,
            parents,
            default_partition: table.default_partition,
            partitioned: table.partitioned,
            ..Relation::default()
        };
        self.relations.insert(name.clone(), relation);
        for column in &table.columns {
            self.add_column(&name, column);
        }
        for constraint in &table.constraints {
            self.add_constraint(&name, constraint);
        }
    }

    fn add_column(&mut self, table: &QualifiedName, column: &ColumnDefinition) {
        let not_null = column.not_null || column.generation == Some(Generation::Sequence);
        if let Some(relation) = self.relations.get_mut(table) {
            let known = Column { data_type: column.data_type.clone(), not_null };
            relation.columns.insert(column.name.clone(), known);
        }
        let columns = vec![column.name.clone()];
        if let Some(check) = &column.check {
            self.constrain(table, None, Rule::Check(check.clone()), true);
        }
        if column.unique {
            self.constrain(table, None, Rule::Key(columns.clone()), true);
        }
        if let Some(references) = &column.references {
            let references = self.resolve(references);
            self.constrain(table, None, Rule::ForeignKey { columns, references }, true);
        }
    }

    fn add_constraint(&mut self, table: &QualifiedName, constraint: &TableConstraint) {
        let rule = match &constraint.rule {
            TableRule::Key { columns, primary } => {
                if *primary {
                    self.set_not_null(table, columns);
                }
                Rule::Key(columns.clone())
            }
            TableRule::KeyUsingIndex { index, primary } => {
                let index = QualifiedName { schema: table.schema.clone(), name: index.clone() };
                let columns = self.index(&index).map(|index| index.columns.clone()).unwrap_or_default();
                if *primary {
                    self.set_not_null(table, &columns);
                }
                Rule::Key(columns)
            }
            TableRule::Check(check) => Rule::Check(check.clone()),
            TableRule::ForeignKey { columns, references, .. } => {
                Rule::ForeignKey { columns: columns.clone(), references: self.resolve(references) }
            }
            TableRule::Exclusion => Rule::Exclusion,
            TableRule::NotNull(column) => {
                if !constraint.unchecked {
                    self.set_not_null(table, std::slice::from_ref(column));
                }
                Rule::NotNull(column.clone())
            }
        };
        self.constrain(table, constraint.name.clone(), rule, !constraint.unchecked);
    }

    /// Adds a constraint, under the name that the server would choose where none is given.
    fn constrain(&mut self, table: &QualifiedName, name: Option<Identifier>, rule: Rule, valid: bool) {
        let Some(relation) = self.relations.get_mut(table) else { return };
        let made_up = || {
            let (columns, suffix) = match &rule {
                Rule::Key(columns) => (joined(columns), "key"),
                Rule::Check(CheckExpression { names, .. }) => {
                    (names.first().map_or(String::new(), |n| n.as_str().into()), "check")
                }
                Rule::ForeignKey { columns, .. } => (joined(columns), "fkey"),
                Rule::Exclusion => (String::new(), "excl"),
                Rule::NotNull(column) => (column.as_str().to_owned(), "not_null"),
            };
            Identifier::new(format!("{}_{columns}_{suffix}", table.name.as_str())).ok()
        };
        if let Some(name) = name.or_else(made_up) {
            relation.constraints.insert(name, Constraint { rule, valid });
        }
    }

    fn set_not_null(&mut self, table: &QualifiedName, columns: &[Identifier]) {
        if let Some(relation) = self.relations.get_mut(table) {
            for column in columns {
                relation.columns.entry(column.clone()).or_default().not_null = true;
            }
        }
    }

    fn alter(&mut self, table: &mut QualifiedName, action: &TableAction) {
        match action {
            TableAction::AddColumn(column) => return self.add_column(table, column),
            TableAction::AddConstraint(constraint) => return self.add_constraint(table, constraint),
            TableAction::SetNotNull(column) => return self.set_not_null(table, std::slice::from_ref(column)),
            TableAction::Rename(to) => {
                let renamed = QualifiedName { schema: table.schema.clone(), name: to.clone() };
                return self.rename(table, renamed);
            }
            TableAction::SetSchema(to) => {
                let moved = QualifiedName { schema: Some(to.clone()), name: table.name.clone() };
                return self.rename(table, moved);
            }
            TableAction::AttachPartition { partition, default } => {
                let partition = self.resolve(partition);
                if let Some(relation) = self.relations.get_mut(&partition) {
                    relation.parents.push(table.clone());
                    relation.default_partition = *default;
                }
                return;
            }
            TableAction::DetachPartition { partition, .. } => {
                let partition = self.resolve(partition);
                if let Some(relation) = self.relations.get_mut(&partition) {
                    relation.parents.retain(|parent| parent != table);
                }
                return;
            }
            TableAction::Inherit(parent) | TableAction::NoInherit(parent) => {
                let parent = self.resolve(parent);
                if let Some(relation) = self.relations.get_mut(table) {
                    relation.parents.retain(|it| *it != parent);
                    if matches!(action, TableAction::Inherit(_)) {
                        relation.parents.push(parent);
                    }
                }
                return;
            }
            _ => {}
        }
        let Some(relation) = self.relations.get_mut(table) else { return };
        match action {
            TableAction::DropColumn(column) => drop(relation.columns.remove(column)),
            TableAction::DropNotNull(column) => {
                relation.columns.entry(column.clone()).or_default().not_null = false;
            }
            TableAction::SetType { column, data_type, .. } => {
                relation.columns.entry(column.clone()).or_default().data_type.clone_from(data_type);
            }
            TableAction::ValidateConstraint(name) => {
                if let Some(constraint) = relation.constraints.get_mut(name) {
                    constraint.valid = true;
                    if let Rule::NotNull(column) = constraint.rule.clone() {
                        relation.columns.entry(column).or_default().not_null = true;
                    }
                }
            }
            TableAction::DropConstraint(name) => drop(relation.constraints.remove(name)),
            TableAction::RenameConstraint { from, to } => {
                if let Some(constraint) = relation.constraints.remove(from) {
                    relation.constraints.insert(to.clone(), constraint);
                }
            }
            TableAction::RenameColumn { from, to } => {
                if let Some(column) = relation.columns.remove(from) {
                    relation.columns.insert(to.clone(), column);
                }
                for constraint in relation.constraints.values_mut() {
                    constraint.rule.rename_column(from, to);
                }
                for index in self.indexes.values_mut().filter(|index| index.table == *table) {
                    rename(&mut index.columns, from, to);
                }
            }
            _ => {}
        }
    }

    fn rename(&mut self, table: &mut QualifiedName, to: QualifiedName) {
        if let Some(relation) = self.relations.remove(table) {
            self.relations.insert(to.clone(), relation);
        }
        let names = self.relations.values_mut().flat_map(|relation| {
            let references = relation.constraints.values_mut().filter_map(|constraint| match &mut constraint.rule {
                Rule::ForeignKey { references, .. } => Some(references),
                _ => None,
            });
            relation.parents.iter_mut().chain(references).chain(&mut relation.reads)
        });
        for name in names.chain(self.indexes.values_mut().map(|index| &mut index.table)) {
            if name == table {
                *name = to.clone();
            }
        }
        *table = to;
    }
}

impl Rule {
    fn rename_column(&mut self, from: &Identifier, to: &Identifier) {
        match self {
            Self::Key(columns) | Self::ForeignKey { columns, .. } => rename(columns, from, to),
            Self::Check(check) => {
                rename(&mut check.names, from, to);
                rename(&mut check.not_null, from, to);
            }
            Self::NotNull(column) => rename(std::slice::from_mut(column), from, to),
            Self::Exclusion => {}
        }
    }
}

fn rename(columns: &mut [Identifier], from: &Identifier, to: &Identifier) {
    for column in columns.iter_mut().filter(|column| *column == from) {
        *column = to.clone();
    }
}

fn joined(columns: &[Identifier]) -> String {
    columns.iter().map(Identifier::as_str).collect::<Vec<_>>().join("_")
}
