//! A statement locks a table against everybody that it does not name.
//!
//! Dropping a table, a column or a foreign key locks the tables to which the foreign keys refer, since their triggers
//! go with them; `TRUNCATE … CASCADE` locks the tables that refer to it. Everybody who uses those has to wait, too.
//!
//! Locks: drop-table, drop-foreign-key, drop-column-foreign-key, truncate-cascade
//!
//! ```sql,bad
//! CREATE TABLE patient (id bigint PRIMARY KEY);
//! CREATE TABLE visit (patient_id bigint REFERENCES patient);
//! -- next migration
//! DROP TABLE visit;
//! ```
//! ```sql,good
//! CREATE TABLE patient (id bigint PRIMARY KEY);
//! CREATE TABLE visit (patient_id bigint);
//! -- next migration
//! DROP TABLE visit;
//! ```

use std::collections::BTreeSet;

use limosa_catalog::{Identifier, QualifiedName};
use limosa_plan::lock::{KeptOut, LockedRelation};
use limosa_syntax::Command;

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Note, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let is_told = matches!(
        step.command(),
        Command::AlterTable { .. } | Command::DropRelations { .. } | Command::Truncate { .. } | Command::CreateTable(_)
    );
    if !is_told || step.looked.locks.locks.len() < 2 {
        return;
    }
    let tokens = step.tokens();
    let names: BTreeSet<Identifier> = tokens.words().each().filter_map(|(_, mut here)| here.identifier()).collect();
    let known = &step.state.known;
    // The server refuses to drop what a view reads, unless the view is to go as well.
    let views: Vec<QualifiedName> = match step.command() {
        Command::DropRelations { cascade: false, names, .. } => {
            names.iter().flat_map(|name| known.views_of(&step.resolve(name))).collect()
        }
        _ => Vec::new(),
    };
    let is_part = |table: &QualifiedName| known.parents(table).iter().any(|parent| names.contains(&parent.name));
    let others: Vec<&QualifiedName> = step
        .looked
        .locks
        .locks
        .iter()
        .filter(|lock| lock.mode.keeps_out() == KeptOut::Everybody)
        .filter_map(|lock| match &lock.relation {
            LockedRelation::Named(table) => Some(table),
            LockedRelation::TableOf(_) => None,
        })
        .filter(|table| !names.contains(&table.name) && !is_part(table) && !views.contains(table))
        .collect();
    let Some(first) = others.first() else { return };
    let shown: Vec<String> = others.iter().map(|table| shown(table)).collect();
    let finding =
        found.at(step.head(), format!("nobody can use {} either until the transaction ends", shown.join(", ")));
    if let Some(note) = step.lock_note(first) {
        finding.note(note);
    }
    finding.help("keep the transaction short: leave what takes its time to a migration of its own");
}
