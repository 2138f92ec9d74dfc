//! A column may be null.
//!
//! For a project in which a missing value is the exception that has to be listed: `except` takes tables, `columns`
//! takes the names of columns. Columns that nothing but an outer row can fill stay null for good reasons.
//!
//! ```sql,bad
//! CREATE TABLE patient (id bigint PRIMARY KEY, name text);
//! ```
//! ```sql,good
//! -- limosa.toml: nullable-column = { columns = ["*_at"] }
//! CREATE TABLE patient (id bigint PRIMARY KEY, name text NOT NULL, archived_at timestamptz);
//! ```

use crate::found::Findings;
use crate::name_list::fits;
use crate::rule::{Declaration, EXCEPT, Level, Parameter, ParameterKind};
use crate::shape::{Column, Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_tables!(check)).with(&[
    Parameter::new("columns", ParameterKind::List, "[]", "names of columns that may be null, with `*` for any text"),
    EXCEPT,
]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    let columns = found.parameters.list("columns");
    for column in table.columns.iter().filter(|column| {
        !table.is_partition && is_meant(table, column) && !columns.iter().any(|name| fits(name, column.name.as_str()))
    }) {
        let shown = table.shown_column(&column.name);
        let finding = found.site(column.site, format!("{shown} may be null")).of_table(&table.name);
        finding.help("add `NOT NULL`");
    }
}

fn is_meant(table: &Table<'_>, column: &Column<'_>) -> bool {
    let in_key = table.primary_key().is_some_and(|key| key.contains(&column.name));
    column.is_named_here && column.not_null == Some(false) && !in_key
}
