//! Every row of a table that is in use is removed.
//!
//! `TRUNCATE` takes all rows at once, fires no triggers for them, and keeps out readers and writers meanwhile. With
//! `CASCADE` it empties every table that references the one that is named, and those that reference these.
//!
//! Locks: truncate, truncate-cascade
//!
//! ```sql,bad
//! TRUNCATE visit;
//! ```
//! ```sql,bad
//! CREATE TABLE patient (id bigint PRIMARY KEY);
//! CREATE TABLE visit (id bigint PRIMARY KEY, patient_id bigint REFERENCES patient);
//! -- next migration
//! TRUNCATE patient CASCADE;
//! ```
//! ```sql,good
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! TRUNCATE visit;
//! ```

use std::collections::BTreeSet;

use limosa_catalog::QualifiedName;
use limosa_plan::HazardKind;
use limosa_syntax::{Command, Severity};

use crate::found::{Findings, listed};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::Truncate { tables, cascade } = step.command() else { return };
    let in_use: Vec<&QualifiedName> =
        tables.iter().filter(|table| step.is_in_use(table) && !has_no_rows(step, table)).collect();
    if in_use.is_empty() || step.is_allowed(HazardKind::DeletesData) {
        return;
    }
    let others = if *cascade { emptied_with(step, tables) } else { Vec::new() };
    if others.is_empty() {
        let finding = found.at(step.head(), format!("every row of {} is lost", listed(in_use.iter().copied())));
        finding.at_most(Severity::Warning);
        if *cascade && !step.state.known.is_complete() {
            finding.note("`CASCADE` empties the tables that reference it, too");
        }
        finding.help("delete what has to go by a condition, or keep a copy of the rows first");
        return;
    }
    let (others, named) = (listed(&others), listed(tables));
    found
        .at(
            step.head(),
            format!("every row of {others} is lost with those of {named}, and the statement does not say so"),
        )
        .help("name every table that is to be emptied, without `CASCADE`");
}

fn has_no_rows(step: &Step<'_>, table: &QualifiedName) -> bool {
    let table = step.resolve(table);
    step.sizes.rows(&table) == Some(0) || step.state.is_emptied(&table)
}

/// The tables in use that reference these, those that reference them included.
fn emptied_with(step: &Step<'_>, tables: &[QualifiedName]) -> Vec<QualifiedName> {
    let named: BTreeSet<QualifiedName> = tables.iter().map(|table| step.resolve(table)).collect();
    let mut seen = named.clone();
    let mut waiting: Vec<QualifiedName> = named.iter().cloned().collect();
    while let Some(table) = waiting.pop() {
        for other in step.state.known.referencing(&table) {
            if seen.insert(other.clone()) {
                waiting.push(other);
            }
        }
    }
    seen.into_iter()
        .filter(|table| !named.contains(table) && step.is_in_use(table) && !has_no_rows(step, table))
        .collect()
}
