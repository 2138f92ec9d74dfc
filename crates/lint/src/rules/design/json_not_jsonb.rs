//! A column is of type `json` rather than `jsonb`.
//!
//! `json` keeps the text as it was sent, duplicate keys and blanks included, and reads it anew with every access; it
//! has no equality, so that `SELECT DISTINCT` and `GROUP BY` refuse it, and no index finds anything in it.
//!
//! ```sql,bad
//! CREATE TABLE event (id bigint PRIMARY KEY, payload json);
//! ```
//! ```sql,good
//! CREATE TABLE event (id bigint PRIMARY KEY, payload jsonb);
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level};
use crate::shape::{Column, Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_tables!(check)).with(&[EXCEPT]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    for column in table.columns.iter().filter(|column| !table.is_partition && is_meant(column)) {
        let shown = table.shown_column(&column.name);
        let finding = found
            .site(column.site, format!("{shown} is of type `json`, which cannot be compared or indexed"))
            .of_table(&table.name);
        finding.help("use `jsonb`, unless the text has to stay as it was sent");
    }
}

fn is_meant(column: &Column<'_>) -> bool {
    column.data_type.as_ref().is_some_and(|data_type| data_type.is(&["json"]))
}
