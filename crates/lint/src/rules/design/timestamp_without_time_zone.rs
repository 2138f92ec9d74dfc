//! A time is kept without its time zone.
//!
//! `timestamp` is what a clock on a wall shows, without saying where the wall is: two sessions with other settings of
//! `TimeZone` write another hour for the same moment. `timestamptz` keeps the moment, in as many bytes.
//!
//! ```sql,bad
//! CREATE TABLE visit (id bigint PRIMARY KEY, begins_at timestamp);
//! ```
//! ```sql,good
//! CREATE TABLE visit (id bigint PRIMARY KEY, begins_at timestamptz);
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level};
use crate::shape::{Column, Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_tables!(check)).with(&[EXCEPT]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    for column in table.columns.iter().filter(|column| !table.is_partition && is_meant(column)) {
        let shown = table.shown_column(&column.name);
        let finding =
            found.site(column.site, format!("{shown} does not say which moment it means")).of_table(&table.name);
        finding.help("use `timestamptz`");
    }
}

fn is_meant(column: &Column<'_>) -> bool {
    column.data_type.as_ref().is_some_and(|data_type| data_type.is(&["timestamp without time zone"]))
}
