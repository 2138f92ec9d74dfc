//! An index begins another one.
//!
//! An index on `(patient_id, day)` finds the rows of a patient as well as one on `(patient_id)` alone, if not quite as
//! fast: it is larger. Whether the smaller one pays for its writes is worth a look at how often it is used.
//!
//! ```sql,bad
//! CREATE TABLE visit (id bigint PRIMARY KEY, patient_id bigint, day date);
//! CREATE INDEX visit_patient ON visit (patient_id);
//! CREATE INDEX visit_patient_day ON visit (patient_id, day);
//! ```
//! ```sql,good
//! CREATE TABLE visit (id bigint PRIMARY KEY, patient_id bigint, day date);
//! CREATE UNIQUE INDEX visit_patient ON visit (patient_id);
//! CREATE INDEX visit_patient_day ON visit (patient_id, day);
//! CREATE INDEX visit_day ON visit (day) WHERE patient_id IS NULL;
//! CREATE INDEX visit_day_patient ON visit (day, patient_id);
//! ```

use crate::found::Findings;
use crate::index_facts::{IndexFacts, indexes_of};
use crate::rule::{Declaration, EXCEPT, Level, On};
use crate::step::CatalogView;

pub(crate) const RULE: Declaration = Declaration::new(Level::Note, &[On::Catalog(check)]).with(&[EXCEPT]);

fn check(view: &CatalogView<'_>, found: &mut Findings<'_>) {
    for (table, indexes) in indexes_of(view) {
        let is_removable = |index: &&IndexFacts<'_>| {
            !index.unique
                && !index.constraint
                && !index.is_partition
                && index.method == "btree"
                && !index.keys.is_empty()
        };
        for index in indexes.iter().filter(is_removable) {
            let longer = indexes.iter().find(|other| {
                let covers = index.include.iter().all(|it| other.include.contains(it) || other.names.contains(it));
                other.keys.len() > index.keys.len() && other.begins_with(index) && covers
            });
            if let Some(longer) = longer {
                let message = format!("the index `{}` is the beginning of `{}`", index.shown(), longer.shown());
                let finding = found.whole(message).object(index.id).of_table(&table);
                finding.help("see in `pg_stat_user_indexes` whether both are used, and drop it if the other will do");
            }
        }
    }
}
