//! An index leaves out nulls of a column that has none.
//!
//! `WHERE patient_id IS NOT NULL` holds every row where the column is `NOT NULL`, and queries that do not say the same
//! may not use the index.
//!
//! ```sql,bad
//! CREATE TABLE visit (id bigint PRIMARY KEY, patient_id bigint NOT NULL);
//! CREATE INDEX visit_patient ON visit (patient_id) WHERE patient_id IS NOT NULL;
//! ```
//! ```sql,good
//! CREATE TABLE visit (id bigint PRIMARY KEY, patient_id bigint);
//! CREATE INDEX visit_patient ON visit (patient_id) WHERE patient_id IS NOT NULL;
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level};
use crate::shape::{Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Note, of_tables!(check)).with(&[EXCEPT]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    for index in table.indexes.iter().filter(|index| !index.is_partition) {
        let Some(predicate) = &index.predicate else { continue };
        let plain = predicate.replace(['(', ')', '"'], " ");
        let words: Vec<&str> = plain.split_whitespace().collect();
        let [name, rest @ ..] = words.as_slice() else { continue };
        let is_not_null = rest.join(" ").eq_ignore_ascii_case("is not null");
        let column = table.columns.iter().find(|column| column.name.as_str() == *name);
        if let Some(column) = column.filter(|column| is_not_null && column.not_null == Some(true)) {
            let shown = table.shown_column(&column.name);
            let message = format!("{shown} is never null, so this index leaves nothing out");
            found.site(index.site, message).of_table(&table.name).help("leave its `WHERE` out");
        }
    }
}
