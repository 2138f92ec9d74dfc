//! What the statements before leave: what is called otherwise by their end, and which column lasts where a name means
//! another one until contract. What takes a statement back says the names that are there then.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use limosa_catalog::kind::constraint::ConstraintRule;
use limosa_catalog::kind::index::{IndexKey, IndexedValue};
use limosa_catalog::{Catalog, ColumnName, Entry, Identifier, MemberName, Object, ObjectId, ObjectName};
use limosa_catalog::{QualifiedName, Rename, Renames};
use limosa_syntax::{Command, IndexAction, ObjectAction, ObjectChange, TableAction, TableConstraint};

use super::phases::{Phases, Shown};
use super::situation::{Situation, Work};
use super::table::Table;

/// What the statements before leave.
#[derive(Default)]
pub(super) struct Left {
    /// What has another name by their end, as the catalog calls it.
    renames: RefCell<Vec<Rename>>,
    lasting: RefCell<Vec<Lasting>>,
    /// Columns that allow null with contract.
    nullable: RefCell<BTreeSet<ColumnName>>,
    /// The columns of indexes that they make.
    indexes: RefCell<BTreeMap<ObjectName, Vec<Identifier>>>,
    /// Constraints that they make, by the names that they say.
    constraints: RefCell<BTreeSet<MemberName>>,
}

/// A column that a statement means by a name, where that is another one until contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lasting {
    table: ObjectName,
    /// What statements behind call it.
    pub(super) said: Identifier,
    /// What the column is called until contract that has the name then.
    pub(super) is: Identifier,
    /// What it is to hold, over the columns that are there before anything changes; `None` where that cannot be asked,
    /// or where the column is there.
    pub(super) value: Option<String>,
}

/// Whether a name of an index can be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// It is free.
    No,
    /// By what goes with contract, or has another name then.
    UntilContract,
    /// By what stays.
    Yes,
}

impl Situation<'_> {
    /// Whether a statement before makes a constraint or an index.
    pub(super) fn is_made_before(&self, id: &ObjectId) -> bool {
        match id {
            ObjectId::Constraint(name) => self.left.constraints.borrow().contains(name),
            ObjectId::Index(name) => self.left.indexes.borrow().contains_key(name),
            _ => false,
        }
    }

    /// Notes what a statement leaves.
    pub(super) fn leaves(&self, work: &Work<'_>, phases: &Phases) {
        if let Some((table, action)) = work.action()
            && let Some(table) = self.resolve(table)
        {
            if let TableAction::AddConstraint(TableConstraint { name: Some(name), .. }) = action {
                let made = MemberName { relation: table.clone(), name: name.clone() };
                self.left.constraints.borrow_mut().insert(made);
            }
            self.leaves_columns(&table, action, work, phases);
        }
        if let Command::CreateIndex { name: Some(name), table, columns, .. } = &work.command
            && let Some(table) = self.resolve(table)
        {
            let index = ObjectName { schema: table.schema, name: name.clone() };
            self.left.indexes.borrow_mut().insert(index, columns.clone());
        }
        for rename in self.renamed_by(work, phases) {
            let mut renames = self.left.renames.borrow_mut();
            // What is renamed twice has its last name.
            let is_label = |rename: &Rename| matches!(rename, Rename::Label { .. });
            let is_same = |own: &Rename| own.holder() == rename.holder() && own.old() == rename.old();
            renames.retain(|own| is_label(own) != is_label(&rename) || !is_same(own));
            renames.push(rename);
        }
    }

    fn leaves_columns(&self, table: &ObjectName, action: &TableAction, work: &Work<'_>, phases: &Phases) {
        let lasts = |said: &Identifier, is: &Identifier, value: Option<String>| {
            let lasting = Lasting { table: table.clone(), said: said.clone(), is: is.clone(), value };
            self.left.lasting.borrow_mut().push(lasting);
        };
        if let TableAction::DropNotNull(column) = action {
            let column = ColumnName { relation: table.clone(), name: column.clone() };
            self.left.nullable.borrow_mut().insert(self.original_column(column));
        }
        if !matches!(action, TableAction::SetType { .. } | TableAction::RenameColumn { .. }) {
            return;
        }
        let value = phases.computed.first().filter(|_| !work.is_quarantined()).map(|row| row.value.clone());
        for shown in &phases.shows {
            if let Shown::Column { column, name } = shown {
                lasts(name, &column.name, value.clone());
            }
        }
        // The server changes its type as it stands.
        if let (TableAction::SetType { column, .. }, true) = (action, phases.shows.is_empty()) {
            lasts(column, column, None);
        }
    }

    /// What a statement calls otherwise, as the catalog calls it.
    fn renamed_by(&self, work: &Work<'_>, phases: &Phases) -> Vec<Rename> {
        let mut renames = phases.renames.clone();
        let object = |id: ObjectId, to: &Identifier| {
            let from = self.original(id);
            self.catalog.contains(&from).then(|| Rename::Object { from, to: to.clone() })
        };
        if let Some((table, TableAction::RenameConstraint { from, to })) = work.action() {
            let id = self.resolve(table).map(|relation| MemberName { relation, name: from.clone() });
            renames.extend(id.and_then(|id| object(ObjectId::Constraint(id), to)));
        }
        if let Command::AlterIndex { index, action: IndexAction::Rename(to) } = &work.command {
            renames.extend(self.index_of(index).and_then(|id| object(id, to)));
        }
        renames.extend(self.renamed_object(work));
        renames
    }

    /// A type, a value of one or a sequence.
    fn renamed_object(&self, work: &Work<'_>) -> Option<Rename> {
        let change = ObjectChange::of(&work.text)?;
        let name = change.names.first()?;
        let schemas = match &name.schema {
            Some(schema) => std::slice::from_ref(schema),
            None => self.settings.search_path,
        };
        let mut names = schemas.iter().map(|schema| ObjectName { schema: schema.clone(), name: name.name.clone() });
        let known = |id: ObjectId| Some(self.original(id)).filter(|id| self.catalog.contains(id));
        match (&change.action, change.kind) {
            (ObjectAction::Rename(to), "SEQUENCE") => {
                let from = names.find_map(|name| self.sequence(name))?;
                Some(Rename::Object { from, to: to.clone() })
            }
            (ObjectAction::Rename(to), "TYPE" | "DOMAIN") => {
                let types = |name: ObjectName| [ObjectId::Enum(name.clone()), ObjectId::Domain(name)];
                let from = names.flat_map(types).find_map(known)?;
                Some(Rename::Object { from, to: to.clone() })
            }
            (ObjectAction::RenameValue { from, to }, _) => match names.map(ObjectId::Enum).find_map(known)? {
                ObjectId::Enum(of) => {
                    let from = self.value_of_now(&of, from);
                    Some(Rename::Label { of, from: from.as_str().into(), to: to.as_str().into() })
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// A sequence, those of identities among them, as the catalog calls it.
    fn sequence(&self, name: ObjectName) -> Option<ObjectId> {
        let id = self.original(ObjectId::Sequence(name));
        let is_own = |object: &Object| match (object, &id) {
            (Object::Column(column), ObjectId::Sequence(name)) => {
                column.identity.as_ref().is_some_and(|identity| identity.sequence == *name)
            }
            _ => false,
        };
        let is_known = self.catalog.contains(&id) || self.catalog.iter().any(|entry| is_own(entry.object()));
        is_known.then_some(id)
    }

    /// An index, or the constraint that it belongs to, by the name that the statements before leave it.
    fn index_of(&self, name: &QualifiedName) -> Option<ObjectId> {
        let renames = self.renames_left();
        let of_schema = |schema: &Identifier| {
            let is_it = |entry: &Entry<'_>| {
                is_index(entry)
                    && entry.id().schema() == Some(schema)
                    && renames.id(entry.id()).own_name() == Some(&name.name)
            };
            self.catalog.iter().find(is_it).map(|entry| renames.id(entry.id()))
        };
        match &name.schema {
            Some(schema) => of_schema(schema),
            None => self.settings.search_path.iter().find_map(of_schema),
        }
    }

    /// What has another name than in the catalog that is met.
    pub(super) fn renames_left(&self) -> Renames {
        Renames::of(self.catalog, self.left.renames.borrow().clone())
    }

    /// The table to which a statement before gives this name.
    pub(super) fn to_be_called(&self, name: &QualifiedName) -> Option<ObjectName> {
        let new = self.resolve(name)?;
        self.left.renames.borrow().iter().find_map(|rename| match rename {
            Rename::Object { from: ObjectId::Table(table), to } if *to == new.name && table.schema == new.schema => {
                Some(table.clone())
            }
            _ => None,
        })
    }

    /// A part of the catalog with the names that the statements before leave.
    pub(super) fn as_left(&self, catalog: Catalog) -> Catalog {
        let renames = self.renames_left();
        if renames.is_empty() { catalog } else { catalog.renamed(&renames, &self.nothing()) }
    }

    /// No text is wanted but the one that the new names make.
    fn nothing(&self) -> Catalog {
        self.catalog.without(|_| true)
    }

    /// What the catalog calls an object of which statements say the name that the ones before leave it.
    pub(super) fn original(&self, id: ObjectId) -> ObjectId {
        Renames::together(self.renames_left().inverse()).id(&id)
    }

    /// The same for a column.
    pub(super) fn original_column(&self, column: ColumnName) -> ColumnName {
        match self.original(ObjectId::Column(column.clone())) {
            ObjectId::Column(original) => original,
            _ => column,
        }
    }

    /// The same for a value of a type.
    fn value_of_now(&self, of: &ObjectName, value: &str) -> String {
        let renames = self.left.renames.borrow();
        let found = renames.iter().find_map(|rename| match rename {
            Rename::Label { of: own, from, to } if own == of && **to == *value => Some(from.to_string()),
            _ => None,
        });
        found.unwrap_or_else(|| value.to_owned())
    }

    /// The name by which statements call an object of the catalog now.
    pub(super) fn name_left(&self, id: &ObjectId) -> Option<Identifier> {
        self.renames_left().id(id).own_name().cloned()
    }

    /// A column's default, printed with the names that the statements before leave; `column` is one of them.
    pub(super) fn default_left(&self, table: &Table<'_>, column: &Identifier) -> Option<String> {
        let original = self.original_column(table.column_name(column));
        self.default_text(table, &original.name)
    }

    /// The same for a column as the catalog calls it.
    pub(super) fn default_text(&self, table: &Table<'_>, column: &Identifier) -> Option<String> {
        let (entry, _) = table.default_of(column)?;
        if self.is_dropped(entry.id()) {
            return None;
        }
        match self.catalog.renamed_object(entry.id(), &self.renames_left(), &self.nothing())? {
            Object::ColumnDefault(default) => Some(default.expression.as_str().to_owned()),
            _ => None,
        }
    }

    /// Whether a relation of the name could be made now, or is there until contract.
    pub(super) fn taken(&self, name: &ObjectName) -> Taken {
        let is_it = |entry: &Entry<'_>| {
            is_index(entry) && entry.id().schema() == Some(&name.schema) && entry.id().own_name() == Some(&name.name)
        };
        let is_left = |id: &ObjectId| !self.is_dropped(id) && self.name_left(id).as_ref() == Some(&name.name);
        let found: Vec<Entry<'_>> = self.catalog.iter().filter(is_it).collect();
        match found.as_slice() {
            [] => Taken::No,
            all if all.iter().any(|entry| is_left(entry.id())) => Taken::Yes,
            _ => Taken::UntilContract,
        }
    }

    /// The columns of an index that is there, or that a statement before makes, as statements call them.
    pub(super) fn columns_of_index(&self, index: &ObjectName) -> Vec<Identifier> {
        if let Some(columns) = self.left.indexes.borrow().get(index) {
            return columns.clone();
        }
        let Some(entry) = self.catalog.entry(&self.original(ObjectId::Index(index.clone()))) else { return Vec::new() };
        let Object::Index(facts) = entry.object() else { return Vec::new() };
        let renames = self.renames_left();
        let column = |key: &IndexKey| match &key.of {
            IndexedValue::Column(name) => {
                let column = ColumnName { relation: facts.table.clone(), name: name.clone() };
                renames.id(&ObjectId::Column(column)).own_name().cloned()
            }
            IndexedValue::Expression(_) => None,
        };
        facts.keys.iter().filter_map(column).collect()
    }

    /// Whether a statement before lets a column be null with contract.
    pub(super) fn is_to_allow_null(&self, column: &ColumnName) -> bool {
        self.left.nullable.borrow().contains(column)
    }

    /// Columns of a table that are other ones until contract.
    pub(super) fn lasting(&self, table: &ObjectName) -> Vec<Lasting> {
        self.left.lasting.borrow().iter().filter(|it| it.table == *table).cloned().collect()
    }
}

/// Whether it is an index, or a constraint that has one by its name.
fn is_index(entry: &Entry<'_>) -> bool {
    match entry.object() {
        Object::Index(_) => true,
        Object::Constraint(constraint) => matches!(
            constraint.rule,
            ConstraintRule::PrimaryKey(_) | ConstraintRule::Unique(_) | ConstraintRule::Exclusion(_)
        ),
        _ => false,
    }
}
