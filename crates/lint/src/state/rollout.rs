//! What the migrations that are deployed together have done so far.

use std::collections::{BTreeMap, BTreeSet};

use limosa_catalog::{Identifier, QualifiedName};
use limosa_plan::lock::Known;
use limosa_syntax::{Command, ObjectAction, ObjectChange, TableAction};

use crate::step::Looked;

/// What is new to everybody, since it happened in the rollout at hand.
#[derive(Debug, Clone, Default)]
pub(super) struct Rollout {
    /// Tables that it has made and filled from a query or a file.
    pub(super) filled: BTreeSet<QualifiedName>,
    /// Tables of which it has removed every row.
    pub(super) emptied: BTreeSet<QualifiedName>,
    /// Columns that it has added to tables that were there, and whether something fills them in by itself.
    pub(super) added: BTreeMap<(QualifiedName, Identifier), bool>,
    /// What relations that it has renamed were called before.
    pub(super) former: BTreeMap<QualifiedName, QualifiedName>,
    /// Schemas, types, routines … that it has made.
    objects: BTreeSet<(&'static str, QualifiedName)>,
    /// Those that were there, by the names that it has given them.
    renamed: BTreeSet<(&'static str, QualifiedName)>,
}

impl Rollout {
    /// Takes a statement as done. `known` is what was known before it.
    pub(super) fn apply(&mut self, known: &Known, looked: &Looked) {
        if let Some(change) = &looked.change {
            return self.change(known, change);
        }
        match &looked.command {
            Command::CreateTableAs { name, reads, .. } if !reads.is_empty() => {
                self.filled.insert(known.resolve(name));
            }
            Command::Insert { table, reads } => {
                let table = known.resolve(table);
                self.emptied.remove(&table);
                if known.is_new(&table) && (!reads.is_empty() || is_copy(&looked.text)) {
                    self.filled.insert(table);
                }
            }
            Command::Truncate { tables, .. } => {
                self.emptied.extend(tables.iter().map(|table| known.resolve(table)));
            }
            Command::Change { table, deletes: true, every_row: true, .. } => {
                self.emptied.insert(known.resolve(table));
            }
            Command::AlterTable { table, actions, .. } => {
                let table = known.resolve(table);
                actions.iter().for_each(|action| self.alter(&table, action));
            }
            _ => {}
        }
    }

    fn alter(&mut self, table: &QualifiedName, action: &TableAction) {
        let renamed = match action {
            TableAction::AddColumn(column) => {
                let has_default = column.default.as_ref().is_some_and(|default| !default.null);
                let filled = has_default || column.generation.is_some();
                self.added.insert((table.clone(), column.name.clone()), filled);
                return;
            }
            TableAction::SetDefault(column) | TableAction::Identity(column) => {
                return self.is_filled_in(table, column, true);
            }
            TableAction::DropDefault(column) => return self.is_filled_in(table, column, false),
            TableAction::DropColumn(column) => {
                self.added.remove(&(table.clone(), column.clone()));
                return;
            }
            TableAction::RenameColumn { from, to } => {
                if let Some(filled) = self.added.remove(&(table.clone(), from.clone())) {
                    self.added.insert((table.clone(), to.clone()), filled);
                }
                return;
            }
            TableAction::Rename(to) => QualifiedName { schema: table.schema.clone(), name: to.clone() },
            TableAction::SetSchema(to) => QualifiedName { schema: Some(to.clone()), name: table.name.clone() },
            _ => return,
        };
        let before = self.former.remove(table).unwrap_or_else(|| table.clone());
        self.former.insert(renamed, before);
    }

    fn is_filled_in(&mut self, table: &QualifiedName, column: &Identifier, filled: bool) {
        if let Some(was) = self.added.get_mut(&(table.clone(), column.clone())) {
            *was = filled;
        }
    }

    fn change(&mut self, known: &Known, change: &ObjectChange) {
        let kind = kind(change.kind);
        let named = change.names.iter().map(|name| (kind, known.resolve(name)));
        match &change.action {
            ObjectAction::Create | ObjectAction::Replace | ObjectAction::CreateEnum(_) => self.objects.extend(named),
            ObjectAction::Rename(to) => {
                for (kind, name) in named {
                    let renamed = (kind, QualifiedName { schema: name.schema.clone(), name: to.clone() });
                    if self.objects.remove(&(kind, name)) {
                        self.objects.insert(renamed);
                    } else {
                        self.renamed.insert(renamed);
                    }
                }
            }
            _ => {}
        }
    }

    /// Whether it has made an object that is no relation.
    pub(super) fn has_made(&self, of: &'static str, name: &QualifiedName) -> bool {
        self.objects.contains(&(kind(of), name.clone()))
    }

    /// Whether it has given an object that is no relation the name that it has.
    pub(super) fn has_renamed(&self, of: &'static str, name: &QualifiedName) -> bool {
        self.renamed.contains(&(kind(of), name.clone()))
    }
}

/// Kinds that `DROP` calls by each other's names.
pub(crate) fn kind(kind: &'static str) -> &'static str {
    match kind {
        "PROCEDURE" | "ROUTINE" | "AGGREGATE" => "FUNCTION",
        "DOMAIN" => "TYPE",
        other => other,
    }
}

fn is_copy(text: &str) -> bool {
    text.trim_start().get(..4).is_some_and(|first| first.eq_ignore_ascii_case("copy"))
}
