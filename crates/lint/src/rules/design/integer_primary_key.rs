//! A primary key will run out of numbers.
//!
//! `integer` ends at 2,147,483,647, and `smallint` at 32,767, of which deleted rows and failed inserts use their
//! share. To make the column a `bigint` then is a rewrite of the table and of all that refer to it. Keys that are
//! foreign keys as well follow what they refer to.
//!
//! ```sql,bad
//! CREATE TABLE visit (id serial PRIMARY KEY);
//! ```
//! ```sql,good
//! CREATE TABLE visit (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
//! CREATE TABLE country (id integer PRIMARY KEY);
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level};
use crate::shape::{Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_tables!(check)).with(&[EXCEPT]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    let Some([key]) = table.primary_key() else { return };
    let refers = table.foreign_keys().any(|(_, foreign)| foreign.columns.contains(key));
    let Some(column) = table.column(key).filter(|_| !refers && !table.is_partition) else { return };
    let Some(data_type) = &column.data_type else { return };
    let small = data_type.is(&["integer", "smallint", "serial", "smallserial"]);
    if small && column.generation.is_some() {
        let message = format!("{} counts in an `{data_type}`", table.shown_column(key));
        found.site(column.site, message).of_table(&table.name).help("use `bigint`");
    }
}
