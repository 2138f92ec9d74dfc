//! A column is of a type that the project does not want.
//!
//! `types` lists them with the reason, or with what to use instead. Without modifiers a type is meant with any:
//! `varchar` means `varchar(40)`, too.
//!
//! ```sql,bad
//! -- limosa.toml: forbidden-type = { types = { "bytea" = "files belong into the object store" } }
//! CREATE TABLE scan (id bigint PRIMARY KEY, image bytea);
//! ```
//! ```sql,good
//! -- limosa.toml: forbidden-type = { types = { "bytea" = "files belong into the object store" } }
//! CREATE TABLE scan (id bigint PRIMARY KEY, image_key text);
//! ```

use std::collections::BTreeMap;

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level, Parameter, ParameterKind};
use crate::shape::{Column, DataType, Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_tables!(check))
    .with(&[Parameter::new("types", ParameterKind::Map, "{}", "types, each with the reason"), EXCEPT]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    let types = found.parameters.map("types");
    for column in table.columns.iter().filter(|column| !table.is_partition && reason(column, &types).is_some()) {
        let shown = table.shown_column(&column.name);
        let finding =
            found.site(column.site, format!("{shown} is of a type that is not wanted here")).of_table(&table.name);
        finding.help(reason(column, &types).unwrap_or_default());
    }
}

fn reason(column: &Column<'_>, types: &BTreeMap<String, String>) -> Option<String> {
    let own = column.data_type.as_ref()?;
    types.iter().find(|(name, _)| own.meets(&DataType::of(name))).map(|(_, reason)| reason.clone())
}
