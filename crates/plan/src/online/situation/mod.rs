//! What an operation is decided by: the statement, and the database that it meets.

mod changing;
mod foreseen;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use limosa_catalog::{
    Catalog, ColumnName, Entry, Identifier, InvalidIdentifier, Object, ObjectId, ObjectName, QualifiedName,
};

use super::behind::called_so_later;
use super::expression::RowExpression;
use super::going::Going;
use super::left::Left;
use super::phases::Shown;
use super::refusal::Refusal;
use super::table::{Table, waits};
use super::trigger_name::{Turn, trigger_name};
use super::versions::Versioning;
pub(super) use super::work::Work;
use crate::diff::{DiffOptions, Style, diff};
use crate::numbered_name::NumberedName;
pub(super) use changing::Filled;

/// What is asked of the compiler besides the statements.
#[derive(Debug, Clone, Copy)]
pub struct OnlineSettings<'a> {
    /// The schema of the history, which holds the functions of triggers.
    pub history_schema: &'a Identifier,
    /// The change's number, which the history gives out.
    pub number: i64,
    /// Where names without a schema are looked for, in order.
    pub search_path: &'a [Identifier],
    /// What is known of versions, where each has a schema of views; `None` where both names stand on the table.
    pub versions: Option<&'a Versioning>,
    /// What goes with the contracts of changes that are open.
    pub going: &'a [Going],
    /// New names of tables, which are views until the contract of the version beside them.
    pub new_names: &'a [(ObjectName, String)],
    /// Words of what contracts of open changes drop or make, in small letters: what is called so is not there any more
    /// by then, or is another one.
    pub ending: &'a BTreeSet<String>,
}

/// The database that the statements meet.
pub(super) struct Situation<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) settings: OnlineSettings<'a>,
    /// The same, as `SET search_path` takes it.
    pub(super) search_path: String,
    name: NumberedName,
    /// Relations that the statements before have made: nobody else knows them.
    new: RefCell<BTreeSet<QualifiedName>>,
    /// What they have made besides, by its kind.
    pub(super) made: RefCell<BTreeSet<(&'static str, Identifier)>>,
    added: RefCell<BTreeSet<ColumnName>>,
    /// Columns that the statements before give another name or type, under both names.
    changing: RefCell<BTreeSet<ColumnName>>,
    /// Columns that the statements before rename, and that views show by the new name meanwhile.
    renamed: RefCell<BTreeSet<ColumnName>>,
    /// What the statements before drop with contract, so that its name is free then.
    dropped: RefCell<BTreeSet<ObjectId>>,
    /// Names of what the statements before drop or change otherwise.
    spoken_of: RefCell<BTreeSet<String>>,
    /// Domains that the migration makes.
    domains: RefCell<BTreeSet<QualifiedName>>,
    /// What the statements before compute from other columns.
    filled: RefCell<Vec<Filled>>,
    /// Columns that the migration gives another type.
    retyped: RefCell<BTreeSet<ColumnName>>,
    /// Columns of which the migration makes copies under other names.
    copied: RefCell<BTreeSet<ColumnName>>,
    /// Columns that are other ones with contract, as the new version names them.
    other: RefCell<BTreeSet<ColumnName>>,
    /// Whether the migration makes a materialized view that cannot be made at once.
    remakes_rows: Cell<bool>,
    /// What is made ahead, though no statement says so.
    carried: RefCell<BTreeSet<ObjectId>>,
    /// Names of what statements before make ahead, or with contract.
    later: RefCell<BTreeSet<ObjectName>>,
    /// Tables that the migration gives another name.
    renamed_tables: RefCell<BTreeSet<ObjectName>>,
    /// Whether the migration makes what expressions may need.
    makes_more: Cell<bool>,
    /// Numbers given to names of it.
    numbered: Cell<usize>,
    pub(super) left: Left,
}

impl<'a> Situation<'a> {
    pub(super) fn new(catalog: &'a Catalog, settings: OnlineSettings<'a>) -> Result<Self, InvalidIdentifier> {
        let path: Vec<String> = settings.search_path.iter().map(Identifier::to_string).collect();
        Ok(Self {
            catalog,
            settings,
            search_path: if path.is_empty() { "pg_catalog".to_owned() } else { path.join(", ") },
            name: NumberedName::new(settings.history_schema, "online", settings.number)?,
            new: RefCell::default(),
            made: RefCell::default(),
            added: RefCell::default(),
            changing: RefCell::default(),
            renamed: RefCell::default(),
            dropped: RefCell::default(),
            spoken_of: RefCell::default(),
            domains: RefCell::default(),
            filled: RefCell::default(),
            retyped: RefCell::default(),
            copied: RefCell::default(),
            other: RefCell::default(),
            remakes_rows: Cell::default(),
            carried: RefCell::default(),
            later: RefCell::default(),
            renamed_tables: RefCell::default(),
            makes_more: Cell::default(),
            numbered: Cell::default(),
            left: Left::default(),
        })
    }

    /// Notes what is made ahead, and given its place by the statement that is at hand.
    pub(super) fn carries(&self, id: &ObjectId) {
        self.carried.borrow_mut().insert(id.clone());
    }

    /// Whether a statement before gives it its place.
    pub(super) fn is_carried(&self, id: &ObjectId) -> bool {
        self.carried.borrow().contains(id)
    }

    /// A number for a name of what is made ahead.
    pub(super) fn next_ahead(&self) -> usize {
        self.numbered.set(self.numbered.get() + 1);
        self.numbered.get()
    }

    /// Notes what is made ahead, or with contract.
    pub(super) fn makes_later(&self, name: &ObjectName) {
        self.later.borrow_mut().insert(name.clone());
    }

    /// Whether a statement before makes it ahead, or with contract.
    pub(super) fn is_made_later(&self, name: &ObjectName) -> bool {
        self.later.borrow().contains(name)
    }

    /// What is called so while both versions live.
    pub(super) fn interim(&self, of: &Identifier, place: usize) -> Identifier {
        // A number and parts of valid names make a valid name.
        self.name.of(of, place).unwrap_or_else(|_| of.clone())
    }

    /// Whether an online change, this one or another, made it for itself.
    pub(super) fn is_interim(&self, id: &ObjectId) -> bool {
        let start = format!("{}_online_", self.settings.history_schema.as_str());
        id.own_name().is_some_and(|name| name.as_str().trim_start_matches('~').starts_with(&start))
    }

    /// Whether Limosa keeps a column for itself: an interim one, or one that is set aside.
    pub(super) fn is_kept(&self, column: &Identifier) -> bool {
        let schema = self.settings.history_schema.as_str();
        let rest = column.as_str().strip_prefix(schema);
        rest.is_some_and(|rest| rest.starts_with("_online_") || rest.starts_with("_aside_"))
    }

    /// Whether clients of both versions read and write through views.
    pub(super) fn is_versioned(&self) -> bool {
        self.settings.versions.is_some()
    }

    /// Whether what a statement makes is there already, which its `IF NOT EXISTS` allows. An abort must not take away
    /// what the change did not make.
    ///
    /// # Errors
    /// It is there, and the statement would fail.
    pub(super) fn is_there(&self, work: &Work<'_>, name: &QualifiedName) -> Result<bool, Refusal> {
        let schema = name.schema.as_ref().or_else(|| self.settings.search_path.first());
        let is_it = |id: &ObjectId| match id {
            ObjectId::Schema(own) => name.schema.is_none() && *own == name.name,
            ObjectId::Column(_)
            | ObjectId::Constraint(_)
            | ObjectId::Trigger(_)
            | ObjectId::Policy(_)
            | ObjectId::Rule(_)
            | ObjectId::Function(_)
            | ObjectId::Procedure(_) => false,
            other => other.own_name() == Some(&name.name) && other.schema() == schema,
        };
        match self.catalog.iter().map(|entry| entry.id()).find(|id| is_it(id)) {
            None => Ok(false),
            Some(_) if work.says_if_not_exists() => Ok(true),
            Some(id) => Err(Refusal::new(format!("{id} is there already"), "choose another name")),
        }
    }

    /// The names of a trigger, which is to fire behind all others, and of its function.
    pub(super) fn trigger(&self, of: &Identifier, place: usize) -> (Identifier, ObjectName) {
        self.named_trigger(of, place, Turn::Usual)
    }

    /// The same for a trigger that is to fire behind those.
    pub(super) fn last_trigger(&self, of: &Identifier, place: usize) -> (Identifier, ObjectName) {
        self.named_trigger(of, place, Turn::Last)
    }

    fn named_trigger(&self, of: &Identifier, place: usize, turn: Turn) -> (Identifier, ObjectName) {
        let function = self.interim(of, place + 1);
        let (start, number) = (self.name.start().as_str(), self.settings.number);
        let trigger = trigger_name(start, number, place + 1, turn, of.as_str()).unwrap_or_else(|_| function.clone());
        (trigger, ObjectName { schema: self.settings.history_schema.clone(), name: function })
    }

    /// Notes what goes with contract.
    pub(super) fn drops(&self, id: ObjectId) {
        self.dropped.borrow_mut().insert(id);
    }

    /// Whether a statement before drops it with contract.
    pub(super) fn is_dropped(&self, id: &ObjectId) -> bool {
        self.dropped.borrow().contains(id)
    }

    /// Whether a statement before drops something of the kind with contract.
    pub(super) fn any_dropped(&self, is_it: impl Fn(&ObjectId) -> bool) -> bool {
        self.dropped.borrow().iter().any(is_it)
    }

    /// What the statements before drop of that kind, where there is any.
    pub(super) fn dropped_one(&self, is_it: impl Fn(&ObjectId) -> bool) -> Option<ObjectId> {
        self.dropped.borrow().iter().find(|id| is_it(id)).cloned()
    }

    /// Whether the migration makes a domain of this name.
    pub(super) fn makes_domain(&self, name: &QualifiedName) -> bool {
        let is_it =
            |made: &QualifiedName| made.name == name.name && (name.schema.is_none() || made.schema == name.schema);
        self.domains.borrow().iter().any(is_it)
    }

    /// Notes names of what a statement drops or changes, in small letters.
    pub(super) fn has_spoken_of(&self, names: Vec<String>) {
        self.spoken_of.borrow_mut().extend(names);
    }

    /// Whether a statement before drops or changes something of the name.
    pub(super) fn speaks_of(&self, name: &str) -> bool {
        self.spoken_of.borrow().contains(&name.to_lowercase())
    }

    pub(super) fn makes(&self, name: &QualifiedName) {
        self.new.borrow_mut().insert(name.clone());
    }

    pub(super) fn is_new(&self, name: &QualifiedName) -> bool {
        self.new.borrow().contains(name)
    }

    /// The tables of a schema that the statements have made.
    pub(super) fn new_tables(&self, schema: &Identifier) -> Vec<ObjectName> {
        let new = self.new.borrow();
        new.iter().filter_map(|name| self.resolve(name)).filter(|name| name.schema == *schema).collect()
    }

    /// The name of a relation in full; where no such relation is known, in the first schema of the search path.
    pub(super) fn resolve(&self, name: &QualifiedName) -> Option<ObjectName> {
        let in_schema = |schema: &Identifier| ObjectName { schema: schema.clone(), name: name.name.clone() };
        if let Some(schema) = &name.schema {
            return Some(in_schema(schema));
        }
        let there = self.settings.search_path.iter().map(in_schema).find(|name| self.relation(name).is_some());
        there.or_else(|| self.settings.search_path.first().map(in_schema))
    }

    /// Refuses objects that read a column which open changes will have renamed by the time of contract.
    pub(super) fn refuse_waiting_columns(&self, objects: &BTreeSet<&ObjectId>) -> Result<(), Refusal> {
        for entry in objects.iter().filter_map(|id| self.catalog.entry(id)) {
            let reads = |column: &ColumnName| {
                entry.depends_on().any(|(other, _)| matches!(other.id(), ObjectId::Column(own) if own == column))
            };
            let is_it = |shown: &Shown| match shown {
                Shown::Column { column, name } => column.name != *name && reads(column),
                _ => false,
            };
            if self.earlier().iter().any(is_it) {
                return Err(Refusal::new(
                    format!(
                        "{} reads a column that has another name after the contract of a change before",
                        entry.id()
                    ),
                    "contract that one first: `limosa contract`",
                ));
            }
        }
        Ok(())
    }

    /// Refuses an expression over a column that open changes will have renamed by the time that a trigger is still to
    /// compute it.
    pub(super) fn refuse_waiting_names(&self, work: &Work<'_>) -> Result<(), Refusal> {
        let Some((table, _)) = work.action() else { return Ok(()) };
        let Some(table) = self.resolve(table) else { return Ok(()) };
        let expressions: Vec<RowExpression> = work.forward(&table).into_iter().chain(work.back(&table)).collect();
        for shown in self.earlier() {
            let Shown::Column { column, name } = shown else { continue };
            let both = [column.name.clone(), name.clone()];
            let is_named = expressions.iter().any(|expression| !expression.names(&both).is_empty());
            if column.relation == table && column.name != *name && is_named {
                return Err(waits(name, &column.name));
            }
        }
        Ok(())
    }

    /// Whether open changes call something otherwise in views.
    pub(super) fn has_earlier(&self) -> bool {
        !self.earlier().is_empty()
    }

    /// What open changes show, where each version has a schema of views.
    fn earlier(&self) -> &'a [Shown] {
        self.settings.versions.map_or(&[], |versions| versions.earlier.as_slice())
    }

    fn relation(&self, name: &ObjectName) -> Option<Entry<'a>> {
        let kinds = [
            ObjectId::Table(name.clone()),
            ObjectId::View(name.clone()),
            ObjectId::MaterializedView(name.clone()),
            ObjectId::ForeignTable(name.clone()),
        ];
        kinds.iter().find_map(|id| self.catalog.entry(id))
    }

    /// A table that is there.
    pub(super) fn table(&self, name: &QualifiedName) -> Result<Table<'a>, Refusal> {
        let missing = || {
            let is_it = |shown: &&Shown| matches!(shown, Shown::Table { name: new, .. } if *new == name.name);
            match (self.earlier().iter().find(is_it), self.to_be_called(name)) {
                (Some(Shown::Table { table, .. }), _) => waits(&name.name, &table.name),
                (_, Some(table)) => called_so_later(&name.name, Some(&table.name)),
                _ => Refusal::new(
                    format!("there is no table {}", for_people(name)),
                    "check the name, or make the table in a migration before",
                ),
            }
        };
        let name = self.resolve(name).ok_or_else(missing)?;
        match self.relation(&name) {
            Some(entry) if matches!(entry.object(), Object::Table(_)) => {
                Ok(Table { name, entry, earlier: self.earlier() })
            }
            Some(entry) => Err(Refusal::new(
                format!("{} is a {}", name.name.for_people(), entry.id().kind().words()),
                "change the table that it reads",
            )),
            None => Err(missing()),
        }
    }

    /// The statements that make the one catalog of the other, with nobody held up.
    pub(super) fn difference(&self, from: &Catalog, to: &Catalog, style: Style) -> Result<Vec<String>, Refusal> {
        difference(from, to, &DiffOptions { style, ..DiffOptions::default() })
    }
}

/// The statements that make the one catalog of the other.
pub(super) fn difference(from: &Catalog, to: &Catalog, options: &DiffOptions) -> Result<Vec<String>, Refusal> {
    match diff(from, to, options) {
        Ok(difference) => Ok(difference.statements.iter().map(ToString::to_string).collect()),
        Err(error) => Err(Refusal::new(error.to_string(), "drop what is in the way in a migration before")),
    }
}

/// A name as people write it.
pub(super) fn for_people(name: &QualifiedName) -> String {
    match &name.schema {
        Some(schema) => format!("{}.{}", schema.for_people(), name.name.for_people()),
        None => name.name.for_people().to_string(),
    }
}

/// The same for the name of an object.
pub(super) fn object_for_people(name: &ObjectName) -> String {
    format!("{}.{}", name.schema.for_people(), name.name.for_people())
}
