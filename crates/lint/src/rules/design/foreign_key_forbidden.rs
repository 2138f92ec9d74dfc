//! A table has a foreign key, in a project without any.
//!
//! For databases that are split over servers, or fed by replication in no order. What refers to what is then checked
//! otherwise, such as by `references` in limosa.toml.
//!
//! ```sql,bad
//! CREATE TABLE patient (id bigint PRIMARY KEY);
//! CREATE TABLE visit (id bigint PRIMARY KEY, patient_id bigint REFERENCES patient);
//! ```
//! ```sql,good
//! CREATE TABLE patient (id bigint PRIMARY KEY);
//! CREATE TABLE visit (id bigint PRIMARY KEY, patient_id bigint);
//! ```

use crate::found::{Findings, shown};
use crate::rule::{Declaration, EXCEPT, Level};
use crate::shape::{Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_tables!(check)).with(&[EXCEPT]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    for (constraint, key) in table.foreign_keys().filter(|_| !table.is_partition) {
        let message = format!("{} has a foreign key to {}", table.shown(), shown(&key.references));
        found.site(constraint.site, message).of_table(&table.name);
    }
}
