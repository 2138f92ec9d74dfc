//! A column is of type `char(n)`.
//!
//! `char(n)` fills values up with blanks, and takes them off again in most comparisons but not in `LIKE` or in a
//! regular expression. It is neither smaller nor faster than `text`.
//!
//! ```sql,bad
//! CREATE TABLE country (code char(2) PRIMARY KEY);
//! ```
//! ```sql,good
//! CREATE TABLE country (code text PRIMARY KEY CHECK (length(code) = 2), flag "char");
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level};
use crate::shape::{Column, Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Note, of_tables!(check)).with(&[EXCEPT]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    for column in table.columns.iter().filter(|column| !table.is_partition && is_meant(column)) {
        let shown = table.shown_column(&column.name);
        let finding =
            found.site(column.site, format!("the values of {shown} are filled up with blanks")).of_table(&table.name);
        finding.help("use `text`, with a check of the length where that matters");
    }
}

fn is_meant(column: &Column<'_>) -> bool {
    column.data_type.as_ref().is_some_and(|data_type| data_type.is(&["character"]))
}
