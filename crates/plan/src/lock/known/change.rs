//! What a statement changes in what is known.

use limosa_catalog::{Identifier, QualifiedName};
use limosa_syntax::{Command, IndexAction, NewTable, TableAction};

use super::{Index, Kind, Known, Relation, Rule};

impl Known {
    /// Takes a statement as done.
    pub fn apply(&mut self, command: &Command) {
        match command {
            Command::CreateTable(table) => self.create_table(table),
            Command::CreateTableAs { name, reads, materialized_view } => {
                self.add(name, Kind::Table, if *materialized_view { reads } else { &[] });
            }
            Command::CreateView { name, reads, .. } => self.add(name, Kind::View, reads),
            Command::CreateSequence { name, .. } => self.add(name, Kind::Sequence, &[]),
            Command::CreateIndex { name, table, columns, expressions, predicate, .. } => {
                let table = self.resolve(table);
                let made_up = || Identifier::new(format!("{}_{}_idx", table.name.as_str(), joined(columns))).ok();
                if let Some(name) = name.clone().or_else(made_up) {
                    let index = QualifiedName { schema: table.schema.clone(), name };
                    let full = predicate.is_none() && !expressions;
                    self.put_index(index, Index { table, columns: columns.clone(), full });
                }
            }
            Command::AlterTable { table, actions, .. } => {
                let mut table = self.resolve(table);
                if !self.complete {
                    // It is there, or the server will refuse the statement; what is said of it is known from here on.
                    self.relations.entry(table.clone()).or_default();
                }
                for action in actions {
                    self.alter(&mut table, action);
                }
            }
            Command::AlterIndex { index, action: IndexAction::Rename(to) } => {
                let index = self.resolve(index);
                let to = QualifiedName { schema: index.schema.clone(), name: to.clone() };
                self.rename_index(&index, to);
            }
            Command::DropRelations { names, .. } => {
                for name in names.iter().map(|name| self.resolve(name)).collect::<Vec<_>>() {
                    self.forget(&name);
                }
            }
            Command::DropSchema { names, cascade: true } => {
                for name in names.iter().flat_map(|schema| self.tables_in(schema)).collect::<Vec<_>>() {
                    self.forget(&name);
                }
            }
            Command::DropIndex { names, .. } => {
                for name in names.iter().map(|name| self.resolve(name)).collect::<Vec<_>>() {
                    self.forget_index(&name);
                }
            }
            Command::CreateStatistics { name: Some(name), tables } => {
                if let [table] = tables.as_slice() {
                    let (name, table) = (self.resolve_new(name), self.resolve(table));
                    self.statistics.insert(name, table);
                }
            }
            Command::CreateDomain { domain, checked } => {
                let domain = self.resolve_new(domain);
                self.domains.insert(domain, *checked);
            }
            Command::AlterDomain { domain, change } if *change != limosa_syntax::DomainChange::Unchecked => {
                let domain = self.resolve(domain);
                self.domains.insert(domain, true);
            }
            Command::Block(commands) => {
                for command in commands {
                    self.apply(command);
                }
            }
            _ => {}
        }
    }

    /// A new relation takes the place of none that is there: `IF NOT EXISTS` and `OR REPLACE` leave others what they
    /// are.
    fn add(&mut self, name: &QualifiedName, kind: Kind, reads: &[QualifiedName]) {
        let name = self.resolve_new(name);
        let reads: Vec<_> = reads.iter().map(|read| self.resolve(read)).filter(|read| *read != name).collect();
        if self.relations.contains_key(&name) {
            self.change(&name, |relation| relation.reads = reads);
        } else {
            self.new.insert(name.clone());
            self.put(name, Relation { kind, reads, ..Relation::default() });
        }
    }

    fn resolve_new(&self, name: &QualifiedName) -> QualifiedName {
        let schema = name.schema.clone().or_else(|| self.search_path.first().cloned());
        QualifiedName { schema, name: name.name.clone() }
    }

    fn create_table(&mut self, table: &NewTable) {
        let name = self.resolve_new(&table.name);
        if self.relations.contains_key(&name) {
            if table.if_not_exists {
                return;
            }
            // It went away without our knowing, or the server would refuse the statement.
            self.forget(&name);
        }
        let parents: Vec<_> =
            table.partition_of.iter().chain(&table.inherits).map(|parent| self.resolve(parent)).collect();
        let mut relation = Relation {
            temporary: table.temporary,
            default_partition: table.default_partition,
            partitioned: table.partitioned,
            ..Relation::default()
        };
        for model in table.like.iter().map(|like| self.resolve(like)).chain(parents.iter().cloned()) {
            let columns = self.relation(&model).map(|model| model.columns.clone());
            relation.columns.extend(columns.unwrap_or_default());
        }
        relation.parents = parents;
        self.new.insert(name.clone());
        self.put(name.clone(), relation);
        if let Some(parent) = &table.partition_of {
            self.is_parent(&self.resolve(parent));
        }
        for column in &table.columns {
            self.add_column(&name, column);
        }
        for constraint in &table.constraints {
            self.add_constraint(&name, constraint);
        }
    }

    /// What has partitions is partitioned.
    fn is_parent(&mut self, table: &QualifiedName) {
        if let Some(relation) = self.relations.get_mut(table) {
            relation.partitioned = true;
        } else if !self.complete {
            self.put(table.clone(), Relation { partitioned: true, ..Relation::default() });
        }
    }

    fn alter(&mut self, table: &mut QualifiedName, action: &TableAction) {
        match action {
            TableAction::AddColumn(column) => self.add_column(table, column),
            TableAction::AddConstraint(constraint) => self.add_constraint(table, constraint),
            TableAction::SetNotNull(column) => self.set_not_null(table, std::slice::from_ref(column)),
            TableAction::Rename(to) => {
                let renamed = QualifiedName { schema: table.schema.clone(), name: to.clone() };
                self.rename(table, renamed);
            }
            TableAction::SetSchema(to) => {
                let moved = QualifiedName { schema: Some(to.clone()), name: table.name.clone() };
                self.rename(table, moved);
            }
            TableAction::AttachPartition { partition, default } => {
                let partition = self.resolve(partition);
                self.is_parent(table);
                if !self.complete {
                    self.relations.entry(partition.clone()).or_default();
                }
                self.change(&partition, |relation| {
                    relation.parents.push(table.clone());
                    relation.default_partition = *default;
                });
            }
            TableAction::DetachPartition { partition, .. } => {
                let partition = self.resolve(partition);
                self.change(&partition, |relation| {
                    relation.parents.retain(|parent| parent != table);
                    relation.default_partition = false;
                });
            }
            TableAction::Inherit(parent) | TableAction::NoInherit(parent) => {
                let parent = self.resolve(parent);
                self.change(table, |relation| {
                    relation.parents.retain(|it| *it != parent);
                    if matches!(action, TableAction::Inherit(_)) {
                        relation.parents.push(parent);
                    }
                });
            }
            TableAction::DropColumn(column) => {
                self.change(table, |relation| {
                    relation.columns.remove(column);
                    relation.constraints.retain(|_, constraint| !constraint.rule.is_of(column));
                });
                self.forget_indexes(table, |index| index.columns.contains(column));
            }
            TableAction::DropConstraint(name) => {
                self.change(table, |relation| drop(relation.constraints.remove(name)));
                self.forget_index(&QualifiedName { schema: table.schema.clone(), name: name.clone() });
            }
            TableAction::RenameConstraint { from, to } => {
                self.change(table, |relation| {
                    if let Some(constraint) = relation.constraints.remove(from) {
                        relation.constraints.insert(to.clone(), constraint);
                    }
                });
                let index = |name: &Identifier| QualifiedName { schema: table.schema.clone(), name: name.clone() };
                self.rename_index(&index(from), index(to));
            }
            TableAction::RenameColumn { from, to } => self.rename_column(table, from, to),
            _ => self.alter_column(table, action),
        }
    }

    /// What changes nothing that leads from one relation to another.
    fn alter_column(&mut self, table: &QualifiedName, action: &TableAction) {
        let Some(relation) = self.relations.get_mut(table) else { return };
        match action {
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
            _ => {}
        }
    }

    fn rename_column(&mut self, table: &QualifiedName, from: &Identifier, to: &Identifier) {
        let Some(relation) = self.relations.get_mut(table) else { return };
        if let Some(column) = relation.columns.remove(from) {
            relation.columns.insert(to.clone(), column);
        }
        for constraint in relation.constraints.values_mut() {
            constraint.rule.rename_column(from, to);
        }
        for name in self.of_table.get(table).into_iter().flatten() {
            if let Some(index) = self.indexes.get_mut(name) {
                rename(&mut index.columns, from, to);
            }
        }
    }

    fn rename(&mut self, table: &mut QualifiedName, to: QualifiedName) {
        let from = std::mem::replace(table, to.clone());
        for name in self.links.all(&from) {
            self.change(&name, |relation| relation.rename(&from, &to));
        }
        if let Some(relation) = self.relations.remove(&from) {
            self.links.remove(&from, &relation);
            self.put(to.clone(), relation);
            if self.new.remove(&from) {
                self.new.insert(to.clone());
            }
        }
        for name in self.of_table.remove(&from).unwrap_or_default() {
            if let Some(mut index) = self.indexes.remove(&name) {
                index.table = to.clone();
                self.put_index(QualifiedName { schema: to.schema.clone(), name: name.name }, index);
            }
        }
    }

    fn rename_index(&mut self, from: &QualifiedName, to: QualifiedName) {
        if let Some(index) = self.forget_index(from) {
            self.put_index(to, index);
        }
    }

    fn forget_indexes(&mut self, table: &QualifiedName, which: impl Fn(&Index) -> bool) {
        let of_table = self.of_table.get(table).into_iter().flatten();
        let gone: Vec<_> = of_table.filter(|name| self.index(name).is_some_and(&which)).cloned().collect();
        for name in gone {
            self.forget_index(&name);
        }
    }

    /// Takes a relation as dropped, with what cannot be without it.
    pub(super) fn forget(&mut self, name: &QualifiedName) {
        let Some(relation) = self.relations.remove(name) else { return };
        self.links.remove(name, &relation);
        self.new.remove(name);
        self.forget_indexes(name, |_| true);
        let with_it: Vec<_> = self.links.children(name).chain(self.links.readers(name)).cloned().collect();
        for name in with_it {
            self.forget(&name);
        }
        for referencing in self.links.referencing(name).cloned().collect::<Vec<_>>() {
            self.change(&referencing, |relation| {
                let refers = |rule: &Rule| matches!(rule, Rule::ForeignKey { references, .. } if references == name);
                relation.constraints.retain(|_, constraint| !refers(&constraint.rule));
            });
        }
    }
}

impl Relation {
    /// Calls another relation that it names by a new name.
    fn rename(&mut self, from: &QualifiedName, to: &QualifiedName) {
        let references = self.constraints.values_mut().filter_map(|constraint| match &mut constraint.rule {
            Rule::ForeignKey { references, .. } => Some(references),
            _ => None,
        });
        for name in self.parents.iter_mut().chain(&mut self.reads).chain(references).filter(|name| *name == from) {
            name.clone_from(to);
        }
    }
}

impl Rule {
    /// Whether it goes when a column goes.
    fn is_of(&self, column: &Identifier) -> bool {
        match self {
            Self::Key(columns) | Self::ForeignKey { columns, .. } => columns.contains(column),
            Self::Check(check) => check.names.contains(column),
            Self::NotNull(of) => of == column,
            Self::Exclusion => false,
        }
    }

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
