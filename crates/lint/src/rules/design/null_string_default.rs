//! A default value is the word NULL instead of no value.
//!
//! `DEFAULT 'NULL'` stores a text of four letters, which `IS NULL` does not find.
//!
//! ```sql,bad
//! CREATE TABLE patient (id bigint PRIMARY KEY, email text DEFAULT 'NULL');
//! ```
//! ```sql,good
//! CREATE TABLE patient (id bigint PRIMARY KEY, email text DEFAULT NULL, language text DEFAULT 'none');
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level};
use crate::shape::{Column, Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, of_tables!(check)).with(&[EXCEPT]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    for column in table.columns.iter().filter(|column| !table.is_partition && is_meant(column)) {
        let shown = table.shown_column(&column.name);
        let finding = found
            .site(column.site, format!("by default {shown} holds the word NULL, not nothing"))
            .of_table(&table.name);
        finding.help("leave the default out, or write `DEFAULT NULL` without quotes");
    }
}

fn is_meant(column: &Column<'_>) -> bool {
    let text = column.default.as_deref().map(|default| default.split("::").next().unwrap_or_default());
    text.is_some_and(|text| text.trim_matches(['(', ')', ' ']).eq_ignore_ascii_case("'null'"))
}
