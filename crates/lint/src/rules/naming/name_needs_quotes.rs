//! A table or column can only be named in quotes.
//!
//! Names with capital letters, spaces or signs have to be quoted in every query, and a query that forgets it asks for
//! another name: `SELECT createdAt` looks for `createdat`.
//!
//! ```sql,bad
//! CREATE TABLE visit (id bigint PRIMARY KEY, "createdAt" timestamptz);
//! ```
//! ```sql,good
//! CREATE TABLE "visit" (id bigint PRIMARY KEY, "created_at" timestamptz);
//! ```

use limosa_catalog::Identifier;

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level};
use crate::shape::{Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_tables!(check)).with(&[EXCEPT]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    if table.is_named_here && needs_quotes(&table.name.name) {
        let message = format!("the table {} can only be named in quotes", table.shown());
        found.site(table.site, message).of_table(&table.name);
    }
    for column in table.columns.iter().filter(|column| column.is_named_here && needs_quotes(&column.name)) {
        let message = format!("the column {} can only be named in quotes", table.shown_column(&column.name));
        found.site(column.site, message).of_table(&table.name);
    }
}

fn needs_quotes(name: &Identifier) -> bool {
    name.for_people().to_string().starts_with('"')
}
