//! A table has no primary key.
//!
//! Without one, nothing keeps a row from being there twice, no other table can refer to it, and logical replication
//! refuses its updates and deletes. Partitions and tables that inherit take theirs from above.
//!
//! ```sql,bad
//! CREATE TABLE visit (patient_id bigint, day date);
//! ```
//! ```sql,good
//! CREATE TABLE visit (patient_id bigint, day date);
//! ALTER TABLE visit ADD CONSTRAINT visit_pkey PRIMARY KEY (patient_id, day);
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level};
use crate::shape::{Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, of_tables!(check)).with(&[EXCEPT]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    if table.whole && !table.foreign && !table.is_partition && table.primary_key().is_none() {
        let message = format!("the table {} has no primary key", table.shown());
        found.site(table.site, message).of_table(&table.name);
    }
}
