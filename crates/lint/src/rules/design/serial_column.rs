//! A column is numbered by a sequence that is not its own.
//!
//! `serial` makes a sequence that needs its own privileges, and a default that anybody may drop. An identity column
//! belongs to the standard, carries its sequence with it, and refuses numbers that were made up where it is `ALWAYS`.
//!
//! ```sql,bad
//! CREATE TABLE visit (id bigserial PRIMARY KEY);
//! ```
//! ```sql,good
//! CREATE TABLE visit (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level};
use crate::shape::{Column, Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_tables!(check)).with(&[EXCEPT]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    for column in table.columns.iter().filter(|column| !table.is_partition && is_meant(column)) {
        let shown = table.shown_column(&column.name);
        let finding = found
            .site(column.site, format!("{shown} is numbered by a sequence of its own privileges and a default"))
            .of_table(&table.name);
        finding.help("write `GENERATED ALWAYS AS IDENTITY`");
    }
}

fn is_meant(column: &Column<'_>) -> bool {
    let serial = ["serial", "bigserial", "smallserial"];
    column.data_type.as_ref().is_some_and(|data_type| data_type.is(&serial))
        || column.default.as_deref().is_some_and(|default| default.starts_with("nextval("))
}
