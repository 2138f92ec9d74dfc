//! A referencing column does not say by its name what it refers to.
//!
//! `visit.patient_id` can only be the id of a patient; `visit.owner` may be anything. In the pattern
//! `{referenced_table}` stands for the name of the table that is referenced. Keys of several columns are let be.
//!
//! ```sql,bad
//! -- limosa.toml: foreign-key-column-name = { pattern = ".*_id" }
//! CREATE TABLE patient (id bigint PRIMARY KEY);
//! CREATE TABLE visit (id bigint PRIMARY KEY, owner bigint REFERENCES patient);
//! ```
//! ```sql,good
//! -- limosa.toml: foreign-key-column-name = { pattern = "(.*_)?{referenced_table}_id" }
//! CREATE TABLE patient (id bigint PRIMARY KEY);
//! CREATE TABLE visit (id bigint PRIMARY KEY, patient_id bigint REFERENCES patient);
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level, Parameter, ParameterKind};
use crate::shape::{Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_tables!(check)).with(&[
    Parameter {
        name: "pattern",
        kind: ParameterKind::Pattern,
        default: "\".*(_id|Id)\"",
        meaning: "what names of referencing columns are like",
    },
    EXCEPT,
]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    let Some(pattern) = found.parameters.pattern("pattern") else { return };
    if table.is_partition {
        return;
    }
    for (constraint, key) in table.foreign_keys() {
        let [column] = key.columns.as_slice() else { continue };
        // A key that is also the own id says what the row is, such as a patient that is a person.
        let is_own_key = table.primary_key().is_some_and(|own| own == key.columns);
        let values = [("table", table.name.name.as_str()), ("referenced_table", key.references.name.as_str())];
        if !is_own_key && !pattern.fits(column.as_str(), &values) {
            let shown = table.shown_column(column);
            let site = table.column(column).map_or(constraint.site, |column| column.site);
            let message = format!(
                "{shown} refers to {} and is not named like `{}`",
                crate::found::shown(&key.references),
                pattern.as_str()
            );
            found.site(site, message).of_table(&table.name);
        }
    }
}
