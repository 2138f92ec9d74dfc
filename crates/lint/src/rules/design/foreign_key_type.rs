//! A referencing column has another type than the one that it refers to.
//!
//! An `integer` that refers to a `bigint` stops fitting one day; a `numeric` that refers to one compares by converting
//! each value, so that indexes help less.
//!
//! ```sql,bad
//! CREATE TABLE patient (id bigint PRIMARY KEY);
//! CREATE TABLE visit (id bigint PRIMARY KEY, patient_id integer REFERENCES patient);
//! ```
//! ```sql,good
//! CREATE TABLE patient (id bigserial PRIMARY KEY, code varchar(10) UNIQUE);
//! CREATE TABLE visit (id bigint PRIMARY KEY, patient_id bigint REFERENCES patient,
//!     code text REFERENCES patient (code));
//! ```

use std::collections::HashMap;

use limosa_catalog::QualifiedName;

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level, On};
use crate::shape::{DataType, Table, shown_column};
use crate::step::{CatalogView, Script};

pub(crate) const RULE: Declaration =
    Declaration::new(Level::Warning, &[On::Script(of_script), On::Catalog(of_catalog)]).with(&[EXCEPT]);

fn of_script(script: &Script<'_>, found: &mut Findings<'_>) {
    let by_name: HashMap<_, _> = script.tables().iter().map(|table| (&table.name, table)).collect();
    for table in script.tables() {
        check(table, found, |name| by_name.get(name).copied());
    }
}

fn of_catalog(view: &CatalogView<'_>, found: &mut Findings<'_>) {
    for table in view.tables() {
        check(table, found, |name| view.table(name));
    }
}

fn check<'t, 'a: 't>(
    table: &Table<'_>,
    found: &mut Findings<'_>,
    find: impl Fn(&QualifiedName) -> Option<&'t Table<'a>>,
) {
    for (constraint, key) in table.foreign_keys() {
        let Some(referenced) = find(&key.references) else { continue };
        let columns = match (key.referenced_columns.as_slice(), referenced.primary_key()) {
            ([], Some(primary)) => primary,
            (columns, _) => columns,
        };
        for (own, other) in key.columns.iter().zip(columns) {
            let own_type = table.column(own).and_then(|column| column.data_type.as_ref());
            let other_type = referenced.column(other).and_then(|column| column.data_type.as_ref());
            let (Some(own_type), Some(other_type)) = (own_type, other_type) else { continue };
            if family(own_type) != family(other_type) {
                let message = format!(
                    "{} is `{}` and refers to {}, which is `{}`",
                    table.shown_column(own),
                    family(own_type),
                    shown_column(&referenced.name, other),
                    family(other_type)
                );
                found.site(constraint.site, message).of_table(&table.name);
            }
        }
    }
}

/// The type without what makes no difference: texts are compared alike, and a `serial` is an `integer`.
fn family(data_type: &DataType) -> String {
    match data_type.base.as_str() {
        "serial" => "integer".to_owned(),
        "bigserial" => "bigint".to_owned(),
        "smallserial" => "smallint".to_owned(),
        "character varying" => "text".to_owned(),
        _ => DataType { modifiers: String::new(), ..data_type.clone() }.to_string(),
    }
}
