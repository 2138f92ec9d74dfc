//! A primary key is not of the type that the project wants.
//!
//! Ids of one kind can be kept in columns of one type everywhere, and across services. Keys of several columns, and
//! keys that are foreign keys as well, are let be.
//!
//! ```sql,bad
//! -- limosa.toml: primary-key-type = { types = ["uuid"], defaults = ["gen_random_uuid"] }
//! CREATE TABLE visit (id integer PRIMARY KEY);
//! ```
//! ```sql,bad
//! -- limosa.toml: primary-key-type = { types = ["uuid"], defaults = ["gen_random_uuid"] }
//! CREATE TABLE visit (id uuid PRIMARY KEY);
//! ```
//! ```sql,good
//! -- limosa.toml: primary-key-type = { types = ["uuid"], defaults = ["gen_random_uuid"] }
//! CREATE TABLE visit (id uuid DEFAULT gen_random_uuid(), CONSTRAINT visit_pkey PRIMARY KEY (id));
//! CREATE TABLE visit_note (visit uuid REFERENCES visit PRIMARY KEY, note text);
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level, Parameter, ParameterKind};
use crate::shape::{DataType, Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_tables!(check)).with(&[
    Parameter::new("types", ParameterKind::List, r#"["uuid", "bigint"]"#, "the types that are wanted"),
    Parameter::new("defaults", ParameterKind::List, "[]", "what makes new keys: one of these has to be in the default"),
    EXCEPT,
]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    let Some([key]) = table.primary_key() else { return };
    let refers = table.foreign_keys().any(|(_, foreign)| foreign.columns.contains(key));
    let Some(column) = table.column(key).filter(|_| table.whole && !refers && !table.foreign) else { return };
    let Some(data_type) = &column.data_type else { return };
    let types = found.parameters.list("types");
    let shown = table.shown_column(key);
    if !types.iter().any(|wanted| is(data_type, wanted)) {
        let wanted = types.join("` or `");
        let message = format!("the primary key {shown} is `{data_type}`; `{wanted}` is wanted");
        found.site(column.site, message).of_table(&table.name);
        return;
    }
    let defaults = found.parameters.list("defaults");
    let makes = |default: &String| column.default.as_ref().is_some_and(|own| own.contains(default.as_str()));
    if !defaults.is_empty() && !defaults.iter().any(makes) {
        let message = format!("the primary key {shown} is not made by `{}`", defaults.join("` or `"));
        found.site(column.site, message).of_table(&table.name);
    }
}

/// `bigserial` is a `bigint`.
fn is(own: &DataType, wanted: &str) -> bool {
    let own = match own.base.as_str() {
        "bigserial" => &DataType::of("bigint"),
        "serial" => &DataType::of("integer"),
        "smallserial" => &DataType::of("smallint"),
        _ => own,
    };
    own.meets(&DataType::of(wanted))
}
