//! What the statements that are yet to come decide about those that stand before them.

use std::collections::BTreeSet;

use limosa_catalog::{ColumnName, Entry, Identifier, ObjectId, ObjectName, QualifiedName};
use limosa_syntax::{Command, Directive, ObjectAction, ObjectChange, Script, SourceFile, TableAction};

use super::Situation;

impl<'a> Situation<'a> {
    /// Looks through the statements for what decides about others that stand before them.
    pub(in super::super) fn foresees(&self, source: &SourceFile, script: &Script) {
        let mut makes_rows = Vec::new();
        let mut goes: BTreeSet<ObjectName> = BTreeSet::new();
        for (index, statement) in script.statements.iter().enumerate() {
            let says = |is_it: fn(&Directive) -> bool| script.statement_directives(index).any(is_it);
            let text = statement.span.of(&source.text);
            if makes_something(text) {
                self.makes_more.set(true);
            }
            match Command::of(text) {
                Command::CreateTableAs { name, materialized_view: true, reads }
                    if !says(|directive| matches!(directive, Directive::Phase(_))) =>
                {
                    makes_rows.push((name, reads, text));
                }
                Command::CreateDomain { domain, .. } => {
                    self.domains.borrow_mut().insert(domain);
                }
                Command::DropRelations { names, .. } => goes.extend(names.iter().filter_map(|name| self.resolve(name))),
                Command::AlterTable { table, view: false, actions, .. } => {
                    // A key and what refers to it are a matter of their own.
                    let is_key = says(|directive| matches!(directive, Directive::Rekey(_) | Directive::Follows(_)));
                    let Some(relation) = self.resolve(&table) else { continue };
                    let column = |name: &Identifier| ColumnName { relation: relation.clone(), name: name.clone() };
                    for action in &actions {
                        match action {
                            TableAction::SetType { column: name, .. } if !is_key => {
                                self.retyped.borrow_mut().insert(column(name));
                                self.other.borrow_mut().insert(column(name));
                            }
                            TableAction::RenameColumn { from, to } => {
                                self.other.borrow_mut().insert(column(to));
                                if !self.is_versioned() {
                                    self.copied.borrow_mut().insert(column(from));
                                }
                            }
                            TableAction::Rename(_) => {
                                self.renamed_tables.borrow_mut().insert(relation.clone());
                            }
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        let remakes = makes_rows.iter().any(|(name, reads, text)| {
            let is_there = self.resolve(name).is_some_and(|name| self.relation(&name).is_some());
            is_there
                || self.reads_other_columns(reads, text)
                || reads.iter().any(|read| self.resolve(read).is_some_and(|read| goes.contains(&read)))
        });
        self.remakes_rows.set(remakes);
    }

    /// Whether a query reads columns that are other ones with contract: so it cannot be made before.
    pub(in super::super) fn reads_other_columns(&self, reads: &[QualifiedName], text: &str) -> bool {
        let other = self.other.borrow();
        let tokens = limosa_syntax::Tokens::of(text);
        let named =
            |name: &Identifier| tokens.words().each().any(|(_, mut here)| here.identifier().as_ref() == Some(name));
        reads
            .iter()
            .filter_map(|read| self.resolve(read))
            .any(|read| other.iter().any(|column| column.relation == read && named(&column.name)))
    }

    /// Whether the migration gives a table another name, wherever it says so.
    pub(in super::super) fn is_to_be_renamed(&self, table: &ObjectName) -> bool {
        self.renamed_tables.borrow().contains(table)
    }

    /// Whether the migration makes what expressions may need: a function, a sequence, a type.
    pub(in super::super) fn makes_more(&self) -> bool {
        self.makes_more.get()
    }

    /// The columns that become other ones meanwhile, or have another one beside them, wherever the migration says so.
    pub(in super::super) fn to_be_changed(&self) -> Vec<ColumnName> {
        self.retyped.borrow().iter().chain(self.copied.borrow().iter()).cloned().collect()
    }

    /// The columns that the migration gives another type, as they are.
    pub(in super::super) fn retyped(&self) -> Vec<Entry<'a>> {
        let retyped = self.retyped.borrow();
        retyped.iter().filter_map(|column| self.catalog.entry(&ObjectId::Column(column.clone()))).collect()
    }

    /// Whether the migration makes a materialized view that cannot be made at once, so that what comes with it is made
    /// ahead.
    pub(in super::super) fn remakes_rows(&self) -> bool {
        self.remakes_rows.get()
    }
}

/// Whether a statement makes something that is no part of a table, or may.
fn makes_something(text: &str) -> bool {
    let is_new = |change: ObjectChange| matches!(change.action, ObjectAction::Create | ObjectAction::Replace);
    matches!(Command::of(text), Command::Block(_) | Command::CreateSequence { .. } | Command::CreateDomain { .. })
        || ObjectChange::of(text).is_some_and(is_new)
}
