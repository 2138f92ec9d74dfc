//! Every column of a table but its key may be null.
//!
//! A row of nothing but an id fits into it. Some column says what a row is, and is there in each.
//!
//! ```sql,bad
//! CREATE TABLE patient (id bigint PRIMARY KEY, name text, email text);
//! ```
//! ```sql,good
//! CREATE TABLE patient (id bigint PRIMARY KEY, name text NOT NULL, email text);
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level};
use crate::shape::{Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_tables!(check)).with(&[EXCEPT]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    let key = table.primary_key().unwrap_or_default();
    let others: Vec<_> = table.columns.iter().filter(|column| !key.contains(&column.name)).collect();
    let is_meant = table.whole && !table.is_partition && !table.foreign && !others.is_empty();
    if is_meant && others.iter().all(|column| column.not_null == Some(false)) {
        let message = format!("every column of {} but its key may be null", table.shown());
        found.site(table.site, message).of_table(&table.name);
    }
}
