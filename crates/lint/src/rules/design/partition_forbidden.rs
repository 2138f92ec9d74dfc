//! A table is partitioned, in a project without partitions.
//!
//! Each of them is a table of its own that somebody has to make in time, and a unique key has to hold the columns by
//! which rows are parted.
//!
//! ```sql,bad
//! CREATE TABLE visit (id bigint, at date) PARTITION BY RANGE (at);
//! ```
//! ```sql,good
//! CREATE TABLE visit (id bigint PRIMARY KEY, at date);
//! ```

use limosa_catalog::{Object, ObjectKind};
use limosa_syntax::Command;

use crate::file::Role;
use crate::found::{Findings, shown, table_of};
use crate::rule::{Declaration, EXCEPT, Level, On};
use crate::step::{CatalogView, Step};

pub(crate) const RULE: Declaration =
    Declaration::new(Level::Off, &[On::Statement(of_statement), On::Catalog(of_catalog)]).with(&[EXCEPT]);

fn of_statement(step: &Step<'_>, found: &mut Findings<'_>) {
    let Command::CreateTable(table) = step.command() else { return };
    if table.partitioned && step.file.role != Role::Down {
        let name = step.resolve(&table.name);
        found.at(step.head(), format!("{} is partitioned", shown(&name))).of_table(&name);
    }
}

fn of_catalog(view: &CatalogView<'_>, found: &mut Findings<'_>) {
    for entry in view.of_kind(ObjectKind::Table) {
        let (Object::Table(table), Some(name)) = (entry.object(), table_of(entry.id())) else { continue };
        if table.partition_by.is_some() {
            found.whole(format!("{} is partitioned", shown(&name))).object(entry.id());
        }
    }
}
