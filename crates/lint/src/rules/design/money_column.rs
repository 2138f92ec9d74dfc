//! A column is of type `money`.
//!
//! How many decimals `money` keeps, and which currency it shows, is a setting of the server (`lc_monetary`): the same
//! value reads differently elsewhere, and a dump may not load. `numeric` keeps what it is given.
//!
//! ```sql,bad
//! CREATE TABLE bill (id bigint PRIMARY KEY, total money);
//! ```
//! ```sql,good
//! CREATE TABLE bill (id bigint PRIMARY KEY, total numeric(12, 2), currency text);
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level};
use crate::shape::{Column, Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, of_tables!(check)).with(&[EXCEPT]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    for column in table.columns.iter().filter(|column| !table.is_partition && is_meant(column)) {
        let shown = table.shown_column(&column.name);
        let finding = found
            .site(column.site, format!("what {shown} holds depends on a setting of the server"))
            .of_table(&table.name);
        finding.help("use `numeric`, and a column for the currency");
    }
}

fn is_meant(column: &Column<'_>) -> bool {
    column.data_type.as_ref().is_some_and(|data_type| data_type.is(&["money"]))
}
