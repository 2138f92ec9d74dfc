//! A text has a limit of its length in its type.
//!
//! `varchar(n)` is stored like `text`; the limit saves nothing, and raising it is a migration. Where a length means
//! something, a check says so, and can be changed without looking at the rows.
//!
//! ```sql,bad
//! CREATE TABLE patient (id bigint PRIMARY KEY, name varchar(100));
//! ```
//! ```sql,good
//! -- limosa.toml: varchar-limit = { longest = 100 }
//! CREATE TABLE patient (id bigint PRIMARY KEY, name varchar(100), note text);
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level, Parameter, ParameterKind};
use crate::shape::{Column, Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_tables!(check)).with(&[
    Parameter::new("longest", ParameterKind::Number, "0", "the limit that is let be; none where it is 0"),
    EXCEPT,
]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    let longest = found.parameters.number("longest");
    for column in table
        .columns
        .iter()
        .filter(|column| !table.is_partition && limit(column).is_some_and(|limit| longest == 0 || limit > longest))
    {
        let shown = table.shown_column(&column.name);
        let finding = found.site(column.site, format!("{shown} has a limit in its type")).of_table(&table.name);
        finding.help("use `text`");
    }
}

fn limit(column: &Column<'_>) -> Option<u64> {
    column.data_type.as_ref().filter(|data_type| data_type.is(&["character varying"]))?.modifiers.parse().ok()
}
