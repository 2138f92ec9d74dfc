//! A primary key has many columns.
//!
//! Every table that refers to it repeats all of them, and so do its indexes.
//!
//! ```sql,bad
//! -- limosa.toml: wide-primary-key = { most = 3 }
//! CREATE TABLE reading (house int, ward int, bed int, second bigint, PRIMARY KEY (house, ward, bed, second));
//! ```
//! ```sql,good
//! -- limosa.toml: wide-primary-key = { most = 3 }
//! CREATE TABLE reading (house int, ward int, bed int, PRIMARY KEY (house, ward, bed));
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level, Parameter, ParameterKind};
use crate::shape::{Table, of_tables};

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, of_tables!(check))
    .with(&[Parameter::new("most", ParameterKind::Number, "3", "how many columns are let be"), EXCEPT]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    let most = found.parameters.number("most");
    let columns = table.primary_key().map_or(0, <[_]>::len);
    if !table.is_partition && u64::try_from(columns).is_ok_and(|columns| columns > most) {
        let message = format!("the primary key of {} has {columns} columns", table.shown());
        found.site(table.site, message).of_table(&table.name);
    }
}
