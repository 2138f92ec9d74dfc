//! Two foreign keys are the same.
//!
//! Each write to either table checks both. They may differ in what they do when a row is deleted; then only one of
//! them can have its way.
//!
//! ```sql,bad
//! CREATE TABLE patient (id bigint PRIMARY KEY);
//! CREATE TABLE visit (id bigint PRIMARY KEY, patient_id bigint REFERENCES patient,
//!     CONSTRAINT of_patient FOREIGN KEY (patient_id) REFERENCES patient (id) ON DELETE CASCADE);
//! ```
//! ```sql,good
//! CREATE TABLE patient (id bigint PRIMARY KEY);
//! CREATE TABLE visit (id bigint PRIMARY KEY, patient_id bigint REFERENCES patient,
//!     payer_id bigint REFERENCES patient);
//! ```

use crate::found::{Findings, shown};
use crate::rule::{Declaration, EXCEPT, Level, On};
use crate::step::CatalogView;

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Catalog(check)]).with(&[EXCEPT]);

fn check(view: &CatalogView<'_>, found: &mut Findings<'_>) {
    for table in view.tables().iter().filter(|table| !table.is_partition) {
        let keys: Vec<_> = table.foreign_keys().collect();
        for (number, (constraint, key)) in keys.iter().enumerate() {
            let pairs = |key: &crate::shape::ForeignKey| {
                let mut pairs: Vec<_> =
                    key.columns.iter().cloned().zip(key.referenced_columns.iter().cloned()).collect();
                pairs.sort();
                pairs
            };
            let is_same = |(_, other): &&(_, &crate::shape::ForeignKey)| {
                other.references == key.references && pairs(other) == pairs(key)
            };
            if let Some((twin, _)) = keys.iter().take(number).find(is_same) {
                let name = |it: &crate::shape::Constraint<'_>| {
                    it.name.as_ref().map(|name| name.for_people().to_string()).unwrap_or_default()
                };
                let message = format!(
                    "the foreign keys `{}` and `{}` of {} to {} are one",
                    name(twin),
                    name(constraint),
                    table.shown(),
                    shown(&key.references)
                );
                found.site(constraint.site, message).of_table(&table.name).help("drop one of them");
            }
        }
    }
}
