//! A table has no columns.
//!
//! PostgreSQL allows it; nobody means it. A table that only begins a partitioning or an inheritance has columns as
//! well.
//!
//! ```sql,bad
//! CREATE TABLE visit ();
//! ```
//! ```sql,good
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! ```

use limosa_syntax::Command;

use crate::found::{Findings, shown};
use crate::rule::{Declaration, EXCEPT, Level, On};
use crate::step::{CatalogView, Script};

pub(crate) const RULE: Declaration =
    Declaration::new(Level::Note, &[On::Script(of_script), On::Catalog(of_catalog)]).with(&[EXCEPT]);

fn of_script(script: &Script<'_>, found: &mut Findings<'_>) {
    for looked in script.statements {
        let Command::CreateTable(new) = &looked.command else { continue };
        let takes_over = !new.like.is_empty() || !new.inherits.is_empty() || new.partition_of.is_some();
        let name = script.after.known.resolve(&new.name);
        let has_columns = script.after.known.columns(&name).next().is_some() || !new.columns.is_empty();
        // `CREATE TABLE … OF type` has those of the type.
        if !takes_over && !has_columns && looked.text.contains('(') {
            found.at(looked.head(script.file), format!("the table {} has no columns", shown(&name))).of_table(&name);
        }
    }
}

fn of_catalog(view: &CatalogView<'_>, found: &mut Findings<'_>) {
    for table in view.tables().iter().filter(|table| table.columns.is_empty()) {
        found.site(table.site, format!("the table {} has no columns", table.shown())).of_table(&table.name);
    }
}
