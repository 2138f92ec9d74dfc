//! A constraint of a domain is tested while nobody can write to the tables that have columns of it.
//!
//! `ALTER DOMAIN … ADD CHECK` and `… SET NOT NULL` read every table with a column of the domain, one after the other,
//! and keep writers out of all of them until the transaction ends. With `NOT VALID` the check holds for what is
//! written from now on; but `VALIDATE CONSTRAINT` of a domain keeps writers out as well. A `CHECK` of a table can be
//! validated while the table is in use.
//!
//! Locks: alter-domain-checked, validate-domain
//!
//! ```sql,bad
//! CREATE DOMAIN email AS text;
//! CREATE TABLE patient (contact email);
//! -- next migration
//! ALTER DOMAIN email ADD CONSTRAINT has_at CHECK (VALUE LIKE '%@%');
//! ```
//! ```sql,good
//! ALTER DOMAIN email ADD CONSTRAINT has_at CHECK (VALUE LIKE '%@%') NOT VALID;
//! ```

use limosa_plan::lock::LockedRelation;
use limosa_syntax::{Command, DomainChange, Severity};

use crate::found::{Findings, shown};
use crate::rule::{Declaration, Level, On};
use crate::step::Step;

pub(crate) const RULE: Declaration = Declaration::new(Level::Error, &[On::Statement(check)]);

fn check(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::AlterDomain { domain, change } = step.command() else { return };
    if *change == DomainChange::Unchecked {
        return;
    }
    let named = step.looked.locks.locks.iter().filter_map(|lock| match &lock.relation {
        LockedRelation::Named(table) => Some(table),
        LockedRelation::TableOf(_) => None,
    });
    let tables: Vec<_> = named.collect();
    let weight = tables.iter().map(|table| step.weight(table)).max();
    let message = match tables.as_slice() {
        [] if step.state.known.has_domain(&step.resolve(domain)) => return,
        [] => format!("nobody can write to any table with a column of {} while its rows are read", shown(domain)),
        some => {
            let names: Vec<String> = some.iter().map(|table| shown(table)).collect();
            format!("nobody can write to {} while all of its rows are read", names.join(", "))
        }
    };
    let finding = found.at(step.head(), message);
    finding.at_most(weight.unwrap_or(Severity::Warning));
    if let Some(note) = tables.first().and_then(|table| step.lock_note(table)) {
        finding.note(note);
    }
    if *change == DomainChange::Validated {
        finding.at_most(Severity::Warning);
    }
    finding.help("put a `CHECK` on the tables instead, with `NOT VALID`: that can be validated while they are in use");
}
