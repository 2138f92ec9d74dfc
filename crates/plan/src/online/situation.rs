//! What an operation is decided by: the statement, and the database that it meets.

use std::cell::RefCell;
use std::collections::BTreeSet;

use limosa_catalog::kind::column::Column;
use limosa_catalog::{
    Catalog, ColumnName, Entry, Identifier, InvalidIdentifier, Object, ObjectId, ObjectKind, ObjectName, QualifiedName,
};
use limosa_syntax::{Command, Directive, Span, TableAction};

use super::expression::RowExpression;
use super::phases::{OnlineStep, Phases};
use super::refusal::Refusal;
use crate::diff::{DiffOptions, Style, diff};
use crate::numbered_name::NumberedName;

/// What is asked of the compiler besides the statements.
#[derive(Debug, Clone, Copy)]
pub struct OnlineSettings<'a> {
    /// The schema of the history, which holds the functions of triggers.
    pub history_schema: &'a Identifier,
    /// The change's number, which the history gives out.
    pub number: i64,
    /// Where names without a schema are looked for, in order.
    pub search_path: &'a [Identifier],
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
    added: RefCell<BTreeSet<ColumnName>>,
    /// Columns that the statements before give another name or type, under both names.
    changing: RefCell<BTreeSet<ColumnName>>,
}

/// One statement, or one action of an `ALTER TABLE`.
pub(super) struct Work<'a> {
    /// Its text, without the other actions of its statement.
    pub(super) text: String,
    /// The action's own text, behind `ALTER TABLE name`; the whole text for other statements.
    pub(super) action_text: String,
    pub(super) command: Command,
    pub(super) directives: &'a [&'a Directive],
    /// What stands behind `-- limosa: backfill`, where it is run in batches.
    pub(super) batches: Option<&'a str>,
    pub(super) span: Span,
    /// Which operation of the change it is, from 0.
    pub(super) place: usize,
}

impl Work<'_> {
    /// The table and the action, where it is one of an `ALTER TABLE`.
    pub(super) fn action(&self) -> Option<(&QualifiedName, &TableAction)> {
        match &self.command {
            Command::AlterTable { table, view: false, actions, .. } => match actions.as_slice() {
                [action] => Some((table, action)),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether it says `IF NOT EXISTS`.
    pub(super) fn says_if_not_exists(&self) -> bool {
        let tokens = limosa_syntax::Tokens::of(&self.text);
        tokens.words().outermost().any(|(_, here)| here.at(&["IF", "NOT", "EXISTS"]))
    }

    /// What it comes to where what it makes is there already: itself.
    pub(super) fn alone(&self, about: String) -> Phases {
        Phases { about, expand: vec![OnlineStep::Alone(self.text.clone())], ..Phases::default() }
    }

    /// What stands behind `-- limosa: forward`.
    pub(super) fn forward(&self) -> Option<RowExpression> {
        self.directives.iter().find_map(|directive| match directive {
            Directive::Forward(text) => Some(RowExpression::said(text)),
            _ => None,
        })
    }

    /// What stands behind `-- limosa: back`.
    pub(super) fn back(&self) -> Option<RowExpression> {
        self.directives.iter().find_map(|directive| match directive {
            Directive::Back(text) => Some(RowExpression::said(text)),
            _ => None,
        })
    }
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
            added: RefCell::default(),
            changing: RefCell::default(),
        })
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
        let function = self.interim(of, place + 1);
        let trigger = Identifier::new(format!("~{}", cut(function.as_str(), 62))).unwrap_or_else(|_| function.clone());
        (trigger, ObjectName { schema: self.settings.history_schema.clone(), name: function })
    }

    /// Columns that the statements before have added to a table.
    pub(super) fn added(&self, table: &ObjectName) -> Vec<Identifier> {
        self.added
            .borrow()
            .iter()
            .filter(|column| column.relation == *table)
            .map(|column| column.name.clone())
            .collect()
    }

    pub(super) fn adds(&self, column: ColumnName) {
        self.added.borrow_mut().insert(column);
    }

    /// Notes a column that is another one until contract, and refuses a second change of it.
    pub(super) fn changes(&self, column: ColumnName) -> Result<(), Refusal> {
        self.refuse_changing(&column.relation, std::slice::from_ref(&column.name))?;
        self.changing.borrow_mut().insert(column);
        Ok(())
    }

    /// Refuses what would hang on a column that goes with contract.
    pub(super) fn refuse_changing(&self, table: &ObjectName, columns: &[Identifier]) -> Result<(), Refusal> {
        let is_it = |column: &&ColumnName| column.relation == *table && columns.contains(&column.name);
        match self.changing.borrow().iter().find(is_it) {
            Some(column) => Err(Refusal::new(
                format!(
                    "{} is changed by a statement before, and is another column until contract",
                    column.name.for_people()
                ),
                "move this to a migration of its own, to be applied behind the contract of this one",
            )),
            None => Ok(()),
        }
    }

    pub(super) fn makes(&self, name: &QualifiedName) {
        self.new.borrow_mut().insert(name.clone());
    }

    pub(super) fn is_new(&self, name: &QualifiedName) -> bool {
        self.new.borrow().contains(name)
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
            Refusal::new(
                format!("there is no table {}", for_people(name)),
                "check the name, or make the table in a migration before",
            )
        };
        let name = self.resolve(name).ok_or_else(missing)?;
        match self.relation(&name) {
            Some(entry) if matches!(entry.object(), Object::Table(_)) => Ok(Table { name, entry }),
            Some(entry) => Err(Refusal::new(
                format!("{} is a {}", name.name.for_people(), entry.id().kind().words()),
                "change the table that it reads",
            )),
            None => Err(missing()),
        }
    }

    /// The statements that make the one catalog of the other, with nobody held up.
    pub(super) fn difference(&self, from: &Catalog, to: &Catalog, style: Style) -> Result<Vec<String>, Refusal> {
        let options = DiffOptions { style, ..DiffOptions::default() };
        match diff(from, to, &options) {
            Ok(difference) => Ok(difference.statements.iter().map(ToString::to_string).collect()),
            Err(error) => Err(Refusal::new(error.to_string(), "drop what is in the way in a migration before")),
        }
    }
}

/// A table and what is known of it.
pub(super) struct Table<'a> {
    pub(super) name: ObjectName,
    pub(super) entry: Entry<'a>,
}

impl<'a> Table<'a> {
    /// Its columns in the order of their names.
    pub(super) fn columns(&self) -> Vec<Identifier> {
        let columns = self.entry.children().filter_map(|child| match child.id() {
            ObjectId::Column(column) => Some(column.name.clone()),
            _ => None,
        });
        columns.collect()
    }

    pub(super) fn column_name(&self, column: &Identifier) -> ColumnName {
        ColumnName { relation: self.name.clone(), name: column.clone() }
    }

    pub(super) fn column(&self, column: &Identifier) -> Result<(Entry<'a>, &'a Column), Refusal> {
        let entry = self.entry.catalog().entry(&ObjectId::Column(self.column_name(column)));
        match entry.map(|entry| (entry, entry.object())) {
            Some((entry, Object::Column(facts))) => Ok((entry, facts)),
            _ => Err(Refusal::new(
                format!("{} has no column {}", self.name.name.for_people(), column.for_people()),
                "check the name",
            )),
        }
    }

    /// The column's default, as it was printed.
    pub(super) fn default_of(&self, column: &Identifier) -> Option<(Entry<'a>, &'a str)> {
        let entry = self.entry.catalog().entry(&ObjectId::ColumnDefault(self.column_name(column)))?;
        match entry.object() {
            Object::ColumnDefault(default) => Some((entry, default.expression.as_str())),
            _ => None,
        }
    }

    /// Whether its rows are in partitions.
    pub(super) fn is_partitioned(&self) -> bool {
        matches!(self.entry.object(), Object::Table(table) if table.partition_by.is_some())
    }

    /// Refuses a table that shares its columns with others.
    pub(super) fn refuse_family(&self) -> Result<(), Refusal> {
        let Object::Table(own) = self.entry.object() else { return Ok(()) };
        let is_child = |object: &Object| match object {
            Object::Table(other) => other.inherits.contains(&self.name),
            _ => false,
        };
        let of = own.partition_of.as_ref().map(|partition| partition.parent.clone());
        if let Some(parent) = of.or_else(|| own.inherits.first().cloned()) {
            return Err(Refusal::new(
                format!("the columns of {} are those of {}", self.name.name.for_people(), parent.name.for_people()),
                "change the table that it belongs to",
            ));
        }
        match self.entry.catalog().of_kind(ObjectKind::Table).find(|entry| is_child(entry.object())) {
            Some(child) => Err(Refusal::new(
                format!("{} inherits from it", child.id()),
                "take `-- limosa: online` away, or end the inheritance in a migration before",
            )),
            None => Ok(()),
        }
    }

    /// Refuses a column that a trigger of the user's own writes, or reads before ours has filled it in.
    pub(super) fn refuse_own_triggers(&self, column: &Identifier) -> Result<(), Refusal> {
        let word = column.as_str().to_lowercase();
        let names = |text: &str| {
            let is_name = |sign: char| sign.is_alphanumeric() || sign == '_';
            text.to_lowercase().split(|sign| !is_name(sign)).any(|found| found == word)
        };
        for trigger in self.entry.children() {
            let Object::Trigger(facts) = trigger.object() else { continue };
            let definition = facts.definition.as_str();
            if !definition.contains(" BEFORE ") || !definition.contains("FOR EACH ROW") {
                continue;
            }
            let body = self.entry.catalog().of_kind(ObjectKind::Function).find_map(|entry| match entry.id() {
                ObjectId::Function(name)
                    if name.schema == facts.function.schema && name.name == facts.function.name =>
                {
                    match entry.object() {
                        Object::Function(function) => Some(function.body.source.to_string()),
                        _ => None,
                    }
                }
                _ => None,
            });
            if body.is_some_and(|body| names(&body)) {
                return Err(Refusal::new(
                    format!("{} reads or writes it before a row is stored", trigger.id()),
                    "drop the trigger in a migration before, or let it know of both columns and make it AFTER",
                ));
            }
        }
        Ok(())
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

fn cut(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or(text)
}
