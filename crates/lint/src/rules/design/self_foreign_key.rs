//! A foreign key refers to the very columns that it is made of.
//!
//! Every row refers to itself then, so the key can never be broken. Another column was meant.
//!
//! ```sql,bad
//! CREATE TABLE unit (id bigint PRIMARY KEY REFERENCES unit (id), parent_id bigint);
//! ```
//! ```sql,good
//! CREATE TABLE unit (id bigint PRIMARY KEY, parent_id bigint REFERENCES unit (id));
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level};
use crate::shape::{Table, of_tables, shown_columns};

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, of_tables!(check)).with(&[EXCEPT]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    for (constraint, key) in table.foreign_keys() {
        let same = key.columns == key.referenced_columns
            || (key.referenced_columns.is_empty() && table.primary_key() == Some(key.columns.as_slice()));
        if key.references == table.name && same {
            let columns = shown_columns(&key.columns);
            let message = format!("{columns} of {} refers to itself, which is always true", table.shown());
            found.site(constraint.site, message).of_table(&table.name);
        }
    }
}
