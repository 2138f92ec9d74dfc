//! A table is emptied by a crash.
//!
//! What is written to an `UNLOGGED` table is not in the log: after a crash the server empties it, and a replica never
//! has it. That is right for what can be made again.
//!
//! ```sql,bad
//! CREATE UNLOGGED TABLE visit (id bigint PRIMARY KEY);
//! ```
//! ```sql,good
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! ```

use limosa_catalog::kind::table::Persistence;
use limosa_catalog::{Object, ObjectKind};
use limosa_syntax::Command;

use crate::found::{Findings, shown, table_of};
use crate::rule::{Declaration, EXCEPT, Level, On};
use crate::step::{CatalogView, Step};

pub(crate) const RULE: Declaration =
    Declaration::new(Level::Note, &[On::Statement(of_statement), On::Catalog(of_catalog)]).with(&[EXCEPT]);

fn of_statement(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::CreateTable(new) = step.command() else { return };
    let tokens = step.tokens();
    let mut words = tokens.words();
    if words.take(&["CREATE", "UNLOGGED"]) {
        let table = step.resolve(&new.name);
        found.at(step.head(), format!("a crash empties {}", shown(&table))).of_table(&table);
    }
}

fn of_catalog(view: &CatalogView<'_>, found: &mut Findings<'_>) {
    for entry in view.of_kind(ObjectKind::Table) {
        let (Object::Table(table), Some(name)) = (entry.object(), table_of(entry.id())) else { continue };
        if table.persistence == Persistence::Unlogged {
            found.whole(format!("a crash empties {}", shown(&name))).object(entry.id());
        }
    }
}
