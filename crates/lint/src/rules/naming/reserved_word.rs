//! A table or column has the name of a keyword that SQL keeps to itself.
//!
//! `SELECT * FROM user` gives the role that is logged in, and `SELECT order FROM visit` cannot be read: such a name
//! works in quotes alone, and not everything that writes queries puts them.
//!
//! ```sql,bad
//! CREATE TABLE "order" (id bigint PRIMARY KEY);
//! ```
//! ```sql,good
//! CREATE TABLE orders (id bigint PRIMARY KEY, "key" text);
//! ```

use limosa_catalog::Identifier;

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level};
use crate::shape::{Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_tables!(check)).with(&[EXCEPT]);

/// The reserved keywords of PostgreSQL, those that can be names of functions or types included.
const RESERVED: &[&str] = &[
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "binary",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "collation",
    "column",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "false",
    "fetch",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "group",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "lateral",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "natural",
    "not",
    "notnull",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "overlaps",
    "placing",
    "primary",
    "references",
    "returning",
    "right",
    "select",
    "session_user",
    "similar",
    "some",
    "symmetric",
    "system_user",
    "table",
    "tablesample",
    "then",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
];

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    if table.is_named_here && is_reserved(&table.name.name) {
        let message = format!("the table {} has the name of a keyword, and works in quotes alone", table.shown());
        found.site(table.site, message).of_table(&table.name);
    }
    for column in table.columns.iter().filter(|column| column.is_named_here && is_reserved(&column.name)) {
        let shown = table.shown_column(&column.name);
        let message = format!("the column {shown} has the name of a keyword, and works in quotes alone");
        found.site(column.site, message).of_table(&table.name);
    }
}

fn is_reserved(name: &Identifier) -> bool {
    RESERVED.binary_search(&name.as_str()).is_ok()
}
