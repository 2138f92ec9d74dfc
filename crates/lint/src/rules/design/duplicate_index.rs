//! Two indexes of a table are the same.
//!
//! Each write pays for both, and no query is faster for it. An index that also keeps rows apart (a key, or a unique
//! index) does what a plain one of the same columns does.
//!
//! ```sql,bad
//! CREATE TABLE visit (id bigint PRIMARY KEY, patient_id bigint);
//! CREATE INDEX visit_patient ON visit (patient_id);
//! CREATE INDEX visit_patient_again ON visit (patient_id);
//! ```
//! ```sql,bad
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! CREATE UNIQUE INDEX visit_id ON visit (id);
//! ```
//! ```sql,good
//! CREATE TABLE visit (id bigint PRIMARY KEY, patient_id bigint, day date);
//! CREATE INDEX visit_patient ON visit (patient_id);
//! CREATE INDEX visit_open ON visit (patient_id) WHERE day IS NULL;
//! CREATE INDEX visit_hash ON visit USING hash (patient_id);
//! CREATE INDEX visit_latest ON visit (patient_id DESC);
//! CREATE INDEX visit_with_day ON visit (patient_id) INCLUDE (day);
//! ```

use crate::found::Findings;
use crate::index_facts::{IndexFacts, indexes_of};
use crate::rule::{Declaration, EXCEPT, Level, On};
use crate::step::CatalogView;

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Catalog(check)]).with(&[EXCEPT]);

fn check(view: &CatalogView<'_>, found: &mut Findings<'_>) {
    for (table, indexes) in indexes_of(view) {
        for (number, index) in indexes.iter().enumerate() {
            // The second one of two that are the same is said; what nothing but it does, stays.
            let is_same = |other: &IndexFacts<'_>| {
                index.orders_like(other) && index.include == other.include && (!index.unique || other.unique)
            };
            let earlier = |at: usize, other: &IndexFacts<'_>| {
                let is_stronger = other.constraint && !index.constraint || other.unique && !index.unique;
                is_stronger || (at < number && other.constraint == index.constraint && other.unique == index.unique)
            };
            let twin = indexes.iter().enumerate().find(|(at, other)| {
                *at != number && is_same(other) && earlier(*at, other) && !index.constraint && !index.is_partition
            });
            if let Some((_, twin)) = twin {
                let message = format!("the index `{}` does what `{}` does as well", index.shown(), twin.shown());
                let finding = found.whole(message).object(index.id).of_table(&table);
                finding.help(format!("drop it: `DROP INDEX CONCURRENTLY {}`", index.shown()));
            }
        }
    }
}
