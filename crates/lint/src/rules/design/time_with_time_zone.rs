//! A time of day is kept with a time zone.
//!
//! Which offset a zone has depends on the day, and a time of day has none, so `timetz` cannot tell what it means where
//! clocks change. It exists because the standard asks for it.
//!
//! ```sql,bad
//! CREATE TABLE shift (id bigint PRIMARY KEY, begins timetz);
//! ```
//! ```sql,good
//! CREATE TABLE shift (id bigint PRIMARY KEY, begins time, zone text);
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level};
use crate::shape::{Column, Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Note, of_tables!(check)).with(&[EXCEPT]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    for column in table.columns.iter().filter(|column| !table.is_partition && is_meant(column)) {
        let shown = table.shown_column(&column.name);
        let finding = found
            .site(column.site, format!("{shown} has the offset of a zone, but no day to which it belongs"))
            .of_table(&table.name);
        finding.help("use `time`, and a column for the name of the zone; or `timestamptz`");
    }
}

fn is_meant(column: &Column<'_>) -> bool {
    column.data_type.as_ref().is_some_and(|data_type| data_type.is(&["time with time zone"]))
}
