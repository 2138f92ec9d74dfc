//! A column seems to refer to a table, and nothing makes sure that it does.
//!
//! `patient_id` of the type of `patient.id` looks like a reference: without a foreign key, rows may refer to a patient
//! who was deleted, or never was. Where the rows referred to are in another database, `references` in limosa.toml says
//! so; where it is not meant as a reference, `except` does.
//!
//! ```sql,bad
//! CREATE TABLE patient (id bigint PRIMARY KEY);
//! CREATE TABLE visit (id bigint PRIMARY KEY, patient_id bigint);
//! ```
//! ```sql,good
//! CREATE TABLE patients (id bigint PRIMARY KEY);
//! CREATE TABLE visit (id bigint PRIMARY KEY, patient_id bigint REFERENCES patients, device_id text);
//! ```

use limosa_catalog::QualifiedName;

use crate::found::{Findings, shown};
use crate::rule::{Declaration, EXCEPT, Level, On};
use crate::shape::Table;
use crate::step::CatalogView;

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, &[On::Catalog(check)]).with(&[EXCEPT]);

fn check(view: &CatalogView<'_>, found: &mut Findings<'_>) {
    for table in view.tables().iter().filter(|table| !table.is_partition && !table.foreign) {
        for column in &table.columns {
            let name = column.name.as_str();
            let Some(stem) = name.strip_suffix("_id").or_else(|| name.strip_suffix("Id")) else { continue };
            if table.foreign_keys().any(|(_, key)| key.columns.contains(&column.name)) {
                continue;
            }
            let is_meant = |other: &&Table<'_>| {
                let same_schema = other.name.schema == table.name.schema && other.name != table.name;
                same_schema && is_called(&other.name, stem) && has_key_of(other, column.data_type.as_ref())
            };
            if let Some(other) = view.tables().iter().find(is_meant) {
                let shown_column = table.shown_column(&column.name);
                let message = format!("{shown_column} seems to refer to {}, without a foreign key", shown(&other.name));
                found.site(column.site, message).of_table(&table.name);
            }
        }
    }
}

/// Whether a table is called like this, in any case, in the singular or with an `s`.
fn is_called(table: &QualifiedName, stem: &str) -> bool {
    let plain = |text: &str| text.replace('_', "").to_lowercase();
    let (table, stem) = (plain(table.name.as_str()), plain(stem));
    table == stem || table.strip_suffix('s') == Some(&stem)
}

fn has_key_of(table: &Table<'_>, data_type: Option<&crate::shape::DataType>) -> bool {
    let Some([key]) = table.primary_key() else { return false };
    table.column(key).and_then(|column| column.data_type.as_ref()) == data_type
}
