//! The tables that a script makes or changes.

use std::collections::HashMap;

use limosa_catalog::{Identifier, QualifiedName};
use limosa_plan::lock::Known;
use limosa_syntax::{
    ColumnConstraint, ColumnDefinition, Command, MemberChange, NewTable, TableAction, TableConstraint, TableMember,
    TableRule, Tokens, part_spans,
};

use super::{Column, Constraint, DataType, ForeignKey, Index, Key, Rule, Site, Table};
use crate::file::File;
use crate::step::Looked;

/// What the statements of a script say of tables, put together.
pub(crate) fn tables_of_script(file: &File, statements: &[Looked], after: &Known) -> Vec<Table<'static>> {
    let mut tables = Tables { tables: Vec::new(), places: HashMap::new(), known: after };
    for looked in statements {
        tables.take(file, looked);
    }
    let places = tables.places;
    let is_there = |(at, table): (usize, Table<'static>)| (places.get(&table.name) == Some(&at)).then_some(table);
    tables.tables.into_iter().enumerate().filter_map(is_there).collect()
}

struct Tables<'a> {
    /// Those that were dropped included.
    tables: Vec<Table<'static>>,
    /// Where those that are there are.
    places: HashMap<QualifiedName, usize>,
    known: &'a Known,
}

impl Tables<'_> {
    fn take(&mut self, file: &File, looked: &Looked) {
        let head = Site::Script(looked.head(file));
        match &looked.command {
            Command::CreateTable(new) if !new.temporary => self.create(file, looked, new),
            Command::CreateTableAs { name, .. } => {
                self.drop(name);
                let at = self.find(name, head);
                self.tables[at].is_named_here = true;
            }
            Command::AlterTable { table, view: false, actions, .. } => {
                let at = self.find(table, head);
                let parts = part_spans(&looked.text);
                for (number, action) in actions.iter().enumerate() {
                    let part = parts.get(number).copied();
                    let site = part.map_or(head, |part| Site::Script(looked.place(file, part)));
                    let text = part.map_or("", |part| part.of(&looked.text));
                    self.alter(at, site, action, text);
                }
            }
            Command::CreateIndex { name, table, unique, method, columns, expressions, predicate, .. } => {
                let at = self.find(table, head);
                let mut keys: Vec<Key> = columns.iter().cloned().map(Key::Column).collect();
                if *expressions {
                    keys.push(Key::Expression(String::new()));
                }
                self.tables[at].indexes.push(Index {
                    site: head,
                    name: name.clone(),
                    unique: *unique,
                    nulls_not_distinct: *unique && says(&looked.text, &["NULLS", "NOT", "DISTINCT"]),
                    method: method.as_ref().map_or("btree", Identifier::as_str).to_owned(),
                    keys,
                    predicate: predicate.clone(),
                    invalid: false,
                    is_partition: false,
                });
            }
            Command::InTable { member: TableMember::Policy, change: MemberChange::Create, table } => {
                let at = self.find(table, head);
                self.tables[at].policies += 1;
            }
            Command::DropRelations { names, .. } => names.iter().for_each(|name| self.drop(name)),
            _ => {}
        }
    }

    fn drop(&mut self, name: &QualifiedName) {
        self.places.remove(&self.known.resolve(name));
    }

    /// The place of a table; what the script says of one that it does not make begins with nothing.
    fn find(&mut self, name: &QualifiedName, site: Site<'static>) -> usize {
        let name = self.known.resolve(name);
        if let Some(at) = self.places.get(&name) {
            return *at;
        }
        self.places.insert(name.clone(), self.tables.len());
        self.tables.push(Table {
            site,
            name,
            is_named_here: false,
            whole: false,
            is_partition: false,
            foreign: false,
            columns: Vec::new(),
            constraints: Vec::new(),
            indexes: Vec::new(),
            row_security: false,
            force_row_security: false,
            policies: 0,
        });
        self.tables.len() - 1
    }

    fn rename(&mut self, at: usize, name: QualifiedName) {
        self.places.remove(&self.tables[at].name);
        self.places.insert(name.clone(), at);
        self.tables[at].name = name;
    }

    fn create(&mut self, file: &File, looked: &Looked, new: &NewTable) {
        let is_there = self.places.contains_key(&self.known.resolve(&new.name));
        let at = self.find(&new.name, Site::Script(looked.head(file)));
        // `IF NOT EXISTS`, for the second time.
        if is_there {
            return;
        }
        let table = &mut self.tables[at];
        table.is_named_here = true;
        table.is_partition = new.partition_of.is_some() || !new.inherits.is_empty();
        table.whole = new.like.is_empty() && !table.is_partition && !new.columns.is_empty();
        table.foreign = looked.begins_with("CREATE FOREIGN");
        let mut columns = new.columns.iter().peekable();
        let mut constraints = new.constraints.iter();
        for part in part_spans(&looked.text) {
            let site = Site::Script(looked.place(file, part));
            let text = part.of(&looked.text);
            let tokens = Tokens::of(text);
            if tokens.words().at(&["LIKE"]) {
                continue;
            }
            let first = tokens.words().identifier();
            if let Some(column) = columns.next_if(|column| Some(&column.name) == first.as_ref()) {
                add_column(table, site, column, text, self.known);
            } else if let Some(constraint) = constraints.next() {
                add_constraint(table, site, constraint, text, self.known);
            }
        }
    }

    fn alter(&mut self, at: usize, site: Site<'static>, action: &TableAction, text: &str) {
        let table = &mut self.tables[at];
        match action {
            TableAction::AddColumn(column) => add_column(table, site, column, text, self.known),
            TableAction::AddConstraint(constraint) => add_constraint(table, site, constraint, text, self.known),
            TableAction::SetType { column, data_type, .. } => {
                let column = column_of(table, site, column);
                (column.site, column.data_type) = (site, Some(DataType::of(data_type)));
            }
            TableAction::SetNotNull(column) => column_of(table, site, column).not_null = Some(true),
            TableAction::DropNotNull(column) => column_of(table, site, column).not_null = Some(false),
            TableAction::DropColumn(column) => table.columns.retain(|it| it.name != *column),
            TableAction::DropConstraint(name) => table.constraints.retain(|it| it.name.as_ref() != Some(name)),
            TableAction::SetDefault(column) => {
                let default = Tokens::of(text).words().outermost().find(|(_, here)| here.at(&["DEFAULT"])).and_then(
                    |(_, mut here)| {
                        here.next();
                        Some(here.span()?.of(text).to_owned())
                    },
                );
                column_of(table, site, column).default = default;
            }
            TableAction::RenameColumn { from, to } => {
                let column = column_of(table, site, from);
                (column.name, column.site, column.is_named_here) = (to.clone(), site, true);
            }
            TableAction::Rename(to) => {
                (table.site, table.is_named_here) = (site, true);
                let name = QualifiedName { schema: table.name.schema.clone(), name: to.clone() };
                self.rename(at, name);
            }
            TableAction::SetSchema(to) => {
                let name = QualifiedName { schema: Some(to.clone()), name: table.name.name.clone() };
                self.rename(at, name);
            }
            TableAction::RowSecurity => {
                let words = Tokens::of(text);
                let mut words = words.words();
                if words.at(&["FORCE"]) {
                    table.force_row_security = true;
                } else if words.take(&["NO"]) {
                    table.force_row_security = false;
                } else {
                    table.row_security = words.at(&["ENABLE"]);
                }
            }
            TableAction::AttachPartition { partition, .. } => {
                let at = self.find(partition, site);
                self.tables[at].is_partition = true;
            }
            _ => {}
        }
    }
}

/// The column of a table; what the script says of one that it does not make begins with nothing.
fn column_of<'t>(table: &'t mut Table<'static>, site: Site<'static>, name: &Identifier) -> &'t mut Column<'static> {
    let at = table.columns.iter().position(|column| column.name == *name).unwrap_or_else(|| {
        table.columns.push(Column {
            site,
            name: name.clone(),
            is_named_here: false,
            data_type: None,
            not_null: None,
            default: None,
            generation: None,
        });
        table.columns.len() - 1
    });
    &mut table.columns[at]
}

fn add_column(table: &mut Table<'static>, site: Site<'static>, column: &ColumnDefinition, text: &str, known: &Known) {
    table.columns.push(Column {
        site,
        name: column.name.clone(),
        is_named_here: true,
        data_type: (!column.data_type.is_empty()).then(|| DataType::of(&column.data_type)),
        not_null: Some(column.not_null || column.generation == Some(limosa_syntax::Generation::Sequence)),
        default: column.default.as_ref().filter(|default| !default.null).map(|default| default.text.clone()),
        generation: column.generation,
    });
    let columns = || vec![column.name.clone()];
    for (name, kind) in &column.constraints {
        let rule = match (kind, &column.references) {
            (ColumnConstraint::PrimaryKey, _) => Rule::PrimaryKey(columns()),
            (ColumnConstraint::Unique, _) => {
                Rule::Unique { columns: columns(), nulls_not_distinct: says(text, &["NULLS", "NOT", "DISTINCT"]) }
            }
            (ColumnConstraint::Check, _) => Rule::Check(text.to_owned()),
            (ColumnConstraint::ForeignKey, Some(references)) => Rule::ForeignKey(ForeignKey {
                columns: columns(),
                references: known.resolve(references),
                referenced_columns: column.reference_terms.columns.clone(),
                on_delete: column.reference_terms.on_delete,
                on_delete_columns: column.reference_terms.on_delete_columns.clone(),
                on_update: column.reference_terms.on_update,
            }),
            (ColumnConstraint::ForeignKey, None) => continue,
        };
        table.constraints.push(Constraint { site, name: name.clone(), rule });
    }
}

fn add_constraint(
    table: &mut Table<'static>,
    site: Site<'static>,
    constraint: &TableConstraint,
    text: &str,
    known: &Known,
) {
    let nulls_not_distinct = || says(text, &["NULLS", "NOT", "DISTINCT"]);
    let rule = match &constraint.rule {
        TableRule::Key { primary: true, columns } => Rule::PrimaryKey(columns.clone()),
        TableRule::Key { primary: false, columns } => {
            Rule::Unique { columns: columns.clone(), nulls_not_distinct: nulls_not_distinct() }
        }
        TableRule::KeyUsingIndex { primary, index } => {
            let name = QualifiedName { schema: table.name.schema.clone(), name: index.clone() };
            let columns = known.indexes_of(&table.name).find(|(it, _)| **it == name);
            let columns = columns.map(|(_, columns)| columns.to_vec()).unwrap_or_default();
            if *primary {
                Rule::PrimaryKey(columns)
            } else {
                Rule::Unique { columns, nulls_not_distinct: nulls_not_distinct() }
            }
        }
        TableRule::Check(_) => Rule::Check(text.to_owned()),
        TableRule::ForeignKey { columns, references, terms } => Rule::ForeignKey(ForeignKey {
            columns: columns.clone(),
            references: known.resolve(references),
            referenced_columns: terms.columns.clone(),
            on_delete: terms.on_delete,
            on_delete_columns: terms.on_delete_columns.clone(),
            on_update: terms.on_update,
        }),
        TableRule::Exclusion => Rule::Exclusion,
        TableRule::NotNull(column) => {
            column_of(table, site, column).not_null = Some(true);
            return;
        }
    };
    if let Rule::PrimaryKey(columns) = &rule {
        for column in table.columns.iter_mut().filter(|column| columns.contains(&column.name)) {
            column.not_null = Some(true);
        }
    }
    table.constraints.push(Constraint { site, name: constraint.name.clone(), rule });
}

/// Whether these keywords stand in a text one after the other.
fn says(text: &str, keywords: &[&str]) -> bool {
    Tokens::of(text).words().each().any(|(_, here)| here.at(keywords))
}
