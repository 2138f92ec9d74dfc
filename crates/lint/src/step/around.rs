//! What the other statements of the file do.

use limosa_catalog::QualifiedName;
use limosa_syntax::{Command, Embedded, ObjectAction, ObjectChange, TableAction};

use super::Step;
use crate::state::object_kind;

impl<'a> Step<'a> {
    /// The statements of the file that come behind it, with their texts; not those inside others.
    pub(crate) fn later(&self) -> impl Iterator<Item = (&'a str, &'a Command)> {
        let (text, next) = (&self.file.source.text, self.looked.index + 1);
        let statements = self.parsed.statements.iter().map(|statement| statement.span.of(text));
        statements.zip(self.commands).skip(next)
    }

    /// Whether a statement behind it makes a relation of this name, or renames one to it.
    pub(crate) fn makes_later(&self, name: &QualifiedName) -> bool {
        let name = self.resolve(name);
        let is_it = |made: &QualifiedName| self.resolve(made) == name;
        self.later().any(|(_, command)| match command {
            Command::CreateTable(table) => is_it(&table.name),
            Command::CreateTableAs { name, .. } | Command::CreateView { name, .. } => is_it(name),
            Command::AlterTable { table, actions, .. } => actions.iter().any(|action| match action {
                TableAction::Rename(to) => is_it(&QualifiedName { schema: table.schema.clone(), name: to.clone() }),
                _ => false,
            }),
            _ => false,
        })
    }

    /// Whether a statement behind it drops a relation.
    pub(crate) fn is_dropped_later(&self, name: &QualifiedName) -> bool {
        let name = self.resolve(name);
        self.later().any(|(_, command)| match command {
            Command::DropRelations { names, .. } => names.iter().any(|dropped| self.resolve(dropped) == name),
            _ => false,
        })
    }

    /// Whether the file makes a function that writes to a table: its triggers may fill it, not the applications.
    pub(crate) fn is_written_by_function(&self, table: &QualifiedName) -> bool {
        let table = self.resolve(table);
        let text = &self.file.source.text;
        let functions = self.parsed.statements.iter().filter(|statement| statement.class.tag == "CREATE FUNCTION");
        functions.flat_map(|function| Embedded::within(function.span.of(text))).any(|inside| match inside.command {
            Command::Insert { table: into, .. } => self.resolve(&into) == table,
            _ => false,
        })
    }

    /// What the statements of the file that come behind it do to objects that are no relations.
    pub(crate) fn later_changes(&self) -> impl Iterator<Item = ObjectChange> {
        self.later().filter_map(|(text, _)| ObjectChange::of(text))
    }

    /// Whether a statement behind it makes an object of this kind and name, or renames one to it.
    pub(crate) fn makes_object_later(&self, of: &'static str, name: &QualifiedName) -> bool {
        let name = self.resolve(name);
        self.later_changes().filter(|change| object_kind(change.kind) == object_kind(of)).any(|change| {
            change.names.iter().any(|named| match &change.action {
                ObjectAction::Create | ObjectAction::Replace | ObjectAction::CreateEnum(_) => {
                    self.resolve(named) == name
                }
                ObjectAction::Rename(to) => to == &name.name,
                _ => false,
            })
        })
    }

    /// The actions of this `ALTER TABLE` and of those of the same table that come behind it, from an action on.
    pub(crate) fn actions_from(&self, number: usize) -> impl Iterator<Item = &'a TableAction> {
        let (table, actions): (Option<&QualifiedName>, &[TableAction]) = match self.command() {
            Command::AlterTable { table, actions, .. } => (Some(table), actions.get(number..).unwrap_or_default()),
            _ => (None, &[]),
        };
        let later = self.later().filter_map(move |(_, command)| match command {
            Command::AlterTable { table: other, actions, .. } if Some(other) == table => Some(actions.as_slice()),
            _ => None,
        });
        actions.iter().chain(later.flatten())
    }

    /// Whether a statement of the file before it has read the table: its rows may have been kept elsewhere.
    pub(crate) fn is_read_before(&self, table: &QualifiedName) -> bool {
        let table = self.resolve(table);
        let former = self.state.former_name(&table).unwrap_or(&table);
        self.before.iter().any(|looked| match &looked.command {
            Command::CreateTableAs { reads, .. } | Command::Insert { reads, .. } | Command::Change { reads, .. } => {
                reads.iter().map(|read| self.resolve(read)).any(|read| read == table || read == *former)
            }
            _ => false,
        })
    }
}
