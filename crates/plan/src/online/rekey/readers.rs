//! What reads a column that gets other values, holds nothing but what it reads, and so is dropped before and made again
//! behind.

use std::collections::BTreeSet;

use limosa_catalog::{Catalog, ColumnName, Entry, ObjectId, QualifiedName};
use limosa_syntax::{Command, MemberChange, ObjectAction, ObjectChange, Tokens};

use super::super::dependents;
use super::super::routines::remarked;
use super::candidate::Candidate;

/// What a statement does with what may read a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Carried {
    Drops,
    Makes,
}

/// Whether a statement drops or makes what may read a column and can be made again, or is about one of these
/// materialized views.
pub(super) fn carried(candidate: &Candidate<'_>, views: &BTreeSet<QualifiedName>) -> Option<Carried> {
    if candidate.has_phase() {
        return None;
    }
    match &candidate.command {
        Command::CreateView { .. } | Command::Comment { .. } | Command::Grant { .. } => return Some(Carried::Makes),
        Command::AlterTable { view: true, .. } => return Some(Carried::Makes),
        Command::CreateTableAs { materialized_view: true, .. } => return Some(Carried::Makes),
        Command::CreateIndex { table, .. } | Command::AlterTable { table, .. } if views.contains(table) => {
            return Some(Carried::Makes);
        }
        Command::CreateStatistics { tables, .. } if tables.iter().any(|table| views.contains(table)) => {
            return Some(Carried::Makes);
        }
        Command::InTable { change: MemberChange::Drop, .. } => return Some(Carried::Drops),
        Command::InTable { .. } => return Some(Carried::Makes),
        _ => {}
    }
    if remarked(candidate.text).is_some() {
        return Some(Carried::Makes);
    }
    let change = ObjectChange::of(candidate.text)?;
    let is_carried =
        matches!(change.kind, "VIEW" | "MATERIALIZED VIEW" | "FUNCTION" | "PROCEDURE" | "AGGREGATE" | "ROUTINE");
    match change.action {
        _ if !is_carried => None,
        ObjectAction::Drop { .. } => Some(Carried::Drops),
        _ => Some(Carried::Makes),
    }
}

/// Whether statements drop an object: one of them says so, and its name.
pub(super) fn drops(statements: &[String], entry: Entry<'_>) -> bool {
    let Some(name) = entry.id().own_name() else { return false };
    statements.iter().any(|text| {
        let tokens = Tokens::of(text);
        let mut words = tokens.words();
        words.take(&["DROP"]) && words.each().any(|(_, mut here)| here.identifier().as_ref() == Some(name))
    })
}

/// The materialized views that statements make.
pub(super) fn made_views(candidates: &[Candidate<'_>]) -> BTreeSet<QualifiedName> {
    let made = candidates.iter().filter_map(|candidate| match &candidate.command {
        Command::CreateTableAs { name, materialized_view: true, .. } => Some(name.clone()),
        _ => None,
    });
    made.collect()
}

/// What can be made again and reads a column, directly or through others of the kind.
pub(super) fn readers<'a>(catalog: &'a Catalog, columns: &BTreeSet<ColumnName>) -> BTreeSet<&'a ObjectId> {
    let columns = columns.iter().filter_map(|column| catalog.entry(&ObjectId::Column(column.clone())));
    dependents::readers(columns.collect(), |_| true)
}
