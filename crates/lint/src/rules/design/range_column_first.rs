//! An index begins with a time, and has other columns behind it.
//!
//! Times are mostly asked for by range. Behind a range, what an index has next cannot narrow the search any more: all
//! entries of that time are read. With the columns that are compared by `=` in front, only those are that are wanted.
//! Where the time is asked for by itself most of the time, the index is right as it is.
//!
//! ```sql,bad
//! CREATE TABLE visit (id bigint PRIMARY KEY, patient_id bigint, seen_at timestamptz);
//! CREATE INDEX visit_times ON visit (seen_at, patient_id);
//! ```
//! ```sql,good
//! CREATE TABLE visit (id bigint PRIMARY KEY, patient_id bigint, seen_at timestamptz);
//! CREATE INDEX visit_times ON visit (patient_id, seen_at);
//! CREATE INDEX visit_pages ON visit (seen_at, id);
//! CREATE INDEX visit_seen ON visit (seen_at);
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level};
use crate::shape::{Column, Table, of_tables, shown_columns};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_tables!(check)).with(&[EXCEPT]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    for index in table.indexes.iter().filter(|index| index.method == "btree" && !index.is_partition) {
        let Some(columns) = index.columns() else { continue };
        let (Some(first), rest) = (columns.first(), columns.get(1..).unwrap_or_default()) else { continue };
        // `(seen_at, id)` gives pages of rows in the order of time, with a place for each.
        let rest_is_key = table.primary_key().is_some_and(|key| key == rest);
        let of_equality = |column: &Column<'_>| column.data_type.is_some() && !is_time(column);
        let compared = rest.iter().all(|name| table.column(name).is_some_and(of_equality));
        if !rest.is_empty() && !rest_is_key && compared && table.column(first).is_some_and(is_time) {
            let shown = table.shown_column(first);
            let message = format!("an index that begins with the time {shown} reads all of a range of it");
            let finding = found.site(index.site, message).of_table(&table.name);
            let mut better = rest.to_vec();
            better.push(first.clone());
            finding.help(format!("index {}, where the others are compared by `=`", shown_columns(&better)));
        }
    }
}

fn is_time(column: &Column<'_>) -> bool {
    let times = ["timestamp with time zone", "timestamp without time zone", "date"];
    column.data_type.as_ref().is_some_and(|data_type| data_type.is(&times))
}
