//! A column has no default.
//!
//! For a project in which rows can be written that give a few columns only. Columns of keys, and those that refer to
//! other tables, are let be.
//!
//! ```sql,bad
//! -- limosa.toml: column-without-default = { types = ["boolean"] }
//! CREATE TABLE patient (id bigint PRIMARY KEY, is_archived boolean NOT NULL);
//! ```
//! ```sql,good
//! -- limosa.toml: column-without-default = { types = ["boolean"] }
//! CREATE TABLE patient (id bigint PRIMARY KEY, is_archived boolean NOT NULL DEFAULT false, name text NOT NULL);
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level, Parameter, ParameterKind};
use crate::shape::{Rule, Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_tables!(check)).with(&[
    Parameter::new("types", ParameterKind::List, "[\"boolean\"]", "the types of which columns need one"),
    EXCEPT,
]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    let types: Vec<_> = found.parameters.list("types").iter().map(|name| crate::shape::DataType::of(name)).collect();
    for column in table.columns.iter().filter(|column| column.is_named_here && !table.is_partition) {
        let in_key = table.constraints.iter().any(|constraint| match &constraint.rule {
            Rule::PrimaryKey(columns) | Rule::Unique { columns, .. } => columns.contains(&column.name),
            Rule::ForeignKey(key) => key.columns.contains(&column.name),
            Rule::Check(_) | Rule::Exclusion => false,
        });
        let is_meant = column.data_type.as_ref().is_some_and(|own| types.iter().any(|wanted| own.meets(wanted)));
        if is_meant && !in_key && column.default.is_none() && column.generation.is_none() {
            let message = format!("{} has no default", table.shown_column(&column.name));
            found.site(column.site, message).of_table(&table.name);
        }
    }
}
