//! A column holds numbers of objects that an upgrade of the server gives out anew.
//!
//! `regproc`, `regoper`, `regconfig` and their like keep the object's number (its OID), and `pg_upgrade` refuses a
//! database with a column of them. `regclass`, `regtype` and `regrole` are kept by it.
//!
//! ```sql,bad
//! CREATE TABLE job (id bigint PRIMARY KEY, runs regprocedure);
//! ```
//! ```sql,good
//! CREATE TABLE job (id bigint PRIMARY KEY, runs text, on_table regclass);
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level};
use crate::shape::{Column, Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, of_tables!(check)).with(&[EXCEPT]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    for column in table.columns.iter().filter(|column| !table.is_partition && is_meant(column)) {
        let shown = table.shown_column(&column.name);
        let finding = found
            .site(column.site, format!("the server cannot be upgraded in place while {shown} has its type"))
            .of_table(&table.name);
        finding.help("use `text`, and cast it where it is used");
    }
}

fn is_meant(column: &Column<'_>) -> bool {
    column.data_type.as_ref().is_some_and(|data_type| {
        data_type.is(&[
            "regcollation",
            "regconfig",
            "regdictionary",
            "regnamespace",
            "regoper",
            "regoperator",
            "regproc",
            "regprocedure",
        ])
    })
}
